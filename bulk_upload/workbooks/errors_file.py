"""Every error and warning of an upload as a file: CSV, Excel or JSON, a line for each.

All three stream: an upload may have a million errors. What a supplier once typed comes back in these
files, so a text that a spreadsheet would run as a formula is marked as text.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from enum import StrEnum
from typing import Final

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from django_stubs_ext import StrPromise

from bulk_upload.models import BulkUpload, RowError, Severity
from bulk_upload.sheet.formulas import csv_separator
from bulk_upload.wording import WordedProblem, in_language, worded
from bulk_upload.workbooks.safe_cells import safe_cell
from bulk_upload.workbooks.text_files import csv_blocks, json_blocks
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
BLOCK_ROWS: Final = 2000


def export_errors(
    upload: BulkUpload, file_format: ExportFormat, language: str, only: QuerySet[RowError] | None = None
) -> Iterator[bytes]:
    """All errors and warnings of `upload` (or `only` those), in the order of its rows, as blocks of a file.

    CSV is UTF-8 with a byte order mark and the separator of `language`, as Excel needs it. JSON is a list of objects
    with the keys of `HEADERS`; its values are exactly as stored. Memory does not grow with the number of errors.
    """
    problems = RowError.objects.filter(upload=upload) if only is None else only
    found = lines(upload, problems, language)
    if file_format == ExportFormat.JSON:
        return json_blocks(found)
    headers, rows = [in_language(text, language) for text in HEADERS.values()], _cells(found, language)
    if file_format == ExportFormat.CSV:
        return csv_blocks(headers, rows, csv_separator(language))
    return streamed(in_language(SHEET_TITLE, language), headers, WIDTHS, (map(safe_cell, cells) for cells in rows))


def lines(upload: BulkUpload, problems: QuerySet[RowError], language: str) -> Iterator[WordedProblem]:
    """One line for each problem, worded in `language`."""
    positions = upload.header_positions
    found = problems.order_by("fila", "pk").values("fila", "columna", "severity", "codigo", "params", "valor")
    for problem in found.iterator(BLOCK_ROWS):
        yield worded(**problem, language=language, positions=positions)


def _cells(lines: Iterable[WordedProblem], language: str) -> Iterator[list[str | int | None]]:
    """The problems as the rows of a table: columns as `HEADERS`."""
    severities = {key: in_language(text, language) for key, text in SEVERITIES.items()}
    for line in lines:
        yield [
            *(line["fila"], line["celda"], line["columna"], severities[line["gravedad"]]),
            *(line["codigo"], line["mensaje"], line["valor"]),
        ]
