"""Names and places."""

from __future__ import annotations

import json
import re
from datetime import datetime, timedelta, timezone
from pathlib import Path

import pytest
from run_examples import NOW, RUN, published_run, staged_run

from outputs.run_directory import (
    DataDirectory,
    DataDirectoryError,
    RunNotFoundError,
    check_run_id,
    latest_run,
    new_run_id,
    read_index,
    resolve_data_dir,
    resolve_run,
)
from outputs.schema import SCHEMA_VERSION, SchemaError

SECOND = "20261123T211500Z-aaa"


def test_run_id_from_time_and_token() -> None:
    assert new_run_id(NOW, "k3f") == RUN
    china = datetime(2026, 11, 23, 5, 15, tzinfo=timezone(timedelta(hours=8)))
    assert new_run_id(china, "k3f") == RUN


def test_run_ids_of_one_second_differ() -> None:
    ids = {new_run_id(NOW) for _ in range(20)}
    assert len(ids) > 1
    assert all(re.fullmatch(r"20261122T211500Z-[a-z2-7]{3}", run_id) for run_id in ids)


@pytest.mark.parametrize("text", ["", "../x", "20261122T211500Z", "20261122T211500Z-k3f/..", "x"])
def test_run_id_is_checked(text: str) -> None:
    with pytest.raises(ValueError, match="is no run id"):
        check_run_id(text)


def test_data_dir_option_wins(tmp_path: Path) -> None:
    environment = {"HOTLINES_DATA_DIR": "/elsewhere"}
    assert resolve_data_dir(Path("here"), environment, tmp_path) == Path("here")
    assert resolve_data_dir(None, environment, tmp_path) == Path("/elsewhere")
    assert resolve_data_dir(None, {"HOTLINES_DATA_DIR": ""}, tmp_path) == tmp_path / "hotlines-data"


def test_data_dir_inside_a_checkout(tmp_path: Path) -> None:
    below = tmp_path / "docs" / "x"
    below.mkdir(parents=True)
    (tmp_path / "outputs").mkdir()
    (tmp_path / "outputs/schema.py").touch()
    assert resolve_data_dir(None, {}, below) == below / "hotlines-data"
    (tmp_path / "scrapy.cfg").touch()
    assert resolve_data_dir(None, {}, below) == tmp_path / "outputs" / "data"


def test_nothing_published_yet(tmp_path: Path) -> None:
    assert latest_run(tmp_path) is None
    assert read_index(tmp_path) == []
    with pytest.raises(RunNotFoundError, match="no published run yet; run `hotlines crawl`"):
        resolve_run(tmp_path, "latest")


def test_runs_are_resolved(tmp_path: Path) -> None:
    first = published_run(tmp_path)
    second = published_run(tmp_path, SECOND, RUN)
    staged = staged_run(tmp_path, "20261124T211500Z-bbb", SECOND)
    assert resolve_run(tmp_path, "latest") == latest_run(tmp_path) == second
    assert resolve_run(tmp_path, RUN) == resolve_run(tmp_path, "20261122") == first
    assert resolve_run(tmp_path, "20261124") == staged
    assert staged.run_id == "20261124T211500Z-bbb"
    with pytest.raises(RunNotFoundError, match="several runs begin with '2026'"):
        resolve_run(tmp_path, "2026")
    with pytest.raises(RunNotFoundError, match=f"no run '2025' .* newest there are: {RUN}"):
        resolve_run(tmp_path, "2025")


def test_stage_refuses_a_second_time(tmp_path: Path) -> None:
    data = DataDirectory(tmp_path / "new")
    assert data.stage(RUN).path == tmp_path / "new" / "runs" / f".tmp-{RUN}"
    with pytest.raises(FileExistsError):
        data.stage(RUN)


def test_pointer_to_a_missing_run_is_told(tmp_path: Path) -> None:
    run = published_run(tmp_path)
    run.path.rename(tmp_path / "moved")
    with pytest.raises(RunNotFoundError, match=r"latest.json names run .* is missing; restore"):
        latest_run(tmp_path)


def test_pointer_of_another_version_is_told(tmp_path: Path) -> None:
    published_run(tmp_path)
    latest = tmp_path / "latest.json"
    latest.write_text(json.dumps({**json.loads(latest.read_text()), "schema_version": "9.0.0"}))
    with pytest.raises(SchemaError, match=r"latest.json has schema version 9.0.0"):
        latest_run(tmp_path)


@pytest.mark.parametrize("line", ["{}", "[]", '{"run_id": "a"}'])
def test_an_index_whose_lines_say_nothing_is_damaged(tmp_path: Path, line: str) -> None:
    text = f'{{"schema_version": "{SCHEMA_VERSION}", "runs": [{line}]}}'
    DataDirectory(tmp_path).index.write_text(text)
    with pytest.raises(DataDirectoryError, match=r"index.json is damaged \(its line 1 .*move it"):
        read_index(tmp_path)
