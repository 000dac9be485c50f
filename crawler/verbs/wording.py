"""Rows of the data in the words of a person: names, hours, fees, quotes."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from crawler.language import Language, Words
from crawler.paper import Field

if TYPE_CHECKING:
    from outputs.lookup_tables import Quote, Snapshot
    from outputs.rows import Row

_QUOTE = 160
_QUOTES = 3


def brand_name(snapshot: Snapshot, brand_id: str, words: Words) -> str:
    """The name of a brand in the language asked for."""
    row = snapshot.brands.get(brand_id)
    if row is None:
        return brand_id
    english = words.language is Language.EN and row["name_en"]
    return str(english or row["name_zh"])


def brand_names(snapshot: Snapshot, brand_ids: Iterable[str], words: Words) -> str:
    """Several brands, joined."""
    return words("page", "and").join(brand_name(snapshot, b, words) for b in brand_ids)


def printed(row: Row) -> str:
    """A number as its page groups it, area and extension with it."""
    area = f"{row['area']}-" if row["area"] else ""
    extension = f" ext. {row['extension']}" if row["extension"] else ""
    display = str(row["display"])
    return f"{'' if area and display.startswith(area[:-1]) else area}{display}{extension}"


def purposes(row: Row, words: Words) -> str:
    """What a line is for."""
    return words.codes("purpose", _list(row["purposes"]) or ["unknown"])


def in_short(row: Row, words: Words) -> str:
    """A number with what it is for and when, on one line."""
    hours = words.hours(str(row["hours"])) if row["hours"] else str(row["hours_raw"])
    told = ", ".join(filter(None, (purposes(row, words), hours)))
    return f"{printed(row)}  ({told})"


def hours(row: Row, words: Words) -> list[str]:
    """When it is staffed, and how the page puts it."""
    if not row["hours"] and not row["hours_raw"]:
        return [words("page", "no_hours")]
    lines = []
    if row["hours"]:
        approx = f"{words('page', 'about')} " if row["hours_approx"] else ""
        zone = words.code("zone", str(row["hours_tz"])) if row["hours_tz"] else ""
        lines.append(f"{approx}{words.hours(str(row['hours']))}{f' ({zone})' if zone else ''}")
    if row["hours_raw"] and row["hours_raw"] != row["hours"]:
        lines.append(words("page", "says_hours", words=_one_line(row["hours_raw"])))
    return lines + ([words("page", "staffed")] if row["staffed_24h"] else [])


def fee(row: Row, words: Words) -> str:
    """What a call costs by its class, and what the page says of it."""
    told = [words("fee", str(row["fee_class"]))]
    if row["landline_only"]:
        told.append(words("page", "landline_only"))
    if row["fee_stated"]:
        stated = str(row["fee_stated"]).partition(": ")[2] or str(row["fee_stated"])
        told.append(words("page", "says_fee", words=_one_line(stated)))
    return "; ".join(told)


def abroad(row: Row, other: Row | None, words: Words) -> str:
    """How to reach it from abroad, if a page or its class says how."""
    if row["dial_abroad"]:
        return str(row["dial_abroad"])
    if other is not None:
        return words(
            "page", "other_abroad", number=other["dial_abroad"], purpose=purposes(other, words)
        )
    return words("page", "no_abroad")


def call_fields(row: Row, other: Row | None, words: Words) -> list[Field]:
    """What somebody needs who is about to call."""
    return [
        (words("page", "purpose"), purposes(row, words)),
        (words("page", "area"), row["area"]),
        (words("page", "extension"), row["extension"]),
        (words("page", "hours"), hours(row, words)),
        (words("page", "fee"), fee(row, words)),
        (words("page", "menu"), _list(row["menu_paths"])),
        (words("page", "abroad"), abroad(row, other, words)),
    ]


def quote_lines(quotes: Iterable[Quote], words: Words) -> list[str]:
    """Quoted sentences, each with its page and date."""
    lines = []
    for quote in tuple(quotes)[:_QUOTES]:
        text = quote.text if len(quote.text) <= _QUOTE else f"{quote.text[:_QUOTE]}…"
        read = f"  {words('page', 'read_on', day=words.day(quote.seen))}" if quote.seen else ""
        lines += [f"“{text}”", f"{quote.url}{read}"]
    return lines


def _list(value: object) -> list[str]:
    return [str(item) for item in value] if isinstance(value, list | tuple) else []


def _one_line(value: object) -> str:
    return " ".join(str(value).split())
