"""A table → checked chunks, from the first row that is not imported yet."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import compress
from typing import Final, cast

from bulk_upload.checking.results import CheckedChunk, Problem
from bulk_upload.checking.seen_keys import SeenKeys
from bulk_upload.checking.tables import Batch, ColumnTable
from bulk_upload.checking.totals_row import WithoutTotals
from bulk_upload.checking.validator import Columns, Problems, Validator
from bulk_upload.sheet.bilingual_text import Params
from bulk_upload.sheet.cells import row_number
from bulk_upload.sheet.declaration import Sheet
from bulk_upload.sheet.problems import shown
from bulk_upload.sheet.values import Value

# Stands in no text of a cell.
SEPARATOR: Final = "\x1f"


class CheckingFault(Exception):
    """Something went wrong that is no fault of the file: no room for the keys, or a mistake of ours."""


def checked_chunks(table: ColumnTable, *, next_row: int, chunk_rows: int) -> Iterator[CheckedChunk]:
    """The rows of `table` from `next_row` on, at most `chunk_rows` in each chunk.

    Rows above, which an earlier claim has imported, are only remembered: a row that repeats one of them
    is still a repetition. A row of totals at the end is left out, with one of the table's `final_warnings`. Raises
    `CheckingFault`, and what the reading of `table` raises.
    """
    validator = Validator(table.header, table.delimiter)
    sheet = table.header.sheet
    rows = WithoutTotals(regrouped(table.batches, chunk_rows), table.header, table.delimiter)
    with SeenKeys(1 + len(sheet.unique)) as seen:
        for batch in rows:
            numbers = batch.numbers
            done = sum(number < next_row for number in numbers) if numbers[0] < next_row else 0
            try:
                columns, problems = validator.check(batch)
                repeated = _add_repeated(numbers, columns, problems, seen, sheet)
                chunk = _chunk(batch, columns, problems, repeated, done, table.header.original_row)
            except MemoryError:
                raise
            except Exception as error:
                raise CheckingFault(f"rows {numbers[0]} to {numbers[-1]}") from error
            if done < len(numbers):
                yield chunk
    table.final_warnings = tuple(rows.warnings)
    table.total -= len(rows.warnings)


def _chunk(
    batch: Batch, columns: Columns, problems: Problems, repeated: set[int], done: int, original: int | None
) -> CheckedChunk:
    """The chunk without its first `done` rows; `repeated` are places, `original` is a column's."""
    numbers = list(batch.numbers)
    next_row = numbers[-1] + 1
    if done or problems:
        good = [place >= done and place not in problems for place in range(len(numbers))]
        numbers = list(compress(numbers, good))
        columns = [list(compress(values, good)) for values in columns]
    return CheckedChunk(
        numbers,
        columns,
        next_row,
        [problem for place in sorted(problems) if place >= done for problem in problems[place]],
        {batch.numbers[place] for place in repeated if place >= done},
        {} if original is None else _originals(batch, done, original),
    )


def _originals(batch: Batch, done: int, position: int) -> dict[int, int]:
    """Which row of the original each row corrects, for those that say so in the cell at `position`."""
    cells = batch.columns[position] if position < len(batch.columns) else ()
    named = zip(batch.numbers[done:], cells[done:], strict=False)
    return {number: original for number, cell in named if (original := row_number(cell))}


def regrouped(batches: Iterator[Batch], size: int) -> Iterator[Batch]:
    """The reader's batches in batches of `size` rows."""
    pending: list[Batch] = []
    count = 0
    for batch in batches:
        pending.append(batch)
        count += len(batch.numbers)
        while count >= size:
            whole = _joined(pending)
            yield Batch(whole.numbers[:size], [column[:size] for column in whole.columns])
            pending = [Batch(whole.numbers[size:], [column[size:] for column in whole.columns])]
            count -= size
    if count:
        yield _joined(pending)


def _joined(batches: Sequence[Batch]) -> Batch:
    """One batch of all their rows."""
    if len(batches) == 1:
        return batches[0]
    width = max(len(batch.columns) for batch in batches)
    numbers: list[int] = []
    columns: list[list[object]] = [[] for _ in range(width)]
    for batch in batches:
        numbers += batch.numbers
        for place, column in enumerate(columns):
            column += batch.columns[place] if place < len(batch.columns) else [None] * len(batch.numbers)
    return Batch(numbers, cast(list[Sequence[object]], columns))  # type: ignore[arg-type]  # cells


def _add_repeated(
    numbers: Sequence[int], columns: Columns, problems: Problems, seen: SeenKeys, sheet: Sheet
) -> set[int]:
    """Add an error for each key that stood in an earlier row; returns the places of such rows."""
    repeated: set[int] = set()
    for kind, names in enumerate([sheet.key, *((name,) for name in sheet.unique)]):
        keys, rows = _keys(names, numbers, columns, problems, sheet)
        firsts = seen.add(kind, keys, rows)
        if firsts:
            places = [place for place, fila in enumerate(numbers) if fila in firsts]
            repeated.update(places)
            for place in places:
                values = {name: columns[sheet.index[name]][place] for name in names}
                problems.setdefault(place, []).append(_repetition(numbers[place], values, firsts[numbers[place]]))
    return repeated


def _keys(
    names: Sequence[str], numbers: Sequence[int], columns: Columns, problems: Problems, sheet: Sheet
) -> tuple[Sequence[str], Sequence[int]]:
    """The keys of the rows as texts, and the rows' numbers, without the rows whose key cannot be told."""
    values = [columns[sheet.index[name]] for name in names]
    if len(values) == 1:
        unknown = {place for place, value in enumerate(values[0]) if value is None} if None in values[0] else set()
        keys = list(map(str, values[0]))
    else:
        unknown = {place for place, found in problems.items() if any(problem.columna in names for problem in found)}
        keys = list(map(SEPARATOR.join, zip(*map(_texts, values), strict=True)))
    if not unknown:
        return keys, numbers
    told = [place not in unknown for place in range(len(keys))]
    return list(compress(keys, told)), list(compress(numbers, told))


def _texts(values: Sequence[Value | None]) -> list[str]:
    return ["" if value is None else str(value) for value in values]


def _repetition(fila: int, key: Mapping[str, Value | None], first: int) -> Problem:
    given = {name: str(value) for name, value in key.items() if value is not None}
    seen = shown(" · ".join(given.values()))
    params: Params = {"columna": " · ".join(given), "valor": seen, "fila_anterior": first}
    return Problem(fila, next(iter(given)), "duplicate_in_file", params, seen)
