"""Frozen dataclasses: the type checker keeps their fields, and not each object at each field.

A frozen dataclass of the standard library sets every field of every object by way of
`object.__setattr__`: eight times what a plain one takes, and a page makes hundreds of fields.
Here the two are the same to mypy, so that to assign to a field fails `make check`; at run time
nothing stands in the way (docs/decisions/0033-what-pages-cost.md).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from dataclasses import dataclass
else:
    import dataclasses

    def dataclass(*, frozen: bool, slots: bool, eq: bool = True) -> Callable[[type], type]:
        """A dataclass that is compared and hashed by its fields, as a frozen one is."""
        return dataclasses.dataclass(slots=slots, eq=eq, unsafe_hash=frozen and eq)


__all__ = ["dataclass"]
