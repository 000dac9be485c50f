"""Cells of Arrow columns as Python values and as canonical JSON, a column at a time.

Both are what a loop over the cells would give (`outputs/canonical.py` defines the encoding), at a
fraction of its cost. Between Arrow and numpy only buffers are handed over: `pa.array` and
`to_numpy` import pandas, 60 MB, to see whether a value is one of its own.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from functools import cache
from itertools import pairwise
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from outputs.canonical import canonical_json, time_text

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_HEX = 2  # digits of a byte
_ESCAPED = r'["\\\x00-\x1f]'  # what JSON demands to be escaped, and `canonical_json` escapes

Mask = npt.NDArray[np.bool_]


def python_values(array: pa.Array) -> list[Any]:
    """The cells as rows hold them: times in UTC, digests as hex."""
    kind = array.type
    if pa.types.is_dictionary(kind):
        return python_values(array.dictionary_decode())
    if pa.types.is_list(kind):
        return _lists(array)
    if pa.types.is_timestamp(kind):
        return _times(array)
    if pa.types.is_fixed_size_binary(kind):
        if array.null_count:
            return [value if value is None else value.hex() for value in array.to_pylist()]
        return python_values(hex_texts(array)) if len(array) else []
    return list(array.to_pylist())


def json_values(array: pa.Array) -> list[Any]:
    """The same, with times as text; columns of JSON text stay as they are."""
    values = python_values(array)
    if not pa.types.is_timestamp(array.type):
        return values
    texts = {value: None if value is None else time_text(value) for value in set(values)}
    return [texts[value] for value in values]


def json_texts(array: pa.Array) -> pa.Array:
    """The canonical JSON of each cell, as strings without a null."""
    kind = array.type
    if pa.types.is_string(kind):
        texts = _quoted(array)
    elif pa.types.is_list(kind):
        texts = _json_lists(array)
    elif pa.types.is_boolean(kind):
        texts = pc.if_else(array, text("true"), text("false"))
    else:
        # Few values, as a rule: times of runs, counts.
        distinct = array.dictionary_encode()
        found = map(canonical_json, python_values(distinct.dictionary))
        texts = from_texts(list(found)).take(distinct.indices)
    return pc.coalesce(texts, text("null"))


def json_objects(
    names: Sequence[str], texts: Sequence[pa.Array], held: Sequence[Mask] | None = None
) -> pa.Array:
    """One canonical JSON object for each row.

    Args:
        names: Keys, sorted.
        texts: Their values, as `json_texts` gives them.
        held: For each key, which rows have it; None for all.
    """
    if held is None:
        heads = [f"{',' if n else '{'}{canonical_json(name)}:" for n, name in enumerate(names)]
        parts = [part for each in zip(map(text, heads), texts, strict=True) for part in each]
        return joined(*parts, text("}"))
    pieces = []
    for name, value, mask in zip(names, texts, held, strict=True):
        piece = joined(text(f"{canonical_json(name)}:"), value)
        pieces.append(pc.if_else(from_mask(mask), piece, text(None)))
    inner = pc.binary_join_element_wise(*pieces, text(","), null_handling="skip")
    return joined(text("{"), inner, text("}"))


def joined(*parts: pa.Array | pa.Scalar) -> pa.Array:
    """Strings of each row, one behind the other."""
    return pc.binary_join_element_wise(*parts, text(""))


def differ(one: pa.Array, other: pa.Array) -> Mask:
    """Where two columns of one type and length do not hold the same; null equals null only."""
    if pa.types.is_list(one.type):
        return _lists_differ(one, other)
    unequal = pc.coalesce(pc.not_equal(one, other), _FALSE)
    if one.null_count or other.null_count:
        unequal = pc.or_(unequal, pc.xor(one.is_null(), other.is_null()))
    return as_mask(unequal)


def as_mask(array: pa.Array) -> Mask:
    """A column of truth values without a null."""
    bits = np.frombuffer(array.buffers()[1] or b"", np.uint8)
    held = np.unpackbits(bits, bitorder="little")[array.offset : array.offset + len(array)]
    return held.astype(np.bool_)


def as_numbers(array: pa.Array) -> npt.NDArray[np.int64]:
    """A column of whole numbers without a null."""
    held = np.frombuffer(array.buffers()[1] or b"", np.dtype(f"i{array.type.bit_width // 8}"))
    return held[array.offset : array.offset + len(array)].astype(np.int64)


def data_of(array: pa.Array) -> memoryview:
    """The bytes of all strings of a column, one behind the other."""
    _, ends, data = array.buffers()
    if data is None or not len(array):
        return memoryview(b"")
    bounds = np.frombuffer(ends, np.int32)
    first, last = bounds[array.offset], bounds[array.offset + len(array)]
    return memoryview(data)[first:last]


def from_mask(mask: Mask) -> pa.Array:
    """Truth values as a column."""
    bits = np.packbits(mask, bitorder="little")
    return pa.Array.from_buffers(pa.bool_(), len(mask), [None, pa.py_buffer(bits)])


def from_numbers(numbers: npt.NDArray[np.int64] | npt.NDArray[np.int32]) -> pa.Array:
    """Whole numbers as a column."""
    kind = pa.int64() if numbers.dtype == np.int64 else pa.int32()
    held = pa.py_buffer(np.ascontiguousarray(numbers))
    return pa.Array.from_buffers(kind, len(numbers), [None, held])


@cache
def text(value: str | None) -> pa.Scalar:
    """One string for all rows."""
    return from_texts([value])[0]


def from_texts(texts: Sequence[str | None]) -> pa.Array:
    """Strings as a column."""
    parts = [b"" if text is None else text.encode() for text in texts]
    ends = np.cumsum([0, *map(len, parts)]).astype(np.int32)
    there = from_mask(np.array([text is not None for text in texts], np.bool_)).buffers()[1]
    buffers = [there, pa.py_buffer(ends), pa.py_buffer(b"".join(parts))]
    return pa.Array.from_buffers(pa.string(), len(texts), buffers)


def hex_texts(array: pa.Array) -> pa.Array:
    """Digests as hex digits; there must be no null."""
    width = array.type.byte_width
    start = array.offset * width
    held = array.buffers()[1].slice(start, len(array) * width)
    digits = held.to_pybytes().hex().encode()  # Arrow's own `hex` writes capitals
    kind = pa.binary(_HEX * width)
    made = pa.Array.from_buffers(kind, len(array), [None, pa.py_buffer(digits)])
    return made.cast(pa.binary()).cast(pa.string())


def _lists(array: pa.Array) -> list[Any]:
    values = python_values(array.values)
    ends = array.offsets.to_pylist() if len(array) else [0]
    found: list[Any] = [values[a:b] for a, b in pairwise(ends)]
    if array.null_count:
        valid = as_mask(array.is_valid())
        return [value if there else None for value, there in zip(found, valid, strict=True)]
    return found


def _times(array: pa.Array) -> list[Any]:
    # Many rows share few moments: those of runs.
    numbers = array.cast(pa.timestamp("us", "UTC")).cast(pa.int64()).to_pylist()
    moments: dict[int | None, datetime | None] = {
        n: None if n is None else _EPOCH + timedelta(microseconds=n) for n in set(numbers)
    }
    return [moments[n] for n in numbers]


def _quoted(array: pa.Array) -> pa.Array:
    quoted = joined(text('"'), array, text('"'))
    if not _may_need_escapes(array):
        return quoted
    special = pc.coalesce(pc.match_substring_regex(array, _ESCAPED), _FALSE)
    texts = list(map(canonical_json, array.filter(special).to_pylist()))
    return pc.replace_with_mask(quoted, special, from_texts(texts))


def _may_need_escapes(array: pa.Array) -> bool:
    """Looks at all bytes at once; a byte of a longer character is never one of these."""
    held = np.frombuffer(data_of(array), np.uint8)
    return bool(((held < ord(" ")) | (held == ord('"')) | (held == ord("\\"))).any())


def _json_lists(array: pa.Array) -> pa.Array:
    flat = array.flatten()
    counts = _lengths(array, of_null=0)
    ends = np.concatenate([[0], np.cumsum(counts)]).astype(np.int32)
    elements = pa.ListArray.from_arrays(from_numbers(ends), json_texts(flat))
    texts = joined(text("["), pc.binary_join(elements, text(",")), text("]"))
    return pc.if_else(array.is_valid(), texts, text(None)) if array.null_count else texts


def _lengths(array: pa.Array, *, of_null: int) -> npt.NDArray[np.int64]:
    known = as_numbers(pc.list_value_length(array))
    return np.where(as_mask(array.is_valid()), known, of_null) if array.null_count else known


def _lists_differ(one: pa.Array, other: pa.Array) -> Mask:
    lengths, others = (_lengths(side, of_null=-1) for side in (one, other))
    unequal: Mask = lengths != others
    alike = from_mask(~unequal)
    within = differ(one.filter(alike).flatten(), other.filter(alike).flatten())
    if within.any():
        rows = np.repeat(np.arange(len(unequal)), np.where(unequal, 0, np.maximum(lengths, 0)))
        unequal[rows[within]] = True
    return unequal


_FALSE = from_mask(np.zeros(1, np.bool_))[0]
