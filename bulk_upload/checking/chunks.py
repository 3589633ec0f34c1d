"""A table → checked chunks, from the first row that is not imported yet."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import compress
from typing import Final

from bulk_upload.checking.results import CheckedChunk, Problem
from bulk_upload.checking.seen import SeenKeys
from bulk_upload.checking.tables import Table
from bulk_upload.checking.validator import Columns, Problems, Validator
from bulk_upload.sheet.cells import Row, row_number
from bulk_upload.sheet.declaration import Sheet
from bulk_upload.sheet.problems import shown
from bulk_upload.sheet.texts import Params
from bulk_upload.sheet.values import Value

# Stands in no text of a cell.
SEPARATOR: Final = "\x1f"


class CheckingFault(Exception):
    """Something went wrong that is no fault of the file: no room for the keys, or a mistake of ours."""


def checked_chunks(table: Table, *, next_row: int, chunk_rows: int) -> Iterator[CheckedChunk]:
    """The rows of `table` from `next_row` on, at most `chunk_rows` in each chunk.

    Rows above, which an earlier claim has imported, are only remembered: a row that repeats one of them
    is still a repetition. Raises `CheckingFault`, and what the reading of `table` raises.
    """
    validator = Validator(table.header, table.delimiter)
    sheet = table.header.sheet
    with SeenKeys(1 + len(sheet.unique)) as seen:
        for rows in _regrouped(table.batches, chunk_rows):
            done = sum(number < next_row for number, _ in rows)
            try:
                columns, problems = validator.check(rows)
                repeated = _add_repeated(rows, columns, problems, seen, sheet)
                chunk = _chunk(rows, columns, problems, repeated, done, table.header.original_row)
            except MemoryError:
                raise
            except Exception as error:
                raise CheckingFault(f"rows {rows[0][0]} to {rows[-1][0]}") from error
            if done < len(rows):
                yield chunk


def _chunk(
    rows: Sequence[Row], columns: Columns, problems: Problems, repeated: set[int], done: int, original: int | None
) -> CheckedChunk:
    """The chunk without its first `done` rows; `repeated` are places, `original` is a column's."""
    numbers = [number for number, _ in rows]
    next_row = numbers[-1] + 1
    if done or problems:
        good = [place >= done and place not in problems for place in range(len(rows))]
        numbers = list(compress(numbers, good))
        columns = [list(compress(values, good)) for values in columns]
    return CheckedChunk(
        numbers,
        columns,
        next_row,
        [problem for place in sorted(problems) if place >= done for problem in problems[place]],
        {rows[place][0] for place in repeated if place >= done},
        {} if original is None else _originals(rows[done:], original),
    )


def _originals(rows: Sequence[Row], position: int) -> dict[int, int]:
    """Which row of the original each row corrects, for those that say so in the cell at `position`."""
    named = {number: cells[position] for number, cells in rows if position < len(cells)}
    return {number: original for number, cell in named.items() if (original := row_number(cell))}


def _regrouped(batches: Iterator[list[Row]], size: int) -> Iterator[list[Row]]:
    """The reader's batches in lists of `size` rows."""
    pending: list[Row] = []
    for batch in batches:
        pending += batch
        while len(pending) >= size:
            yield pending[:size]
            del pending[:size]
    if pending:
        yield pending


def _add_repeated(rows: Sequence[Row], columns: Columns, problems: Problems, seen: SeenKeys, sheet: Sheet) -> set[int]:
    """Add an error for each key that stood in an earlier row; returns the places of such rows."""
    repeated: set[int] = set()
    numbers = [number for number, _ in rows]
    for kind, names in enumerate([sheet.key, *((name,) for name in sheet.unique)]):
        keys = _keys(names, columns, problems, sheet)
        firsts = seen.add(kind, [(key, fila) for key, fila in zip(keys, numbers, strict=True) if key is not None])
        if firsts:
            places = [place for place, fila in enumerate(numbers) if fila in firsts]
            repeated.update(places)
            for place in places:
                values = {name: columns[sheet.index[name]][place] for name in names}
                problems.setdefault(place, []).append(_repetition(numbers[place], values, firsts[numbers[place]]))
    return repeated


def _keys(names: Sequence[str], columns: Columns, problems: Problems, sheet: Sheet) -> list[str | None]:
    """The key of each row as a text, `None` where it cannot be told."""
    values = [columns[sheet.index[name]] for name in names]
    if len(values) == 1:
        return [None if value is None else str(value) for value in values[0]]
    keys: list[str | None] = [
        SEPARATOR.join("" if v is None else str(v) for v in parts) for parts in zip(*values, strict=True)
    ]
    for place, found in problems.items():
        if any(problem.columna in names for problem in found):
            keys[place] = None
    return keys


def _repetition(fila: int, key: Mapping[str, Value | None], first: int) -> Problem:
    given = {name: str(value) for name, value in key.items() if value is not None}
    seen = shown(" · ".join(given.values()))
    params: Params = {"columna": " · ".join(given), "valor": seen, "fila_anterior": first}
    return Problem(fila, next(iter(given)), "duplicate_in_file", params, seen)
