"""Random tables and files, by a seed: rows are like what exists, like each other or plain, but for a few cells."""

from __future__ import annotations

import os
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from catalog.tests.random_files.cells import BLANK, BLANK_CELLS, CSV, XLSX, Cell, broken_cells, good_cells, plain
from catalog.tests.random_files.files import File, Line
from catalog.tests.random_files.importing import Attempt
from catalog.tests.random_files.oracle import LATER, OURS, THEIRS, Kept, is_reversed
from catalog.tests.random_files.plan import Column, Plan

# How many times as many files as in the suite, and which: see docs/development.md.
TIMES: Final = int(os.environ.get("RANDOM_FILES_TIMES", "1"))
SEED: Final = os.environ.get("RANDOM_FILES_SEED", "1")
# What a row is like, and what stands in a cell of it that is not, each as often as it stands here.
LIKE: Final = ["plainest"] * 4 + ["existing"] * 5 + ["earlier"]
KINDS: Final = ["good"] * 16 + ["blank"] + ["broken"] * 2
CHUNK_ROWS: Final = (1, 2, 3, 5, 50)
# At most at which statement of an attempt its process dies; a chunk has about ten.
STATEMENTS: Final = (15, 30, 60)

Cells = dict[str, Cell]


@dataclass(frozen=True)
class Scenario:
    """A table, and files in the order of their acceptance; `order` is that in which they are imported.

    For each file there are the attempts at its import.
    """

    existing: tuple[Kept, ...]
    files: tuple[File, ...]
    order: tuple[int, ...]
    attempts: tuple[tuple[Attempt, ...], ...]
    writer: str = "copy"
    is_their_supplier_active: bool = True

    def smaller(self) -> Iterator[Scenario]:
        """The same with one thing less, for whoever looks for the reason of a failure."""
        for at in range(len(self.existing)):
            yield replace(self, existing=self.existing[:at] + self.existing[at + 1 :])
        for number, file in enumerate(self.files):
            for at in range(len(file.lines) if len(file.lines) > 1 else 0):
                lines = file.lines[:at] + file.lines[at + 1 :]
                files = (*self.files[:number], replace(file, lines=lines), *self.files[number + 1 :])
                yield replace(self, files=files)
            simple = (Attempt(self.attempts[number][0].chunk_rows),)
            if self.attempts[number] != simple:
                yield replace(self, attempts=(*self.attempts[:number], simple, *self.attempts[number + 1 :]))


def scenarios(plan: Plan, count: int, **sizes: Any) -> Iterator[Scenario]:
    """So many different ones, the same ones whenever they are asked for."""
    for number in range(1, count + 1):
        yield _Drawing(plan, random.Random(f"{SEED} {plan.sheet} {number}"), **sizes).scenario()


def line_of(plan: Plan, **values: Any) -> Line:
    """The plainest row, but for these values."""
    given = [name for name in plan.exactly_one if name in values] or plan.exactly_one[:1]
    cells = {column.name: plain(values.get(column.name, column.values[0])) for column in plan.columns}
    _leave_one(plan, cells, given)
    return Line(cells)


