"""What the random files and their oracle know of a sheet. Written by hand: nothing comes from the declarations."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any, Final

# The default of a column that must not be blank.
REQUIRED: Final = object()


@dataclass(frozen=True)
class Column:
    """A column: `values` are its good ones, few, so that rows meet. `default` is what a blank cell gives a new row.

    `width` is the longest text, `lowest` and `highest` are the numbers' bounds. `broken` are cells that this column
    refuses besides those that its kind does: text and code of the problem.
    """

    name: str
    kind: str
    values: tuple[Any, ...]
    default: Any = REQUIRED
    width: int = 0
    lowest: int = 0
    highest: int = 2_147_483_647
    upper: bool = False
    broken: tuple[tuple[str, str], ...] = ()

    @property
    def is_required(self) -> bool:
        return self.default is REQUIRED


@dataclass(frozen=True)
class Reference:
    """A field that is named by columns: for each, what its values stand for. `theirs` belong to another supplier.

    `similar` are names that nothing has, but that are almost an existing one's, and the code that this gives.
    """

    columns: Mapping[str, Mapping[str, str]]
    theirs: Collection[str] = ()
    unknown: str = ""
    other_owner: str = ""
    similar: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Created:
    """A column whose unknown values are created, at most `most` in a file; `known` are there from the start."""

    column: str
    known: tuple[str, ...]
    most: int
    warning: str
    too_many: str
    similar: Mapping[str, str]


@dataclass(frozen=True)
class Plan:
    """A sheet. `key` are the columns that may stand together once in a file, `row_key` the fields of the table's key.

    `exactly_one` are columns of which a row fills one. `needs` are fields that rows with some references must have:
    field, code, the referring field and its values. `not_above` warns: column, bound, code; `in_order` rejects.
    `odd` values warn where the file has the column: column, value, code. `watched` is the number whose doubling or
    halving is counted. `numbered` columns may have many more values. Rows are `owned` by a supplier directly, by what
    they refer to, or not.
    """

    sheet: str
    columns: tuple[Column, ...]
    key: tuple[str, ...]
    row_key: tuple[str, ...]
    exists: str
    unique: str = ""
    is_owned: bool = False
    is_sent_by_suppliers: bool = True
    exactly_one: tuple[str, ...] = ()
    references: Mapping[str, Reference] = field(default_factory=dict)
    created: Created | None = None
    needs: tuple[tuple[str, str, str, Collection[str]], ...] = ()
    not_above: tuple[tuple[str, str, str], ...] = ()
    in_order: tuple[tuple[str, str, str], ...] = ()
    odd: tuple[tuple[str, Any, str], ...] = ()
    watched: str = ""
    numbered: tuple[str, ...] = ()

    def __str__(self) -> str:
        return self.sheet

    def __repr__(self) -> str:
        return self.sheet

    @cached_property
    def column(self) -> dict[str, Column]:
        return {column.name: column for column in self.columns}

    @cached_property
    def unique_columns(self) -> tuple[str, ...]:
        return (self.unique,) if self.unique else ()

    @cached_property
    def created_columns(self) -> tuple[str, ...]:
        return (self.created.column,) if self.created else ()

    @cached_property
    def referring(self) -> dict[str, str]:
        """The field that each referring column fills."""
        return {column: name for name, reference in self.references.items() for column in reference.columns}

    @cached_property
    def fields(self) -> tuple[str, ...]:
        """The table's fields, in the order of the columns."""
        return tuple(dict.fromkeys(self.referring.get(column.name, column.name) for column in self.columns))

    @cached_property
    def is_named_variously(self) -> bool:
        """Whether rows that differ may mean one row of the table."""
        return any(len(reference.columns) > 1 for reference in self.references.values())

    @cached_property
    def defaults(self) -> dict[str, Any]:
        return {column.name: column.default for column in self.columns if not column.is_required}

    def with_more_rows(self, count: int) -> Plan:
        """The same sheet, in which fewer rows mean the same row of the table."""
        more = tuple(f"N{number}" for number in range(count))
        return replace(
            self,
            columns=tuple(
                replace(column, values=column.values + more) if column.name in self.numbered else column
                for column in self.columns
            ),
        )
