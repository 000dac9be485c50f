"""Publishing to an object store: a local S3 server (moto) on loopback."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import boto3
import pyarrow.parquet as pq
import pytest
from moto.server import ThreadedMotoServer
from pyarrow.fs import S3FileSystem
from run_examples import HOTLINE, LANDLINE, NOW, RUN, published_run

from crawler.cli import main
from outputs import object_store
from outputs.manifest import read_manifest
from outputs.object_store import ObjectStore, PushError, StalePointerError, push
from outputs.run_directory import RunDirectory, new_run_id

SECOND = new_run_id(NOW + timedelta(days=1), "k3f")
THIRD = new_run_id(NOW + timedelta(days=2), "k3f")
URL = "s3://wallets/hotlines"


class Killed(BaseException):
    """The process is gone: nothing that would run afterwards may run."""


@pytest.fixture(scope="module")
def endpoint() -> Iterator[str]:
    server = ThreadedMotoServer("127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    yield f"http://{host}:{port}"
    server.stop()


@pytest.fixture
def store(endpoint: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[ObjectStore]:
    """An empty bucket, and an environment that leads there."""
    for name, value in {
        "AWS_ENDPOINT_URL": endpoint,
        "AWS_ACCESS_KEY_ID": "test",
        "AWS_SECRET_ACCESS_KEY": "test",
        "AWS_DEFAULT_REGION": "us-east-1",
        "AWS_EC2_METADATA_DISABLED": "true",
        "NO_PROXY": "127.0.0.1",
    }.items():
        monkeypatch.setenv(name, value)
    bucket = boto3.resource("s3").Bucket("wallets")
    bucket.create()
    yield ObjectStore(URL)
    bucket.objects.all().delete()
    bucket.delete()


def read_as_others_do(endpoint: str) -> dict[str, int]:
    """Follows latest.json with pyarrow's file system; rows of each table, all of one run."""
    files = S3FileSystem(
        access_key="test",
        secret_key="test",
        endpoint_override=endpoint,
        region="us-east-1",
    )
    with files.open_input_stream("wallets/hotlines/latest.json") as file:
        pointer = json.loads(file.read())
    with files.open_input_stream(f"wallets/hotlines/{pointer['manifest']}") as file:
        manifest = json.loads(file.read())
    assert manifest["run_id"] == pointer["run_id"]
    place = f"wallets/hotlines/runs/{pointer['run_id']}"
    for entry in manifest["files"]:
        with files.open_input_file(f"{place}/{entry['path']}") as file:
            assert len(file.read()) == entry["bytes"]
    counts = {
        name: pq.read_table(f"{place}/{name}.parquet", filesystem=files).num_rows
        for name in ("hotlines", "changes")
    }
    assert counts.items() <= manifest["counts"].items()
    return {"run": pointer["run_id"], **counts}


def two_runs(data: Path) -> tuple[RunDirectory, RunDirectory]:
    first = published_run(data, RUN, None, (HOTLINE,))
    return first, published_run(data, SECOND, RUN, (HOTLINE, LANDLINE))


def on_request(store: ObjectStore, do: Callable[[], None], monkeypatch: pytest.MonkeyPatch) -> None:
    """Does something before every request of the pushes that follow."""
    store.client.meta.events.register("before-send.s3.*", lambda **_: do())  # None: go on
    monkeypatch.setattr(object_store, "ObjectStore", lambda url: store)


def test_every_run_of_the_chain_is_copied(
    store: ObjectStore, endpoint: str, tmp_path: Path
) -> None:
    first, second = two_runs(tmp_path)
    pushed = push(tmp_path, URL)
    assert pushed.runs == (RUN, SECOND)
    assert pushed.files == sum(len(read_manifest(run).files) for run in (first, second))
    assert read_as_others_do(endpoint) == {"run": SECOND, "hotlines": 2, "changes": 1}
    pointer = store.pointer()
    assert pointer is not None
    assert pointer.text == (tmp_path / "latest.json").read_bytes()
    assert push(tmp_path, URL) == object_store.Pushed((), 0, 0)
    published_run(tmp_path, THIRD, SECOND, (HOTLINE,))
    assert push(tmp_path, URL).runs == (THIRD,)


def test_stale_pointer_is_refused(store: ObjectStore, tmp_path: Path) -> None:
    two_runs(tmp_path)
    assert store.pointer() is None
    first = store.point(b'{"run_id": "a"}', None)
    with pytest.raises(StalePointerError, match=r"changed by somebody else .*names a"):
        store.point(b'{"run_id": "b"}', None)
    second = store.point(b'{"run_id": "c"}', first)
    with pytest.raises(StalePointerError, match=r"names c.* stays as it is"):
        store.point(b'{"run_id": "d"}', first)
    assert store.pointer() == second
    with pytest.raises(StalePointerError, match=f"shows run c, which .*{SECOND}.* not continue"):
        push(tmp_path, URL)


