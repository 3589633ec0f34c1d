"""Rules across the columns of one row.

A rule of a sheet's `requires` looks at what the row says, before anything is known of the database: a row that breaks
it is rejected. A rule of its `checks` looks at what the model's row will be, where a blank cell leaves what it was; it
warns or rejects the row, and is not asked about a file that has none of its columns.
`value_rules` has those about one column.
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
    """The number of one column is not above that of another one, where both are there.

    A warning, unless it `rejects` the row. `names` are the problem's parameters.
    """

    def __init__(self, column: str, bound: str, *, code: str, names: tuple[str, str], rejects: bool = False) -> None:
        super().__init__(column, bound)
        self.is_warning = not rejects
        self._code = code
        self.codes = (code,)
        self._names = names

    def find(self, values: Sequence[Value | None]) -> Finding | None:
        number, bound = values
        if number is None or bound is None or number <= bound:  # type: ignore[operator]  # both are numbers
            return None
        names = zip(self._names, values, strict=True)
        params: Params = {name: value if isinstance(value, int) else str(value) for name, value in names}
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
