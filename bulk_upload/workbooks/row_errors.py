"""Every error and warning of an upload as a file: CSV, Excel or JSON, a line for each.

All three stream: an upload may have a million errors. What a supplier once typed comes back in these
files, so a text that a spreadsheet would run as a formula is marked as text.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Iterable, Iterator
from enum import StrEnum
from typing import Final

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from django_stubs_ext import StrPromise

from bulk_upload.models import BulkUpload, RowError, Severity
from bulk_upload.sheet.formulas import csv_separator, protected
from bulk_upload.wording import WordedProblem, in_language, worded
from bulk_upload.workbooks.safe_cells import safe_cell
from bulk_upload.workbooks.xlsx import streamed

CONTENT_TYPES: Final[dict[str, str]] = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "json": "application/json",
}


class ExportFormat(StrEnum):
    """The formats in which lists are given away."""

    CSV = "csv"
    XLSX = "xlsx"
    JSON = "json"

    @property
    def content_type(self) -> str:
        return CONTENT_TYPES[self]


# The header of the file, by the key of the JSON.
HEADERS: Final[dict[str, StrPromise]] = {
    "fila": _("Fila"),
    "celda": _("Celda"),
    "columna": _("Columna"),
    "gravedad": _("Gravedad"),
    "codigo": _("Código"),
    "mensaje": _("Mensaje"),
    "valor": _("Valor"),
}
SEVERITIES: Final[dict[str, StrPromise]] = {
    Severity.ERROR: _("error"),
    Severity.WARNING: _("advertencia"),
}
SHEET_TITLE: Final = _("Errores")

# Of the workbook's columns.
WIDTHS: Final = (8, 10, 28, 14, 24, 90, 40)
BYTE_ORDER_MARK: Final = "\ufeff"
BLOCK_ROWS: Final = 2000
BLOCK_BYTES: Final = 256 * 1024


def export_errors(
    upload: BulkUpload, file_format: ExportFormat, language: str, only: QuerySet[RowError] | None = None
) -> Iterator[bytes]:
    """All errors and warnings of `upload` (or `only` those), in the order of its rows, as blocks of a file.

    CSV is UTF-8 with a byte order mark and the separator of `language`, as Excel needs it. JSON is a list of objects
    with the keys of `HEADERS`; its values are exactly as stored. Memory does not grow with the number of errors.
    """
    write: dict[str, Callable[[Iterator[WordedProblem], str], Iterator[bytes]]] = {
        "csv": _csv,
        "xlsx": _xlsx,
        "json": _json,
    }
    problems = RowError.objects.filter(upload=upload) if only is None else only
    return write[file_format](lines(upload, problems, language), language)


def lines(upload: BulkUpload, problems: QuerySet[RowError], language: str) -> Iterator[WordedProblem]:
    """One line for each problem, worded in `language`."""
    positions = upload.header_positions
    found = problems.order_by("fila", "pk").values("fila", "columna", "severity", "codigo", "params", "valor")
    for problem in found.iterator(BLOCK_ROWS):
        yield worded(**problem, language=language, positions=positions)


def _headers(language: str) -> list[str]:
    return [in_language(text, language) for text in HEADERS.values()]


def _cells(lines: Iterable[WordedProblem], language: str) -> Iterator[list[str | int | None]]:
    """The problems as the rows of a table: columns as `HEADERS`."""
    severities = {key: in_language(text, language) for key, text in SEVERITIES.items()}
    for line in lines:
        yield [
            *(line["fila"], line["celda"], line["columna"], severities[line["gravedad"]]),
            *(line["codigo"], line["mensaje"], line["valor"]),
        ]


def _csv(problems: Iterator[WordedProblem], language: str) -> Iterator[bytes]:
    block = io.StringIO()
    block.write(BYTE_ORDER_MARK)
    writer = csv.writer(block, delimiter=csv_separator(language), quoting=csv.QUOTE_ALL)
    writer.writerow(_headers(language))
    for cells in _cells(problems, language):
        writer.writerow([protected(cell) if isinstance(cell, str) else cell for cell in cells])
        if block.tell() > BLOCK_BYTES:
            yield _taken(block)
    yield _taken(block)


def _json(problems: Iterator[WordedProblem], language: str) -> Iterator[bytes]:
    block = io.StringIO()
    separator = "[\n"
    for line in problems:
        block.write(separator + json.dumps(line, ensure_ascii=False))
        separator = ",\n"
        if block.tell() > BLOCK_BYTES:
            yield _taken(block)
    block.write("[]\n" if separator == "[\n" else "\n]\n")
    yield _taken(block)


def _taken(block: io.StringIO) -> bytes:
    """What `block` holds, as bytes; it is empty afterwards."""
    content = block.getvalue().encode()
    block.seek(0)
    block.truncate()
    return content


def _xlsx(problems: Iterator[WordedProblem], language: str) -> Iterator[bytes]:
    rows = (map(safe_cell, cells) for cells in _cells(problems, language))
    return streamed(in_language(SHEET_TITLE, language), _headers(language), WIDTHS, rows)
