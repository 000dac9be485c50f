"""Copy published runs to an object store (S3 and what speaks its language), whole or not at all.

There is no rename there, so order and conditions do its work. Of each run that the store lacks,
oldest first:

1. every file under `runs/<id>/`          nobody is pointed there yet
2. its manifest, only if there is none    two publishers of one id: the second is refused
3. `latest.json`, only if it still is what was read before: **the run is published**

A reader follows `latest.json`, and sees the old or the new run. A push that was stopped is
repeated: files that are there are not sent again. pyarrow's file systems read such a store, but
know no conditional write (decision 0013), so writing takes boto3, the extra `s3`.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from outputs.manifest import FileEntry, Manifest, is_as_written, read_manifest
from outputs.publish import PublishError, pointer_text
from outputs.run_directory import DataDirectory, RunDirectory, resolve_run
from outputs.verify_run import removed_files

if TYPE_CHECKING:
    from types import ModuleType

_SHA256 = "sha256"
_MISSING = ("404", "NoSuchKey", "NotFound")
# S3 answers 412, or 409 while another conditional write is under way, or 404 if it was deleted.
_LOST = ("PreconditionFailed", "412", "ConditionalRequestConflict", "409", *_MISSING)


class PushError(PublishError):
    """A run cannot be copied to the store."""


class StalePointerError(PushError):
    """The store holds what does not continue to our latest run; nothing there was changed."""


@dataclass(frozen=True, slots=True)
class Pushed:
    """What a push did.

    Attributes:
        runs: Ids that became the latest there, oldest first.
        files: How many were sent; those of a push that was stopped are not sent again.
    """

    runs: tuple[str, ...]
    files: int
    bytes: int


@dataclass(frozen=True, slots=True)
class Pointer:
    """latest.json of a store, and the tag by which the store knows this very version."""

    text: bytes
    etag: str

    @property
    def run_id(self) -> str:
        """The run that readers see."""
        return str(json.loads(self.text)["run_id"])


class ObjectStore:
    """A bucket and a prefix in it."""

    def __init__(self, url: str) -> None:
        parts = urlsplit(url)
        if parts.scheme != "s3" or not parts.netloc:
            raise PushError(f"{url!r} names no object store; one looks like s3://bucket/prefix")
        self.url = url.rstrip("/")
        self.bucket = parts.netloc
        self.prefix = parts.path.strip("/")
        self.client: Any = _boto3().client("s3")
        # In this thread, so that an interrupt is not lost in another; large files go in parts.
        self._transfer: Any = _boto3().s3.transfer.TransferConfig(use_threads=False)

    def pointer(self) -> Pointer | None:
        """What readers see now; None before the first push."""
        with self._told("read latest.json"):
            answer = self._unless(_MISSING, self.client.get_object, Key=self._key("latest.json"))
            return Pointer(answer["Body"].read(), answer["ETag"]) if answer else None

    def holds(self, name: str, entry: FileEntry) -> bool:
        """Whether a file with these bytes is there."""
        with self._told(f"look for {name}"):
            found = self._unless(_MISSING, self.client.head_object, Key=self._key(name))
            same = found and found["Metadata"].get(_SHA256) == entry.sha256
            return bool(same and found["ContentLength"] == entry.bytes)

    def send(self, name: str, path: Path, media_type: str, sha256: str = "") -> None:
        """A file of a run that nobody is pointed to yet."""
        extra = {"ContentType": media_type, "Metadata": {_SHA256: sha256} if sha256 else {}}
        with self._told(f"write {name}"):
            self.client.upload_file(
                str(path), self.bucket, self._key(name), ExtraArgs=extra, Config=self._transfer
            )

    def create(self, name: str, text: bytes) -> None:
        """A JSON file that must not be there yet, unless with the same bytes."""
        with self._told(f"write {name}"):
            key = self._key(name)
            if self._put(key, text, IfNoneMatch="*"):
                return
            held = self.client.get_object(Bucket=self.bucket, Key=key)["Body"].read()
        if held != text:
            raise StalePointerError(
                f"{self.url}/{name} is there already, and is another; runs are never overwritten: "
                "another data directory publishes to this prefix"
            )

    def point(self, text: bytes, before: Pointer | None) -> Pointer:
        """Replaces latest.json if it still is `before`.

        Raises:
            StalePointerError: It is not; it stays as it is.
        """
        condition = {"IfMatch": before.etag} if before else {"IfNoneMatch": "*"}
        with self._told("write latest.json"):
            done = self._put(self._key("latest.json"), text, **condition)
        now = self.pointer()
        # An answer may get lost after the write: the repeated request is then refused.
        if now is None or not (done or now.text == text):
            raise StalePointerError(
                f"latest.json of {self.url} was changed by somebody else meanwhile (it names "
                f"{now.run_id if now else 'nothing'}) and stays as it is; run `hotlines push` again"
            )
        return now

    def _key(self, name: str) -> str:
        return f"{self.prefix}/{name}" if self.prefix else name

    def _put(self, key: str, text: bytes, **condition: str) -> bool:
        answer = self._unless(
            _LOST,
            self.client.put_object,
            Key=key,
            Body=text,
            ContentType="application/json",
            **condition,
        )
        return answer is not None

    def _unless(self, codes: tuple[str, ...], call: Callable[..., Any], **given: object) -> Any:  # noqa: ANN401
        """The answer of the store; None if it is one of these refusals."""
        from botocore.exceptions import ClientError

        try:
            return call(Bucket=self.bucket, **given)
        except ClientError as error:
            if error.response["Error"]["Code"] in codes:
                return None
            raise

    @contextmanager
    def _told(self, what: str) -> Iterator[None]:
        from boto3.exceptions import Boto3Error
        from botocore.exceptions import BotoCoreError, ClientError

        try:
            yield
        except (Boto3Error, BotoCoreError, ClientError) as error:
            raise PushError(
                f"cannot {what} at {self.url}: {error}; check bucket, rights and network, then "
                "run `hotlines push` again: it goes on where it stopped"
            ) from error


def push(data_dir: Path, url: str, on_run: Callable[[str], None] | None = None) -> Pushed:
    """Copy every published run that the store lacks, and point it to the latest.

    Args:
        on_run: Called with the id of each run before it is sent.

    Raises:
        StalePointerError: The store holds a run that our latest does not continue.
        RunNotFoundError: Nothing is published.
        PushError: A file is damaged, or the store refuses.
    """
    store = ObjectStore(url)
    latest = resolve_run(data_dir, "latest")
    pointer = store.pointer()
    runs = _missing(DataDirectory(data_dir), latest, pointer, store.url)
    sent: list[FileEntry] = []
    for run, manifest in runs:
        if on_run:
            on_run(run.run_id)
        sent += _send(store, run, manifest)
        pointer = store.point(pointer_text(manifest).encode(), pointer)
    ids = tuple(run.run_id for run, _ in runs)
    return Pushed(ids, len(sent), sum(entry.bytes for entry in sent))


def _missing(
    data: DataDirectory, latest: RunDirectory, pointer: Pointer | None, url: str
) -> list[tuple[RunDirectory, Manifest]]:
    """Runs from the one behind the pointer to the latest, oldest first."""
    there = pointer.run_id if pointer else None
    found: list[tuple[RunDirectory, Manifest]] = []
    at: str | None = latest.run_id
    while at != there:
        if at is None:
            raise StalePointerError(
                f"{url} shows run {there}, which the latest run here ({latest.run_id}) does not "
                "continue; push to another prefix, or from the data directory that holds that run"
            )
        run = data.run(at)
        found.append((run, read_manifest(run)))
        at = found[-1][1].facts.parent
    return found[::-1]


def _send(store: ObjectStore, run: RunDirectory, manifest: Manifest) -> list[FileEntry]:
    """All files of a run, the manifest last; files that were pruned here are left out."""
    place, gone, sent = f"runs/{run.run_id}", removed_files(run), []
    for entry in manifest.files:
        if entry.path in gone or store.holds(f"{place}/{entry.path}", entry):
            continue
        if not is_as_written(run, entry.path):
            raise PushError(
                f"{run.path / entry.path} is not the file that its manifest describes; the store "
                "still shows its old run: `hotlines verify` names all that was damaged"
            )
        path = run.path / entry.path
        store.send(f"{place}/{entry.path}", path, entry.media_type, entry.sha256)
        sent.append(entry)
    store.send(f"{place}/{run.sums.name}", run.sums, "text/plain")
    if run.pruned.exists():
        store.send(f"{place}/{run.pruned.name}", run.pruned, "application/json")
    store.create(f"{place}/{run.manifest.name}", run.manifest.read_bytes())
    return sent


def _boto3() -> ModuleType:
    try:
        import boto3.s3.transfer
    except ImportError as error:
        raise PushError(
            "an object store needs the extra s3: pip install 'hotlines[s3]', then push again"
        ) from error
    return boto3  # type: ignore[no-any-return]