class _Drawing:
    def __init__(self, plan: Plan, chance: random.Random, most_files: int = 3, rows: tuple[int, int] = (1, 15)) -> None:
        self._plan = plan
        self._chance = chance
        self._most_files = most_files
        self._rows = rows
        self._existing: tuple[Kept, ...] = ()
        # Rows of all files so far.
        self._earlier: list[Line] = []

    def scenario(self) -> Scenario:
        chance = self._chance
        self._existing = self._table()
        files = tuple(self._file() for _ in range(chance.randint(1, self._most_files)))
        order = tuple(chance.sample(range(len(files)), len(files)))
        attempts = tuple(self._attempts() for _ in files)
        return Scenario(self._existing, files, order, attempts, chance.choice(["copy", "orm"]), self._one_in(2))

    def _one_in(self, count: int) -> bool:
        return self._chance.randrange(count) == 0

    def _attempts(self) -> tuple[Attempt, ...]:
        return tuple(self._attempt() for _ in range(self._chance.randint(1, 3)))

    def _attempt(self) -> Attempt:
        chance = self._chance
        statement = 0 if self._one_in(4) else chance.randint(1, chance.choice(STATEMENTS))
        return Attempt(chance.choice(CHUNK_ROWS), statement, is_done=self._one_in(2))

    def _table(self) -> tuple[Kept, ...]:
        """Rows that exist: ours and another supplier's, changed before or after the files were accepted."""
        plan, chance = self._plan, self._chance
        rows: dict[tuple[Any, ...], Kept] = {}
        taken: set[Any] = set()
        for _ in range(chance.randrange(8)):
            values = {name: chance.choice(_existing_values(plan, name)) for name in plan.fields}
            key = tuple(values[name] for name in plan.row_key)
            unique = {values[name] for name in plan.unique_columns}
            if key in rows or unique & taken or any(is_reversed(values[a], values[b]) for a, b, _code in plan.in_order):
                continue
            taken |= unique
            owner = THEIRS if plan.is_owned and self._one_in(4) else OURS
            rows[key] = Kept(values, owner, number=LATER if self._one_in(5) else 0)
        return tuple(rows.values())

    def _file(self) -> File:
        plan, chance = self._plan, self._chance
        file_format = chance.choice([CSV, XLSX])
        lines: list[Line] = []
        for _ in range(chance.randint(*self._rows)):
            beyond = "sobra" if file_format == CSV and self._one_in(50) else ""
            lines.append(Line(self._cells(file_format), beyond))
            self._earlier.append(lines[-1])
        lines.append(line_of(plan))  # a file without rows is refused
        optional = [column.name for column in plan.columns if not column.is_required]
        left_out = chance.sample(optional, chance.choice([1, 2, len(optional)])) if self._one_in(4) else ()
        header = [column.name for column in plan.columns if column.name not in left_out]
        chance.shuffle(header)
        delimiter = chance.choice(",;\t") if file_format == CSV else ","
        return File(file_format, tuple(header), tuple(lines), replace=not self._one_in(3), delimiter=delimiter)

    def _cells(self, file_format: str) -> Cells:
        plan, chance = self._plan, self._chance
        if self._one_in(40):
            return {column.name: BLANK for column in plan.columns}
        like = chance.choice(LIKE)
        if like == "existing" and self._existing:
            cells = self._cells_of(chance.choice(self._existing))
        elif like == "earlier" and self._earlier:
            cells = {**chance.choice(self._earlier).cells}
            cells = {name: cell if _fits(cell, file_format) else plain(cell.value) for name, cell in cells.items()}
        else:
            cells = {**line_of(plan).cells}
            for name in (*plan.key, *plan.unique_columns):
                if name not in plan.exactly_one:
                    cells[name] = chance.choice(good_cells(plan.column[name], file_format))
        names = [*plan.column, *plan.key, *2 * plan.unique_columns, *4 * plan.created_columns]
        for name in chance.choices(names, k=chance.randrange(4)):
            cells[name] = self._cell(plan.column[name], file_format)
            # Rows that fill both are drawn, too, but rarely.
            if name in plan.exactly_one and cells[name].value is not None and not self._one_in(15):
                _leave_one(plan, cells, (name,))
        return cells

    def _cells_of(self, kept: Kept) -> Cells:
        """A row of a sheet that means a row of the table, by one of its names."""
        plan = self._plan
        cells: Cells = {}
        for column in plan.columns:
            reference = plan.references.get(plan.referring.get(column.name, ""))
            value = kept.values[plan.referring.get(column.name, column.name)]
            if reference:
                value = next(name for name, key in reference.columns[column.name].items() if key == value)
            cells[column.name] = plain(value)
        _leave_one(plan, cells, (self._chance.choice(plan.exactly_one),) if plan.exactly_one else ())
        return cells

    def _cell(self, column: Column, file_format: str) -> Cell:
        kind = self._chance.choice(KINDS)
        if kind == "blank":
            return self._chance.choice(BLANK_CELLS)
        return self._chance.choice((good_cells if kind == "good" else broken_cells)(column, file_format))


def _existing_values(plan: Plan, name: str) -> Sequence[Any]:
    if reference := plan.references.get(name):
        return list(dict.fromkeys(key for names in reference.columns.values() for key in names.values()))
    if plan.created and name == plan.created.column:
        return plan.created.known
    column = plan.column[name]
    return column.values if column.is_required else (*column.values, column.default)


def _leave_one(plan: Plan, cells: Cells, named: Sequence[str]) -> None:
    cells |= {name: BLANK for name in plan.exactly_one if name not in named}


def _fits(cell: Cell, file_format: str) -> bool:
    """A CSV holds texts only."""
    return file_format == XLSX or cell.written is None or type(cell.written) is str
