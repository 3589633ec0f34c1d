"""Messages of the guarded child → values, validated.

A file may have made something else of the child than a reader of it. So everything is checked that what
follows relies on; what is none of the messages of `wire` is the mark of a damaged file.
"""

from __future__ import annotations

import datetime
import logging
from collections.abc import Collection, Iterable, Iterator
from contextlib import contextmanager
from decimal import Decimal
from itertools import chain
from typing import Any, Final

from bulk_upload.checking.results import CheckedChunk, Problem
from bulk_upload.reading import protocol
from bulk_upload.sheet.cells import Row
from bulk_upload.sheet.columns import Column, Kind
from bulk_upload.sheet.date_values import ISO_DATE
from bulk_upload.sheet.declaration import Sheet
from bulk_upload.sheet.headers import HeaderMatch, match_header
from bulk_upload.sheet.problem_codes import FILE_PROBLEMS, WARNINGS
from bulk_upload.sheet.problems import FileProblem
from bulk_upload.sheet.texts import Params
from bulk_upload.sheet.values import Value

logger = logging.getLogger(__name__)

# Longest invalid message that is logged, in bytes.
LOGGED_BYTES: Final = 4096
# A CSV may have blank lines between its rows; none has more lines than this.
LAST_ROW: Final = 2**31 - 1
# Header, number of rows, sheet, encoding, delimiter, warnings.
Opened = tuple[HeaderMatch, int, str, str, str, tuple[Problem, ...]]
TYPES: Final[dict[Kind, type]] = {
    "code": str,
    "text": str,
    "decimal": str,
    "integer": int,
    "boolean": bool,
    "date": str,
}


def table(line: bytes, sheet: Sheet) -> Opened:
    """Header, number of rows, sheet, encoding, delimiter and warnings.

    Raises `FileProblem`, also the one that the child reports.
    """
    with _nonsense_is_damage(line):
        row, texts, total, *found, warnings = _content(line, "table")
        worksheet, encoding, delimiter = found
        _check_numbers([row, total])
        _check_texts(found)
        "".join(texts).encode()  # anything else is only ever shown
        found_warnings = tuple(_problem(WARNINGS, *parts) for parts in warnings)
    return match_header(sheet, row, texts, worksheet), total, worksheet, encoding, delimiter, found_warnings


def rows(line: bytes) -> list[Row]:
    """A batch of rows, at least one. Raises `FileProblem`."""
    with _nonsense_is_damage(line):
        (batch,) = _content(line, "rows")
        if not batch:
            raise ValueError("a batch without rows")
        return [(number, cells) for number, cells in batch]


def chunk(line: bytes, sheet: Sheet) -> CheckedChunk:
    """A chunk of at least one row, good or bad. Raises `FileProblem`."""
    with _nonsense_is_damage(line):
        numbers, columns, next_row, problems, repeated, corrected = _content(line, "chunk")
        values = [_values(column, cells, len(numbers)) for column, cells in zip(sheet.columns, columns, strict=True)]
        found = [_problem(sheet.problem_codes, *parts) for parts in problems]
        _check_numbers([*numbers, next_row, *repeated, *chain.from_iterable(corrected), *(p.fila for p in found)])
        if not numbers and not found:
            raise ValueError("a chunk without rows")
        return CheckedChunk(numbers, values, next_row, found, set(repeated), dict(corrected))


@contextmanager
def _nonsense_is_damage(line: bytes) -> Iterator[None]:
    try:
        yield
    except (ValueError, TypeError, ArithmeticError):
        logger.warning("The reader of files sent no message but %r", line[:LOGGED_BYTES])
        raise FileProblem("damaged_file") from None


def _content(line: bytes, kind: str) -> list[Any]:
    """What follows the kind of a message, which must be this one. Raises the `FileProblem` that the message reports."""
    received, *content = protocol.decode(line)
    if received == "problem":
        code, params = content
        if code not in FILE_PROBLEMS:
            raise ValueError("not a problem of a file")
        raise FileProblem(code, **_params(params))
    if received != kind:
        raise ValueError(f"no {kind}")
    return content


def _values(column: Column, values: list[Any], count: int) -> list[Value | None]:
    allowed = {TYPES[column.kind]} if column.required else {TYPES[column.kind], type(None)}
    if len(values) != count or not allowed.issuperset(map(type, values)):
        raise ValueError("not a column of a chunk")
    if column.kind == "decimal":
        return [None if text is None else _decimal(text) for text in values]
    if column.kind == "date":
        return [None if text is None else _date(text) for text in values]
    if column.kind in ("code", "text"):
        _check_texts(values)
    return values


def _decimal(text: str) -> Decimal:
    number = Decimal(text)
    if not number.is_finite():
        raise ValueError("not a number")
    return number


def _date(text: str) -> datetime.date:
    # `fromisoformat` also takes other forms of ISO 8601, such as a day of a week.
    if not ISO_DATE.fullmatch(text):
        raise ValueError("not a date")
    return datetime.date.fromisoformat(text)


def _problem(
    allowed: Collection[str], fila: int, columna: str, codigo: str, params: Any, valor: str, warning: Any
) -> Problem:
    if codigo not in allowed:
        raise ValueError("not a problem of a row")
    _check_texts([columna, valor])
    return Problem(fila, columna, codigo, _params(params), valor, bool(warning))


def _params(received: Any) -> Params:
    params = dict(received)
    _check_texts(params)
    _check_texts(value for value in params.values() if not isinstance(value, int))
    return params


def _check_texts(texts: Iterable[str | None]) -> None:
    """Raises for what is no text, or none that a database takes."""
    joined = "".join(filter(None, texts))
    joined.encode()  # refuses half a character
    if "\0" in joined:
        raise ValueError("a text with NUL")


def _check_numbers(numbers: list[Any]) -> None:
    if set(map(type, numbers)) != {int} or min(numbers) < 0 or max(numbers) > LAST_ROW:
        raise ValueError("not the number of a row")
