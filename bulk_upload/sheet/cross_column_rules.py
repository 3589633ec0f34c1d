"""Rules across the columns of one row.

A rule of a sheet's `requires` looks at what the row says, before anything is known of the database: a row that breaks
it is rejected. A rule of its `checks` looks at what the model's row will be: a blank cell leaves there what it was.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field

from bulk_upload.sheet.bilingual_text import Params
from bulk_upload.sheet.values import Value


@dataclass(frozen=True, slots=True)
class Finding:
    """What a rule has found: the column and the value that are named, the problem's code and its parameters."""

    columna: str
    codigo: str
    params: Params = field(default_factory=dict)
    valor: str = ""


class Rule(ABC):
    """A rule about the values of `columns`, which `find` gets in their order. A warning rejects nothing.

    `codes` are those of all problems that it may find: no others are accepted from the guarded reader.
    """

    is_warning = False
    codes: Collection[str] = ()

    def __init__(self, *columns: str) -> None:
        self.columns = columns

    @abstractmethod
    def find(self, values: Sequence[Value | None]) -> Finding | None:
        """What is wrong, or `None`."""

    def find_all(self, columns: Sequence[Sequence[Value | None]]) -> dict[int, Finding]:
        """What is wrong with many rows, by place: what `find` says of each. Equal rows are looked at once."""
        found = {values: self.find(values) for values in set(zip(*columns, strict=True))}
        if not any(found.values()):
            return {}
        answers = enumerate(map(found.__getitem__, zip(*columns, strict=True)))
        return {place: finding for place, finding in answers if finding}


class NotAbove(Rule):
    """A warning where the number of one column is above that of another one; `names` are the problem's parameters."""

    is_warning = True

    def __init__(self, column: str, bound: str, *, code: str, names: tuple[str, str]) -> None:
        super().__init__(column, bound)
        self._code = code
        self.codes = (code,)
        self._names = names

    def find(self, values: Sequence[Value | None]) -> Finding | None:
        number, bound = values
        if number <= bound:  # type: ignore[operator]  # both are integers
            return None
        params: Params = {self._names[0]: number, self._names[1]: bound}  # type: ignore[dict-item]
        return Finding(self.columns[0], self._code, params, str(number))


class ExactlyOneOf(Rule):
    """One of the columns has a value, and only one."""

    codes = ("several_of", "none_of")

    def find(self, values: Sequence[Value | None]) -> Finding | None:
        given = [name for name, value in zip(self.columns, values, strict=True) if value is not None]
        if len(given) == 1:
            return None
        names = {"columnas": ", ".join(self.columns)}
        return Finding(self.columns[0], "several_of" if given else "none_of", names)

    def find_all(self, columns: Sequence[Sequence[Value | None]]) -> dict[int, Finding]:
        blanks = sorted(column.count(None) for column in columns)
        # Most sheets use the same column in all of their rows.
        if blanks == [0, *[len(columns[0])] * (len(columns) - 1)]:
            return {}
        return super().find_all(columns)
