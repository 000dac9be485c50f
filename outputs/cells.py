"""Cells of Arrow columns as Python values and as canonical JSON, a column at a time.

Both are what a loop over the cells would give (`outputs/canonical.py` defines the encoding), at a
fraction of its cost: Arrow's own conversion makes an object for each cell before its value.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from outputs.canonical import canonical_json

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_HEX = 2  # digits of a byte
_NULL = "null"
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
    if array.null_count and not pa.types.is_string(kind):
        return list(array.to_pylist())
    return list(array.to_numpy(zero_copy_only=False).tolist())


def json_texts(array: pa.Array) -> pa.Array:
    """The canonical JSON of each cell, as strings without a null."""
    kind = array.type
    if pa.types.is_string(kind):
        texts = _quoted(array)
    elif pa.types.is_list(kind):
        texts = _json_lists(array)
    elif pa.types.is_boolean(kind):
        texts = pc.if_else(array, "true", "false")
    else:
        # Few values, as a rule: times of runs, counts.
        distinct = array.dictionary_encode()
        found = map(canonical_json, python_values(distinct.dictionary))
        texts = pa.array(found, pa.string()).take(distinct.indices)
    return texts.fill_null(_NULL)


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
        parts = [part for head, text in zip(heads, texts, strict=True) for part in (head, text)]
        return pc.binary_join_element_wise(*parts, "}", "")
    pieces = []
    for name, text, mask in zip(names, texts, held, strict=True):
        piece = pc.binary_join_element_wise(f"{canonical_json(name)}:", text, "")
        pieces.append(pc.if_else(pa.array(mask), piece, pa.scalar(None, pa.string())))
    inner = pc.binary_join_element_wise(*pieces, ",", null_handling="skip")
    return pc.binary_join_element_wise("{", inner, "}", "")


def differ(one: pa.Array, other: pa.Array) -> Mask:
    """Where two columns of one type and length do not hold the same; null equals null only."""
    if pa.types.is_list(one.type):
        return _lists_differ(one, other)
    unequal = pc.not_equal(one, other).fill_null(False)
    if one.null_count or other.null_count:
        unequal = pc.or_(unequal, pc.xor(one.is_null(), other.is_null()))
    return as_mask(unequal)


def as_mask(array: pa.Array) -> Mask:
    """A column of truth values without a null."""
    mask: Mask = array.to_numpy(zero_copy_only=False)
    return mask


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
    quoted = pc.binary_join_element_wise('"', array, '"', "")
    if not _may_need_escapes(array):
        return quoted
    special = pc.match_substring_regex(array, _ESCAPED).fill_null(False)
    texts = map(canonical_json, array.filter(special).to_pylist())
    return pc.replace_with_mask(quoted, special, pa.array(texts, pa.string()))


def _may_need_escapes(array: pa.Array) -> bool:
    """Looks at all bytes at once; a byte of a longer character is never one of these."""
    ends, data = array.buffers()[1:]
    if data is None or not len(array):
        return False
    bounds = np.frombuffer(ends, np.int32)
    held = np.frombuffer(data, np.uint8)
    text = held[bounds[array.offset] : bounds[array.offset + len(array)]]
    return bool(((text < ord(" ")) | (text == ord('"')) | (text == ord("\\"))).any())


def _json_lists(array: pa.Array) -> pa.Array:
    flat = array.flatten()
    counts = pc.list_value_length(array).fill_null(0).to_numpy(zero_copy_only=False)
    ends = np.concatenate([[0], np.cumsum(counts)]).astype(np.int32)
    elements = pa.ListArray.from_arrays(pa.array(ends), json_texts(flat))
    joined = pc.binary_join_element_wise("[", pc.binary_join(elements, ","), "]", "")
    if array.null_count:
        return pc.if_else(array.is_valid(), joined, pa.scalar(None, pa.string()))
    return joined


def _lists_differ(one: pa.Array, other: pa.Array) -> Mask:
    lengths, others = (
        pc.list_value_length(side).fill_null(-1).to_numpy(zero_copy_only=False)
        for side in (one, other)
    )
    unequal: Mask = lengths != others
    alike = pa.array(~unequal)
    within = differ(one.filter(alike).flatten(), other.filter(alike).flatten())
    if within.any():
        rows = np.repeat(np.arange(len(unequal)), np.where(unequal, 0, np.maximum(lengths, 0)))
        unequal[rows[within]] = True
    return unequal
