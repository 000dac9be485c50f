"""What others do meanwhile: an entry is taken out, an old run is read, a refusal is killed."""

from __future__ import annotations

import os
import signal
from itertools import chain
from pathlib import Path

import pytest

from crawler.cli import main
from outputs.history import versions
from outputs.publish import repair
from outputs.run_directory import DataDirectory, read_index
from outputs.table_files import NoTableError, TableReader, read_table
from pipelines.vocabulary import Outcome
from tests.e2e.written_runs import Answer, Runs, contact, runs

NAMES = ("eins", "zwei", "drei", "vier", "funf", "sechs")
EINS = "https://eins.test/contact"


def hotlines(told: Runs, *arguments: str) -> int:
    with pytest.raises(SystemExit) as ended:
        main([*arguments, "--data-dir", str(told.data)])
    return int(str(ended.value.code))


@pytest.mark.parametrize("only", [(), ("zwei",)], ids=["all are crawled", "another one is crawled"])
@pytest.mark.parametrize(
    ("page", "reasons"),
    [
        (Answer(outcome=Outcome.TIMEOUT), []),
        (Answer(outcome=Outcome.CALLBACK_ERROR), ["callback_error"]),
    ],
    ids=["its page is silent", "the gate holds it back"],
)
def test_a_brand_file_that_is_retired_while_its_rows_are_carried(
    tmp_path: Path, page: Answer, reasons: list[str], only: tuple[str, ...]
) -> None:
    told = runs(tmp_path / "data", *NAMES)
    told.run()
    seen = told.now
    told.pages[EINS] = page
    assert told.run() == 0
    ours = {i: said for i, said in told.states().items() if i.startswith("eins/")}
    assert len(ours) == 2
    assert all(said.startswith("not_observed ") for said in ours.values())
    assert told.rows("brands")[1]["unhealthy_reasons"] == reasons
    told.brands = told.brands[1:]
    assert told.run(*only) == 0
    assert told.causes() == {("DEL", i): ("registry", "brand_retired") for i in ours}
    assert not [i for i in told.states() if i.startswith("eins/")]
    last = versions(told.data, "eins/95007")[-1]
    assert (last.removed, last.last_seen) == ("brand_retired", seen)
    assert "eins" not in {row["brand_id"] for row in told.rows("sources")}
    assert hotlines(told, "verify", "-q") == 0


def test_a_reader_holds_a_run_that_is_pruned(tmp_path: Path) -> None:
    told = runs(tmp_path / "data", "eins", "zwei")
    for number in range(4):
        told.pages[EINS] = contact(told.brands[0], f"9500{number}")
        told.run()
    old = DataDirectory(told.data).all_runs()[0]
    whole = read_table(old.table("hotlines"))
    with TableReader(old.table("hotlines")) as reader:
        batches = reader.batches(range(reader.file.num_row_groups), at_once=1)
        first = next(batches)
        assert hotlines(told, "prune", "--keep", "2") == 0
        rows = list(chain(reader.rows(first), *(reader.rows(batch) for batch in batches)))
    assert rows == whole
    with pytest.raises(
        NoTableError, match=f"run {old.run_id} has no table hotlines: it was pruned"
    ):
        read_table(old.table("hotlines"))
    assert hotlines(told, "verify", "-q") == 0


def test_killed_between_the_rename_of_a_refused_run_and_its_line_in_the_index(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    told = runs(tmp_path / "data", "eins", "zwei")
    told.run()
    before = told.latest
    told.pages = {url: Answer("<h1>联系我们</h1>") for url in told.pages}
    child = os.fork()
    if not child:
        monkeypatch.setattr(
            "outputs.publish.list_run", lambda *_: os.kill(os.getpid(), signal.SIGKILL)
        )
        told.run()
        os._exit(0)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == -signal.SIGKILL
    [refused] = DataDirectory(told.data).quarantined.iterdir()
    assert len(read_index(told.data)) == 1
    assert repair(told.data).indexed
    assert [line["run_id"] for line in read_index(told.data)] == [before.run_id, refused.name]
    assert told.latest == before
    assert hotlines(told, "reject", refused.name, "--reason", "emptied") == 0
    assert hotlines(told, "verify", "-q") == 0
