"""Synthetic snapshots of any size, written as a run writes them, without holding them in memory.

Ten numbers a brand; the second snapshot lacks 1 % of the rows of the first, has 1 % new ones, and
2 % with other hours. Row hashes are real: a sample is compared with `outputs.row_hash`.
"""

from __future__ import annotations

import hashlib
import random
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path

import pyarrow as pa

from outputs.canonical import canonical_json
from outputs.row_hash import ROW_HASH, content_of, row_hash
from outputs.rows import Row, row_of
from outputs.schema import HOTLINES
from outputs.snapshot import ROW_GROUP, arrow_schema, parquet_writer
from pipelines.model import Hotline
from pipelines.vocabulary import FeeClass, NumberClass, Presence, Purpose, SourceKind, Verdict

NOW = datetime(2026, 11, 22, 21, 15, tzinfo=UTC)
BRAND_ROWS = 10
HOURS = ("24/7", "Mo-Fr 09:00-18:00")
_MARKS = {"id": "\x01", "brand_id": "\x02", "number": "\x03", "extension": "\x04", "hours": "\x05"}

Place = tuple[str, str, str, str]  # brand_id, number, extension, hours


def template() -> Hotline:
    """A hotline of which the columns that vary are marks."""
    return Hotline(
        id=_MARKS["id"],
        brand_id=_MARKS["brand_id"],
        number=_MARKS["number"],
        extension=_MARKS["extension"],
        hours=_MARKS["hours"],
        area="",
        display=_MARKS["number"],
        tel_uri="tel:" + _MARKS["number"],
        e164=_MARKS["number"],
        dial_domestic=_MARKS["number"],
        dial_abroad=_MARKS["number"],
        number_class=NumberClass.LANDLINE,
        numbering_note="landline",
        fee_class=FeeClass.NORMAL,
        fee_stated="",
        landline_only=False,
        purposes=(Purpose.GENERAL,),
        labels=("客服热线",),
        audience=(),
        regions=(),
        languages=("zh",),
        hours_raw="",
        hours_tz="Asia/Shanghai",
        hours_approx=False,
        staffed_24h=False,
        menu_paths=(),
        presence=Presence.OBSERVED,
        presence_reason="",
        verdict=Verdict.OFFICIAL,
        verdict_reasons=("declared_page",),
        source_kinds=(SourceKind.CONTACT,),
        first_seen=NOW,
        evidence_count=1,
        evidence_url=f"https://www.{_MARKS['brand_id']}.test/contact",
        evidence_text=f"客服热线：{_MARKS['number']}",
        carried_by=(f"https://www.{_MARKS['brand_id']}.test/contact",),
        good_runs_missed=0,
        last_seen=NOW,
        last_checked=NOW,
        last_change=NOW,
        run_id="20261122T211500Z-k3f",
    )


def places(rows: int, *, second: bool, shared: bool = False) -> Iterator[Place]:
    """What varies, in key order.

    Args:
        shared: The second brand of each ten has a number of the first.
    """
    for brand in range(-(-rows // BRAND_ROWS)):
        seeded = random.Random(brand)
        drawn = sorted(seeded.sample(range(20_000_000, 89_999_999), BRAND_ROWS))
        if shared and brand % 10 < 2:
            drawn[0] = 10_000_000 + brand // 10
        for n, subscriber in enumerate(drawn[: rows - brand * BRAND_ROWS]):
            lot = (brand * BRAND_ROWS + n) * 61 % 100  # 61: spread over brands, each lot 1 %
            key = (f"brand{brand:07d}", f"+86571{subscriber}")
            if not second or lot != 0:
                yield (*key, "", HOURS[second and lot in (1, 2)])
            if second and lot == 3:
                yield (*key, "9", HOURS[0])


def write_snapshot(path: Path, rows: int, *, second: bool, shared: bool = False) -> int:
    """Writes one snapshot; returns how many rows it has."""
    base = row_of(HOTLINES, template())
    text = canonical_json(content_of(HOTLINES, base))
    found, schema, count = places(rows, second=second, shared=shared), arrow_schema(HOTLINES), 0
    with parquet_writer(path, HOTLINES) as writer:
        while group := list(islice(found, ROW_GROUP)):
            columns = [
                pa.array(_cells(n, base, text, group), schema.field(n).type) for n in schema.names
            ]
            writer.write_table(
                pa.Table.from_arrays(columns, schema=schema), row_group_size=ROW_GROUP
            )
            count += len(group)
    return count


def _cells(name: str, base: Row, text: str, group: list[Place]) -> list[object]:
    if name == ROW_HASH:
        fill = _filler(text)
        hashes = [hashlib.sha256(fill(place).encode()).digest()[:16] for place in group]
        sample = {n: _cells(n, base, text, group[:1])[0] for n in HOTLINES.names if n != ROW_HASH}
        assert row_hash(HOTLINES, {**sample, ROW_HASH: None}) == hashes[0].hex()
        return list(hashes)
    value = base[name]
    if isinstance(value, list) and value and _marked(value[0]):
        fill = _filler(value[0])
        return [[fill(place)] for place in group]
    if _marked(value):
        return list(map(_filler(str(value)), group))
    return [value] * len(group)


def _marked(value: object) -> bool:
    return isinstance(value, str) and any(mark in value for mark in _MARKS.values())


def _filler(text: str) -> Callable[[Place], str]:
    """Puts what varies into a text; canonical JSON escapes the marks."""
    parts = text.replace("{", "{{").replace("}", "}}")
    for n, mark in enumerate(_MARKS.values()):
        parts = parts.replace(f"\\u{ord(mark):04x}", f"{{{n}}}").replace(mark, f"{{{n}}}")

    def fill(place: Place) -> str:
        brand, number, extension, hours = place
        made = f"{brand}/{number}#{extension}" if extension else f"{brand}/{number}"
        return parts.format(made, brand, number, extension, hours)

    return fill
