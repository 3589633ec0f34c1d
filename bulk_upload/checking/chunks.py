"""A table → checked chunks, from the first row that is not imported yet."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import compress

from bulk_upload.checking.results import CheckedChunk, Problem
from bulk_upload.checking.seen import KEYS, Column, SeenKeys
from bulk_upload.checking.tables import Table
from bulk_upload.checking.validator import Columns, Problems, Validator
from bulk_upload.sheet.cells import Row, row_number
from bulk_upload.sheet.columns import INDEX
from bulk_upload.sheet.problems import shown
from bulk_upload.sheet.texts import Params
from bulk_upload.sheet.values import Value


class CheckingFault(Exception):
    """Something went wrong that is no fault of the file: no room for the keys, or a mistake of ours."""


def checked_chunks(table: Table, *, next_row: int, chunk_rows: int) -> Iterator[CheckedChunk]:
    """The rows of `table` from `next_row` on, at most `chunk_rows` in each chunk.

    Rows above, which an earlier claim has imported, are only remembered: a row that repeats one of them
    is still a repetition. Raises `CheckingFault`, and what the reading of `table` raises.
    """
    validator = Validator(table.header, table.delimiter)
    with SeenKeys() as seen:
        for rows in _regrouped(table.batches, chunk_rows):
            done = sum(number < next_row for number, _ in rows)
            try:
                columns, problems = validator.check(rows)
                repeated = _add_repeated(rows, columns, problems, seen)
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


def _add_repeated(rows: Sequence[Row], columns: Columns, problems: Problems, seen: SeenKeys) -> set[int]:
    """Add an error for each `id` and `codigo` that stood in an earlier row; returns the places of such rows."""
    repeated: set[int] = set()
    numbers = [number for number, _ in rows]
    for name in KEYS:
        keys = zip(columns[INDEX[name]], numbers, strict=True)
        firsts = seen.add(name, [(str(key), fila) for key, fila in keys if key is not None])
        if firsts:
            places = [place for place, fila in enumerate(numbers) if fila in firsts]
            repeated.update(places)
            for place in places:
                problem = _repetition(numbers[place], name, columns[INDEX[name]][place], firsts[numbers[place]])
                problems.setdefault(place, []).append(problem)
    return repeated


def _repetition(fila: int, name: Column, key: Value | None, first: int) -> Problem:
    params: Params = {"columna": name, "valor": shown(key), "fila_anterior": first}
    return Problem(fila, name, "duplicate_in_file", params, shown(key))
