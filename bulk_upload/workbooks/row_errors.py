"""Every error and warning of an upload as a file: CSV, Excel or JSON, a line for each.

All three stream: an upload may have a million errors. What a supplier once typed comes back in these
files, so a text that a spreadsheet would run as a formula is marked as text.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Iterator, Mapping
from enum import StrEnum
from typing import Final

from django.db.models import QuerySet

from bulk_upload.models import BulkUpload, RowError, Severity
from bulk_upload.sheet.cells import column_letter
from bulk_upload.sheet.formulas import csv_separator, protected
from bulk_upload.sheet.problems import text_of
from bulk_upload.sheet.texts import Text
from bulk_upload.workbooks.safe_cells import safe_cell
from bulk_upload.workbooks.xlsx import streamed

Line = dict[str, str | int | None]

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
HEADERS: Final[dict[str, Text]] = {
    "fila": Text("Fila", "Row"),
    "celda": Text("Celda", "Cell"),
    "columna": Text("Columna", "Column"),
    "gravedad": Text("Gravedad", "Severity"),
    "codigo": Text("Código", "Code"),
    "mensaje": Text("Mensaje", "Message"),
    "valor": Text("Valor", "Value"),
}
SEVERITIES: Final[dict[str, Text]] = {
    Severity.ERROR: Text("error", "error"),
    Severity.WARNING: Text("advertencia", "warning"),
}

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
    write: dict[str, Callable[[Iterator[Line], str], Iterator[bytes]]] = {
        "csv": _csv,
        "xlsx": _xlsx,
        "json": _json,
    }
    problems = RowError.objects.filter(upload=upload) if only is None else only
    return write[file_format](lines(upload, problems, language), language)


def lines(upload: BulkUpload, problems: QuerySet[RowError], language: str) -> Iterator[Line]:
    """One line for each problem, worded in `language`."""
    found = problems.order_by("fila", "pk").values("fila", "columna", "severity", "codigo", "params", "valor")
    for problem in found.iterator(BLOCK_ROWS):
        yield {
            "fila": problem["fila"] or None,
            "celda": cell_address(upload.header_positions, problem["columna"], problem["fila"]),
            "columna": problem["columna"],
            "gravedad": problem["severity"],
            "codigo": problem["codigo"],
            "mensaje": text_of(problem["codigo"], problem["params"], language),
            "valor": problem["valor"],
        }


def cell_address(positions: Mapping[str, int], column: str, row: int) -> str | None:
    """Where the problem stands in the sheet, such as ``G25``; `None` when it is of no single cell."""
    position = positions.get(column)
    return f"{column_letter(position)}{row}" if position is not None and row else None


def _headers(language: str) -> list[str]:
    return [text.in_language(language, {}) for text in HEADERS.values()]


def _cells(line: Line, language: str) -> list[str | int | None]:
    worded = {**line, "gravedad": SEVERITIES[str(line["gravedad"])].in_language(language, {})}
    return [worded[key] for key in HEADERS]


def _csv(problems: Iterator[Line], language: str) -> Iterator[bytes]:
    block = io.StringIO()
    block.write(BYTE_ORDER_MARK)
    writer = csv.writer(block, delimiter=csv_separator(language), quoting=csv.QUOTE_ALL)
    writer.writerow(_headers(language))
    for line in problems:
        writer.writerow([protected(cell) if isinstance(cell, str) else cell for cell in _cells(line, language)])
        if block.tell() > BLOCK_BYTES:
            yield _taken(block)
    yield _taken(block)


def _json(problems: Iterator[Line], language: str) -> Iterator[bytes]:
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


def _xlsx(problems: Iterator[Line], language: str) -> Iterator[bytes]:
    name = "Errors" if language.startswith("en") else "Errores"
    rows = (map(safe_cell, _cells(line, language)) for line in problems)
    return streamed(name, _headers(language), WIDTHS, rows)
