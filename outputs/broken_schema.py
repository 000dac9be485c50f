"""A run of which a row breaks the schema: it is kept, has no tables, and can only be built anew.

Nothing of such a run is true enough to be accepted: which other rows the same defect touched,
nobody knows. Its captures are whole, so `hotlines process` builds it with a corrected program.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from outputs.manifest import Manifest, RunFacts
from outputs.publish import seal
from outputs.schema import TABLES, RowError
from pipelines.vocabulary import RunResult

if TYPE_CHECKING:
    from outputs.run import RunInputs

_BROKEN = "schema_broken: "


def seal_broken(inputs: RunInputs, digests: Mapping[str, str], error: RowError) -> Manifest:
    """Takes away what was written of the tables, and says why the run is refused."""
    for table in TABLES:
        inputs.run.table(table.name).unlink(missing_ok=True)
    facts = RunFacts(
        run_id=inputs.run.run_id,
        started=inputs.started,
        finished=inputs.finished,
        result=RunResult.QUARANTINED,
        parent=inputs.parent.run_id if inputs.parent else None,
        digests=digests,
        state_hash="",
        reasons=(_BROKEN + error.reason,),
    )
    return seal(inputs.run, facts)


def broken_reason(reasons: Sequence[str]) -> str:
    """What broke the schema; "" if nothing did."""
    found = (reason.removeprefix(_BROKEN) for reason in reasons if reason.startswith(_BROKEN))
    return next(found, "")
