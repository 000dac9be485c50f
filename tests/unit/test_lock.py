"""One run at a time."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from run_examples import NOW

from outputs.lock import LockHeldError, hold_lock, owner_file
from outputs.run_directory import DataDirectory

HOLD_AND_WAIT = """
import sys
from datetime import UTC, datetime
from pathlib import Path
from outputs.lock import hold_lock
with hold_lock(Path(sys.argv[1]), started=datetime(2026, 1, 2, 3, 4, tzinfo=UTC)):
    print("held", flush=True)
    sys.stdin.read()
"""


def try_to_hold(data_dir: Path) -> None:
    with hold_lock(data_dir, started=NOW):
        pytest.fail("held twice")


def test_held_lock_names_its_owner(tmp_path: Path) -> None:
    with hold_lock(tmp_path / "new", started=NOW), pytest.raises(LockHeldError) as caught:
        try_to_hold(tmp_path / "new")
    message = str(caught.value)
    assert f"process {os.getpid()} on " in message
    assert "since 2026-11-22T21:15:00Z" in message
    assert "nothing was changed" in message


def test_released_lock_can_be_held_again(tmp_path: Path) -> None:
    for _ in range(2):
        with hold_lock(tmp_path, started=NOW):
            assert owner_file(DataDirectory(tmp_path)).exists()
        assert not owner_file(DataDirectory(tmp_path)).exists()


def test_lock_is_released_on_error(tmp_path: Path) -> None:
    with pytest.raises(ZeroDivisionError), hold_lock(tmp_path, started=NOW):
        raise ZeroDivisionError
    with hold_lock(tmp_path, started=NOW):
        pass


def test_owner_may_be_unknown(tmp_path: Path) -> None:
    with hold_lock(tmp_path, started=NOW):
        owner_file(DataDirectory(tmp_path)).write_text("{")
        with pytest.raises(LockHeldError, match="has not said yet which it is"):
            try_to_hold(tmp_path)


def test_lock_of_a_killed_process_is_free(tmp_path: Path) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", HOLD_AND_WAIT, str(tmp_path)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as child:
        assert child.stdout is not None
        assert child.stdout.readline() == "held\n"
        with pytest.raises(LockHeldError, match=f"process {child.pid} on .* 2026-01-02T03:04:00Z"):
            try_to_hold(tmp_path)
        child.kill()
    with hold_lock(tmp_path, started=NOW):
        pass
