"""CSV (RFC 4180, and what spreadsheets make of it) → `Table`, a record at a time.

The file is read three times: once to find the encoding, once to count and check every record (an ordinary file
quickly, as a whole), and once to hand the rows out. So a file that is damaged anywhere is refused before its first row
counts.
"""

from __future__ import annotations

import csv
from bisect import bisect_right
from collections.abc import Generator, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from itertools import compress, islice, takewhile, zip_longest
from pathlib import Path
from typing import BinaryIO, Final

from bulk_upload.checking.results import Problem
from bulk_upload.checking.tables import Batch, ColumnTable, Limits, Table
from bulk_upload.reading.child.csv_dialect import SAMPLE, Dialect, detect_dialect
from bulk_upload.reading.child.csv_quick_count import quick_count
from bulk_upload.reading.child.csv_quotes import quoting_problem, swallowing_cell
from bulk_upload.reading.child.csv_text import ENCODING_NAMES, MAX_LINE, detect_encoding, is_guessed, text_of
from bulk_upload.sheet.cells import column_letter, is_blank
from bulk_upload.sheet.declaration import Sheet
from bulk_upload.sheet.header_rows import find_header, rows_to_search
from bulk_upload.sheet.headers import HeaderMatch, match_header, no_header
from bulk_upload.sheet.mapping import NO_MAPPING, SheetMapping
from bulk_upload.sheet.problems import FileProblem, shown
from bulk_upload.sheet.text_cleaning import BLANKS

# What a CSV is called where a message names a sheet.
SHEET: Final = "CSV"
BATCH_ROWS: Final = 500
_FIRST_ROWS: Final = 50
# Bytes: after a batch of long rows the next one has fewer, so that it stays small in memory.
BATCH_SIZE: Final = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Source:
    """An open CSV file of which the encoding and the dialect are known."""

    file: BinaryIO
    encoding: str
    dialect: Dialect
    limits: Limits


@contextmanager
def open_csv(path: Path, kind: Sheet, limits: Limits, mapping: SheetMapping = NO_MAPPING) -> Iterator[ColumnTable]:
    """The rows of a file that holds a sheet of this `kind`. Raises `FileProblem`, here or while batches are taken."""
    with path.open("rb") as file:
        encoding = detect_encoding(file)
        source = Source(file, encoding, dialect_of(file, encoding, kind, mapping), limits)
        header = _header(source, kind, mapping)
        total = _count(source, header)
        with closing(_batches(source, header)) as batches:
            yield Table(
                header,
                total,
                batches,
                encoding=encoding,
                delimiter=source.dialect.delimiter,
                warnings=(guessed_encoding(source, header.row),) if is_guessed(encoding) else (),
            )


def dialect_of(file: BinaryIO, encoding: str, kind: Sheet, mapping: SheetMapping) -> Dialect:
    with text_of(file, encoding, newline="") as text:
        return detect_dialect(text.read(SAMPLE), kind, mapping)


def _header(source: Source, kind: Sheet, mapping: SheetMapping) -> HeaderMatch:
    if mapping.hoja not in ("", SHEET):
        raise FileProblem("mapping_sheet_missing", hoja=shown(mapping.hoja), hojas=f"«{SHEET}»")
    found = find_header(head_of(source, mapping), kind, mapping)
    if found:
        return match_header(kind, found.row, found.cells, SHEET, found.groups, mapping)
    first = next(records(source), None)
    if first and mapping.fila_encabezado:
        raise FileProblem("mapping_row_missing", hoja=SHEET, fila=mapping.fila_encabezado)
    raise FileProblem("empty_file") if first is None else no_header(kind, first[1])


def head_of(source: Source, mapping: SheetMapping) -> Iterator[tuple[int, list[str]]]:
    """The rows in which the header is looked for."""
    last = rows_to_search(mapping)
    return takewhile(lambda row: row[0] <= last, records(source))


def _count(source: Source, header: HeaderMatch) -> int:
    """How many data rows there are; every record is checked on the way."""
    total = quick_count(source.file, source.encoding, source.dialect, source.limits, header.row)
    if total is None:
        total = _count_records(source, header)
    if not total:
        raise FileProblem("empty_file")
    return total


def _count_records(source: Source, header: HeaderMatch) -> int:
    """The same, record by record. Raises `FileProblem`."""
    total = 0
    for numbers, _ in _blocks(source, width=len(header.texts)):
        total += len(numbers) - bisect_right(numbers, header.row)
        if total > source.limits.max_rows:
            raise FileProblem("too_many_rows", maximo=source.limits.max_rows)
    return total


