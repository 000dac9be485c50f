"""What a document is: decided by its bytes first, its declared type second, its name last."""

from __future__ import annotations

import re
from enum import StrEnum, auto

_MARKUP = re.compile(
    rb"<(?:!doctype|html|head|body|div|p|table|span|meta|script|title|br|a|h[1-6]|ul|li|section|article)\b",
    re.I,
)
_IMAGE = re.compile(rb"\x89PNG\r\n\x1a\n|\xff\xd8\xff|GIF8[79]a|RIFF.{4}WEBP|BM.{4}\0\0\0\0", re.S)
_ANY_TAG = re.compile(rb"</?[a-z][a-z0-9]*[\s/>]", re.I)
_HTML = ("text/html", "application/xhtml+xml")
_HEAD = 4096
#: Text by name; in sources of components, markup stands in strings and code between tags.
_PLAIN = (".txt", ".md", ".jsx", ".tsx", ".vue")
_COMPONENT = re.compile(rb"<template\b", re.I)
_DATA = re.compile(rb'[\[{]\s*[\[{"]')


class Media(StrEnum):
    """The kinds of documents that are read."""

    HTML = auto()
    JSON = auto()
    PDF = auto()
    IMAGE = auto()
    TEXT = auto()


def media_of(body: bytes, content_type: str, url: str) -> Media:
    """The kind of a document; anything unknown is read as text or HTML by its bytes."""
    head = body[:_HEAD].lstrip(b"\xef\xbb\xbf \t\r\n")
    declared = content_type.partition(";")[0].strip().lower()
    if head.startswith(b"%PDF-") or declared == "application/pdf":
        return Media.PDF
    if _IMAGE.match(body) or (_is_image(declared) and not _MARKUP.search(head)):
        return Media.IMAGE
    if declared.endswith(("/json", "+json")) or _is_json(head, url, declared):
        return Media.JSON
    is_named = declared not in _HTML and url.lower().endswith(_PLAIN)
    is_source = is_named or (not declared and _COMPONENT.match(head))
    if declared == "text/plain" or is_source:
        return Media.TEXT
    tags = _ANY_TAG if declared in _HTML else _MARKUP
    return Media.HTML if tags.search(body, 0, 16 * _HEAD) else Media.TEXT


def _is_image(declared: str) -> bool:
    return declared.startswith("image/") and "svg" not in declared


def _is_json(head: bytes, url: str, declared: str) -> bool:
    if declared.endswith("/javascript"):  # some services call their data so
        return _DATA.match(head) is not None
    return url.lower().partition("?")[0].endswith(".json") and head[:1] in (b"{", b"[")