@pytest.mark.parametrize("common", [0, 1], ids=["strangers", "a copy that went on by itself"])
def test_two_data_directories_on_one_prefix(
    store: ObjectStore, tmp_path: Path, common: int, capsys: pytest.CaptureFixture[str]
) -> None:
    ours, theirs = tmp_path / "ours", tmp_path / "theirs"
    ends = {ours: SECOND, theirs: THIRD}
    for place, run_id in ends.items():
        first = RUN if common else run_id
        published_run(place, first, None, (HOTLINE,))
        if common:
            published_run(place, run_id, RUN, (HOTLINE, LANDLINE))
    push(ours, URL)
    held = {o.key: o.e_tag for o in boto3.resource("s3").Bucket("wallets").objects.all()}
    with pytest.raises(SystemExit) as ended:
        main(["push", URL, "--data-dir", str(theirs)])
    assert ended.value.code == 3
    said = capsys.readouterr().err
    assert (
        f"{URL} shows run {SECOND}, which the latest run here ({THIRD}) does not continue" in said
    )
    assert "push to another prefix" in said
    assert {o.key: o.e_tag for o in boto3.resource("s3").Bucket("wallets").objects.all()} == held
    published_run(ours, new_run_id(NOW + timedelta(days=3), "k3f"), SECOND, (HOTLINE,))
    assert len(push(ours, URL).runs) == 1  # whoever was there first goes on undisturbed


def test_an_answer_that_got_lost_is_no_refusal(store: ObjectStore) -> None:
    first = store.point(b'{"run_id": "a"}', None)
    again = store.point(b'{"run_id": "a"}', None)
    assert again == first


def test_somebody_else_publishes_meanwhile(
    store: ObjectStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    two_runs(tmp_path)
    other, requests = ObjectStore(URL), iter(range(1000))
    other_run = b'{"run_id": "other"}'

    def interfere() -> None:
        if next(requests) == 5:
            other.point(other_run, None)

    on_request(store, interfere, monkeypatch)
    with pytest.raises(StalePointerError, match="changed by somebody else"):
        push(tmp_path, URL)
    assert other.pointer() == object_store.Pointer(other_run, other.pointer().etag)  # type: ignore[union-attr]


def test_another_run_under_the_same_id_is_never_overwritten(
    store: ObjectStore, tmp_path: Path
) -> None:
    two_runs(tmp_path)
    store.create(f"runs/{RUN}/manifest.json", b"{}")
    with pytest.raises(StalePointerError, match="runs are never overwritten"):
        push(tmp_path, URL)
    assert store.pointer() is None


def test_a_push_that_is_killed_at_any_request_leaves_old_or_new(
    store: ObjectStore, endpoint: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    published_run(tmp_path, RUN, None, (HOTLINE,))
    push(tmp_path, URL)
    published_run(tmp_path, SECOND, RUN, (HOTLINE, LANDLINE))
    bucket = boto3.resource("s3").Bucket("wallets")
    old = store.pointer()
    assert old is not None
    seen = []
    # The first request, one among the files, and the last: SHA256SUMS, manifest, pointer, reading.
    end = requests_of_a_push(tmp_path, monkeypatch)
    for last in (0, 21, end - 4, end - 3, end - 2, end - 1):
        bucket.objects.filter(Prefix=f"hotlines/runs/{SECOND}/").delete()
        store.client.put_object(Bucket="wallets", Key="hotlines/latest.json", Body=old.text)
        with monkeypatch.context() as patch:
            kill_at(last, patch)
            with pytest.raises(Killed):
                push(tmp_path, URL)
        seen.append(str(read_as_others_do(endpoint)["run"]))
    assert seen == [RUN] * 5 + [SECOND]
    assert push(tmp_path, URL).runs == ()
    store.client.put_object(Bucket="wallets", Key="hotlines/latest.json", Body=old.text)
    assert push(tmp_path, URL) == object_store.Pushed((SECOND,), 0, 0)
    assert read_as_others_do(endpoint)["run"] == SECOND


def requests_of_a_push(data: Path, monkeypatch: pytest.MonkeyPatch) -> int:
    counted: list[int] = []
    with monkeypatch.context() as patch:
        on_request(ObjectStore(URL), lambda: counted.append(1), patch)
        push(data, URL)
    return len(counted)


def kill_at(last: int, patch: pytest.MonkeyPatch) -> None:
    counted = iter(range(1000))

    def die() -> None:
        if next(counted) == last:
            raise Killed

    on_request(ObjectStore(URL), die, patch)


def test_a_damaged_file_is_not_copied(store: ObjectStore, tmp_path: Path) -> None:
    _, second = two_runs(tmp_path)
    second.table("evidence").write_bytes(b"")
    with pytest.raises(PushError, match=r"evidence.parquet is not the file that its manifest"):
        push(tmp_path, URL)
    pointer = store.pointer()
    assert pointer is not None
    assert pointer.run_id == RUN


def test_what_the_verb_says(
    store: ObjectStore,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def hotlines(*arguments: str) -> tuple[object, str]:
        with pytest.raises(SystemExit) as ended:
            main([*arguments, "--data-dir", str(tmp_path)])
        found = capsys.readouterr()
        return ended.value.code, found.out + found.err

    monkeypatch.delenv("HOTLINES_PUSH_TO", raising=False)
    code, said = hotlines("push")
    assert code == 2
    assert "give one like s3://bucket/prefix, or set HOTLINES_PUSH_TO" in said
    assert "names no object store" in hotlines("push", "wallets/hotlines")[1]
    code, said = hotlines("push", URL)
    assert (code, "has no published run yet" in said) == (2, True)
    two_runs(tmp_path)
    code, said = hotlines("push", "s3://nobodys/x")
    assert code == 1
    assert "cannot" in said
    assert "run `hotlines push` again" in said
    monkeypatch.setenv("HOTLINES_PUSH_TO", URL)
    code, said = hotlines("push")
    assert code == 0
    assert f"{URL} now shows {SECOND}: 2 runs," in said
    assert hotlines("push", "--quiet") == (0, f"{URL} shows the latest run already\n")
    pointer = store.pointer()
    store.point(b'{"run_id": "x"}', pointer)
    assert hotlines("push", "--quiet")[0] == 3