def guessed_encoding(source: Source, header_row: int) -> Problem:
    """The warning that the encoding was guessed, with a value in which a person sees whether it is right."""
    example = ""
    for number, cells in records(source):
        if number >= header_row and not "".join(cells).isascii():
            example = next(cell for cell in cells if not cell.isascii())
            if number > header_row and any(c.isalpha() and not c.isascii() for c in example):
                break
    params = {"codificacion": ENCODING_NAMES[source.encoding], "ejemplo": shown(example.strip(BLANKS))}
    return Problem(0, "", "guessed_encoding", params, params["ejemplo"], warning=True)


def _batches(source: Source, header: HeaderMatch) -> Generator[Batch]:
    for numbers, records in _blocks(source, width=len(header.texts)):
        above = bisect_right(numbers, header.row)
        if above < len(numbers):
            yield Batch(numbers[above:], list(zip_longest(*records[above:])))


def records(source: Source, width: int | None = None) -> Iterator[tuple[int, list[str]]]:
    """The records that are not blank, one by one, each with its number; `width` as for `_blocks`."""
    for numbers, records in _blocks(source, width):
        yield from zip(numbers, records, strict=True)


def _blocks(source: Source, width: int | None = None) -> Iterator[tuple[Sequence[int], Sequence[list[str]]]]:
    """The records that are not blank, some at a time, numbered as a spreadsheet numbers its rows.

    A blank line counts as a row; a line end within quotes does not. `width` is the number of cells in
    the header, once it is known.
    """
    with text_of(source.file, source.encoding, newline="") as text:
        for _ in range(source.dialect.hidden_lines):
            next(text, "")
        reader = csv.reader(text, delimiter=source.dialect.delimiter, strict=True)
        number = ended = 0  # records so far, and lines
        size = _FIRST_ROWS
        refusal: csv.Error | None = None
        while refusal is None:
            records: list[list[str]] = []
            began = source.file.tell()
            try:
                records.extend(islice(reader, size))
            except csv.Error as error:
                refusal = error
            if not records:
                break
            ended = _ended(source, records, ended, reader.line_num, width)
            yield _not_blank(records, number)
            number += len(records)
            size = min(2 * size, BATCH_ROWS) if source.file.tell() - began < BATCH_SIZE else max(size // 4, 1)
    if refusal is not None:
        raise _refused(source, refusal, ended + 1, reader.line_num)


def _not_blank(records: list[list[str]], before: int) -> tuple[Sequence[int], Sequence[list[str]]]:
    """The records that are not blank, and their numbers; so many came `before`."""
    numbers = range(before + 1, before + len(records) + 1)
    # The first cell says it of nearly every record.
    full = [bool(cells) and (cells[0].strip(BLANKS) != "" or not all(map(is_blank, cells))) for cells in records]
    return (numbers, records) if all(full) else (list(compress(numbers, full)), list(compress(records, full)))


def _ended(source: Source, records: list[list[str]], ended: int, now: int, width: int | None) -> int:
    """The line at which the last of the records ends; `ended` is that of the one before them, `now` the reader's.

    A record of several lines and one with too many cells are looked at. Raises `FileProblem`.
    """
    most = source.limits.max_columns
    if now == ended + len(records) and max(map(len, records)) <= most:
        return now
    for cells in records:
        breaks = sum(cell.count("\n") + cell.count("\r") - cell.count("\r\n") for cell in cells)
        if breaks:
            _check_lines(source, cells, ended + 1, breaks, width)
        ended += 1 + breaks
        if len(cells) > most:
            _cut(cells, most)
    return ended


def _check_lines(source: Source, cells: list[str], start: int, breaks: int, width: int | None) -> None:
    """Look at a record of several lines, which begins at line `start`. Raises `FileProblem`."""
    place = swallowing_cell(cells, width, source.dialect.delimiter) if width else None
    if place is not None:
        above = sum(cell.count("\n") or cell.count("\r") for cell in cells[:place])
        raise FileProblem("unclosed_quote", linea=start + above + source.dialect.hidden_lines)
    if sum(map(len, cells)) > MAX_LINE:
        raise _refused(source, csv.Error("record too long"), start, start + breaks)


def _refused(source: Source, error: csv.Error, start: int, end: int) -> FileProblem:
    """The problem of the record in lines `start` to `end`, at which the csv module stopped."""
    hidden = source.dialect.hidden_lines
    with text_of(source.file, source.encoding, newline="") as text:
        record = islice(text, start - 1 + hidden, end + hidden)
        return quoting_problem(error, record, start + hidden, end + hidden, source.dialect.delimiter)


def _cut(cells: list[str], max_columns: int) -> None:
    """Take away the blank cells beyond `max_columns`, which trailing delimiters leave."""
    last = max((index for index, cell in enumerate(cells) if not is_blank(cell)), default=0)
    if last >= max_columns:
        raise FileProblem("too_many_columns", hoja=SHEET, columna=column_letter(last), maximo=max_columns)
    del cells[max_columns:]
