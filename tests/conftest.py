"""What holds for every test, and fixtures of all rooms."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from functools import partial

import pytest
from hypothesis import settings

from pipelines import layout

# Needs atheris, which is no dependency of the suite; it is run by hand.
collect_ignore = ["fuzz"]

# Timings never decide a test, and a failure must come again: no deadline, the same examples.
settings.register_profile("house", deadline=None, derandomize=True, database=None)
settings.load_profile("house")


@pytest.fixture(scope="session", autouse=True)
def _no_power_cut() -> Iterator[None]:
    """No test cuts the power, so none waits for a disk; in which order it is asked, one tests."""

    def fsync(descriptor: int) -> None:
        """Nothing is lost that was written."""

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(os, "fsync", fsync)
        yield


@pytest.fixture
def counted(record_property: Callable[[str, object], None]) -> Callable[[str], None]:
    """Has a count printed at the end of a run, whichever process the test ran in."""
    return partial(record_property, "counted")


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """What the tests counted: points killed, histories tried, kinds of damage …"""
    properties = (
        p
        for outcome in ("passed", "failed")
        for report in terminalreporter.getreports(outcome)
        for p in report.user_properties
    )
    if said := dict.fromkeys(str(value) for name, value in properties if name == "counted"):
        terminalreporter.section("counted")
        for line in said:
            terminalreporter.write_line(line)


@pytest.fixture(params=["turbohtml", "soup"])
def engine(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """Runs a test once with each reader of HTML; both pass the same tests."""
    if request.param == "soup":
        monkeypatch.setattr(layout, "_engine", layout.read_tolerantly)
    name: str = request.param
    return name
