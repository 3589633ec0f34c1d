"""Messages of the guarded child → values, validated.

A file may have made something else of the child than a reader of it. So everything is checked that what
follows relies on, most of it by the types of the messages; what is none of `protocol`'s is the mark of a damaged file.
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager
from decimal import Decimal
from functools import cache
from typing import Any, Final

import msgspec
from structlog.stdlib import get_logger

from bulk_upload.checking.results import CheckedChunk, Problem
from bulk_upload.reading.protocol import LAST_ROW, End, Opened, Previewed, Refused, RowNumber, Rows
from bulk_upload.sheet.cells import Row
from bulk_upload.sheet.columns import Column, Kind
from bulk_upload.sheet.declaration import Sheet
from bulk_upload.sheet.headers import HeaderMatch, match_header
from bulk_upload.sheet.mapping import NO_MAPPING, SheetMapping
from bulk_upload.sheet.preview import SheetPreview
from bulk_upload.sheet.problem_codes import FILE_PROBLEMS, WARNINGS
from bulk_upload.sheet.problems import FileProblem
from bulk_upload.sheet.values import Value

log = get_logger(__name__)

# As what the values of a column travel.
TYPES: Final[dict[Kind, type]] = {
    "code": str,
    "text": str,
    "decimal": str,
    "integer": int,
    "boolean": bool,
    "date": datetime.date,
}
_DIGITS: Final = frozenset("0123456789.-+")
# Bytes: 256 columns with their samples take a fifth.
_LONGEST_PREVIEW: Final = 2 * 1024 * 1024
# NUL in a JSON string, which a database does not take: an escape that no backslash makes plain text of.
_NUL: Final = re.compile(rb"(?<!\\)(?:\\\\)*\\u0000")


def table(line: bytes, sheet: Sheet, mapping: SheetMapping = NO_MAPPING) -> tuple[HeaderMatch, Opened]:
    """The header of `sheet` that was found, read by the `mapping`, and what else is known of the file.

    Raises `FileProblem`, also the one that the child reports.
    """
    with _nonsense_is_damage(line):
        opened = _accepted(_TABLE.decode(line))
        _check_texts([opened.sheet, opened.encoding, opened.delimiter])
        _check_problems(opened.warnings, WARNINGS)
    return match_header(sheet, opened.row, opened.texts, opened.sheet, opened.groups, mapping), opened


def preview(line: bytes, sheet: Sheet) -> SheetPreview:
    """What the child understands of a file that holds `sheet`. Raises `FileProblem`."""
    with _nonsense_is_damage(line):
        found: SheetPreview = _accepted(_PREVIEW.decode(line)).preview
        if len(line) > _LONGEST_PREVIEW or (b"u0000" in line and _NUL.search(line)):
            raise ValueError("too long, or a text with NUL")
        codes = {warning.code for warning in found.warnings} - WARNINGS
        codes |= {sample.code for column in found.columns for sample in column.samples} - sheet.problem_codes - {""}
        named = {name for column in found.columns for name in (column.target, column.suggestion) if name}
        if codes or not named.union(found.missing) <= {*sheet.names}:
            raise ValueError("not a preview of the sheet")
        if found.problem and found.problem.code not in FILE_PROBLEMS:
            raise ValueError("not a problem of a file")
        return found


def rows(line: bytes) -> list[Row] | End:
    """A batch of rows, at least one, or the end of the file. Raises `FileProblem`."""
    with _nonsense_is_damage(line):
        message = _accepted(_ROWS.decode(line))
        if isinstance(message, End):
            return message
        if not message.rows:
            raise ValueError("a batch without rows")
        rows: list[Row] = message.rows
        return rows


def chunk(line: bytes, sheet: Sheet) -> CheckedChunk | End:
    """A chunk of at least one row, good or bad, or the end of the file. Raises `FileProblem`."""
    with _nonsense_is_damage(line):
        message = _accepted(_chunks(sheet).decode(line))
        if isinstance(message, End):
            _check_problems(message.warnings, WARNINGS)
            return message
        if b"u0000" in line and _NUL.search(line):
            raise ValueError("a text with NUL")
        numbers, columns, next_row, problems, repeated, corrected = msgspec.structs.astuple(message)
        if {len(values) for values in columns} != {len(numbers)} or not (numbers or problems):
            raise ValueError("not the columns of a chunk")
        _check_problems(problems, sheet.problem_codes)
        kinds = (column.kind for column in sheet.columns)
        values = [_decimals(each) if kind == "decimal" else each for kind, each in zip(kinds, columns, strict=True)]
        return CheckedChunk(numbers, values, next_row, problems, repeated, corrected)


@contextmanager
def _nonsense_is_damage(line: bytes) -> Iterator[None]:
    try:
        yield
    except (msgspec.MsgspecError, ValueError, ArithmeticError, RecursionError) as error:
        # Without the message itself: it may hold rows.
        log.warning("The reader of files sent what is no message", bytes=len(line), error=error)
        raise FileProblem("damaged_file") from None


@cache
def _chunks(sheet: Sheet) -> msgspec.json.Decoder[Any]:
    """Decodes chunks of this sheet: the type of a column's values is its own."""
    columns = tuple(map(_type_of, sheet.columns))
    fields = [
        ("numbers", list[RowNumber]),
        ("columns", tuple[columns]),  # type: ignore[valid-type]  # made at run time
        ("next_row", RowNumber),
        ("problems", list[Problem]),
        ("repeated", set[RowNumber]),
        ("corrected", dict[RowNumber, RowNumber]),
    ]
    message = msgspec.defstruct("Chunk", fields, array_like=True, tag="chunk", forbid_unknown_fields=True)
    return msgspec.json.Decoder(Refused | End | message)


def _type_of(column: Column) -> Any:
    kind = TYPES[column.kind]
    return list[kind] if column.required else list[kind | None]  # type: ignore[valid-type]  # made at run time


_TABLE: Final = msgspec.json.Decoder(Refused | Opened)
_PREVIEW: Final = msgspec.json.Decoder(Refused | Previewed)
_ROWS: Final = msgspec.json.Decoder(Refused | Rows | End)


def _accepted(message: Any) -> Any:
    """The message, unless it is a refusal. Raises the `FileProblem` that it reports."""
    if not isinstance(message, Refused):
        return message
    if message.code not in FILE_PROBLEMS:
        raise ValueError("not a problem of a file")
    raise FileProblem(message.code, **message.params)


def _decimals(texts: Sequence[str | None]) -> list[Value | None]:
    # `Decimal` would also take ``NaN`` and ``Infinity``.
    if not _DIGITS.issuperset("".join(filter(None, texts))):
        raise ValueError("not a number")
    return [None if text is None else Decimal(text) for text in texts]


def _check_problems(problems: Iterable[Problem], allowed: Collection[str]) -> None:
    for problem in problems:
        if problem.codigo not in allowed or not 0 <= problem.fila <= LAST_ROW:
            raise ValueError("not a problem of a row")
        texts = (value for value in problem.params.values() if isinstance(value, str))
        _check_texts([problem.columna, problem.valor, *problem.params, *texts])


def _check_texts(texts: Iterable[str]) -> None:
    """Raises for a text that no database takes."""
    if any("\0" in text for text in texts):
        raise ValueError("a text with NUL")
