"""Bytes to text: byte-order mark, strict UTF-8, what was declared, then GB18030 or Big5.

The declared charset is often absent, late or false, so strict UTF-8 comes before it: text in
another encoding is practically never valid UTF-8 (engines.md, Charset: 261 of 261 pages).
"""

from __future__ import annotations

import codecs
import re

from pipelines.frozen import dataclass

_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_DECLARED = re.compile(rb"""(?:charset|encoding)\s*=\s*["']?\s*([A-Za-z0-9_.:-]{2,20})""", re.I)
_HEADER = re.compile(r"charset\s*=\s*[\"']?\s*([A-Za-z0-9_.:-]{2,20})", re.I)
_LEGACY = ("big5hkscs", "gb18030")
_COMMON = re.compile(
    "[的一是不了在有人我他这這来來个個们們中大为為上地到说說国國时時就出会會可也你对對生能"
    "和及与與或请請用电電话話客服务務热熱线線联聯系繫问問题題账帳户戶]"
)
_HEAD = 4096
_NO_CHARSETS = ("utf-7", "idna", "punycode", "unicode-escape", "raw-unicode-escape", "undefined")
_WIDER = {"gb2312": "gb18030", "gbk": "gb18030", "x-gbk": "gb18030", "big5": "big5hkscs"}


@dataclass(frozen=True, slots=True)
class Decoded:
    """Text with the charset it was read in; `guessed` when nothing declared it rightly."""

    text: str
    charset: str
    guessed: bool


def decode(body: bytes, content_type: str = "", country: str = "") -> Decoded:
    """Decodes a document; never raises.

    Args:
        body: The document without content coding.
        content_type: The header as sent, for its charset parameter.
        country: Decides which legacy encoding an undeclared page is tried in first; "": the one
            in which it has more of the commonest characters.
    """
    for mark, charset in _BOMS:
        if body.startswith(mark):
            return Decoded(body[len(mark) :].decode(charset, "replace"), charset, guessed=False)
    strict = _strict(body, "utf-8")
    if strict is not None:
        return Decoded(strict, "utf-8", guessed=False)
    declared = _declared(body, content_type)
    for charset in declared:
        text = _strict(body, charset)
        if text is not None:
            return Decoded(text, charset, guessed=False)
    return _guess(body, declared, country)


def _guess(body: bytes, declared: tuple[str, ...], country: str) -> Decoded:
    legacy = _LEGACY if country in ("TW", "HK", "MO") else _LEGACY[::-1]
    read = [(charset, _strict(body, charset)) for charset in legacy]
    whole = [(charset, text) for charset, text in read if text is not None]
    if whole:
        charset, text = whole[0] if country else max(whole, key=lambda one: _sense(one[1]))
        return Decoded(text, charset, guessed=True)
    charset = min((*declared, "utf-8", *legacy), key=lambda name: _damage(body, name))
    return Decoded(body.decode(charset, "replace"), charset, guessed=True)


def _sense(text: str) -> int:
    """How many of the commonest characters a reading has; a wrong charset gives rare ones."""
    return len(_COMMON.findall(text[:_HEAD] + text[-_HEAD:]))


def _damage(body: bytes, charset: str) -> int:
    return body.decode(charset, "replace").count("\ufffd")


def _declared(body: bytes, content_type: str) -> tuple[str, ...]:
    names = [m.group(1) for m in _HEADER.finditer(content_type)]
    names += [m.group(1).decode("ascii") for m in _DECLARED.finditer(body[:_HEAD])]
    wider = [_WIDER.get(name.lower(), name.lower()) for name in names]
    return tuple(dict.fromkeys(name for name in wider if _is_text_codec(name)))


def _is_text_codec(name: str) -> bool:
    try:
        "".encode(name)
    except (LookupError, UnicodeError, TypeError, ValueError):
        return False
    return codecs.lookup(name).name.replace("_", "-") not in _NO_CHARSETS


def _strict(body: bytes, charset: str) -> str | None:
    try:
        return body.decode(charset)
    except UnicodeError:
        return None
