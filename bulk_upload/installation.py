"""What making a part of an installation ready came to."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Prepared:
    """`names` are there now, the `created` ones were missing. `remarks` say what exists otherwise than expected."""

    names: tuple[str, ...]
    created: tuple[str, ...] = ()
    remarks: tuple[str, ...] = ()

    def __add__(self, other: Prepared) -> Prepared:
        return Prepared(self.names + other.names, self.created + other.created, self.remarks + other.remarks)
