"""Scrapy's `ITEM_PIPELINES`: checks on what the live view of `scrapy crawl` shows.

One item in, one out, without importing Scrapy. Nothing published is built from these items: a
page holds any number of them, and presence and the diff need all observations of a run, which
an item pipeline never sees together (`crawler/settings.py` beside `ITEM_PIPELINES`).
"""

from __future__ import annotations

from collections.abc import Mapping

from pipelines.vocabulary import Carrier, NumberClass, Owner, Purpose, SourceKind

_CLOSED: Mapping[str, frozenset[str]] = {
    "number_class": frozenset(NumberClass),
    "source_kind": frozenset(SourceKind),
    "carrier": frozenset(Carrier),
    "purpose": frozenset(Purpose),
    "owner": frozenset(Owner),
}
_TEXTS = ("brand_id", "number", "url", "raw", "context", *_CLOSED)


class CheckedEvidence:
    """Lets items of evidence pass that keep what the data contract promises of each row."""

    def process_item(self, item: Mapping[str, object]) -> Mapping[str, object]:
        """Called by Scrapy for each item.

        Raises:
            ValueError: The item breaks a promise; Scrapy logs it and leaves the item out.
        """
        faults = faults_of(item)
        if faults:
            raise ValueError(
                f"evidence of {item.get('url')} is not what the data contract says: "
                f"{'; '.join(faults)}. This is a fault of the reading: report it with the page."
            )
        return item


def faults_of(item: Mapping[str, object]) -> tuple[str, ...]:
    """Says which promises an item of evidence breaks.

    >>> faults_of({"number": 95188})[:2]
    ('brand_id is missing', 'number is not text')
    """
    return (*_text_faults(item), *_value_faults(item), *_quote_faults(item))


def _text_faults(item: Mapping[str, object]) -> tuple[str, ...]:
    return tuple(
        f"{name} is {'not text' if name in item else 'missing'}"
        for name in _TEXTS
        if not isinstance(item.get(name), str)
    )


def _value_faults(item: Mapping[str, object]) -> tuple[str, ...]:
    return tuple(
        f"{name} is {item[name]!r}, which is none of its values"
        for name, allowed in _CLOSED.items()
        if isinstance(item.get(name), str) and item[name] not in allowed
    )


def _quote_faults(item: Mapping[str, object]) -> tuple[str, ...]:
    context, start, end = item.get("context"), item.get("start"), item.get("end")
    if not (isinstance(context, str) and isinstance(start, int) and isinstance(end, int)):
        return ("start and end are not the place of a text",)
    return () if context[start:end] == item.get("raw") else ("the quote is not at its place",)
