"""The rejected rows of an upload as a workbook: to correct there and upload again.

It has the supplier's own columns in their order, and two more: which row of the original file each row
was, and what is wrong with it. The first one's header also names the original upload, so that the import
of the corrected file can say which of the original's rows have landed (see `headers.match_header`).
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby
from pathlib import Path
from typing import IO, Final, Literal

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext as _
from openpyxl import Workbook
from openpyxl.cell import Cell as SheetCell
from openpyxl.cell import WriteOnlyCell
from openpyxl.comments import Comment
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.properties import PageSetupProperties

from bulk_upload.cells import Cell, Row, is_blank, row_number
from bulk_upload.columns import COLUMNS, INDEX, ORIGINAL_ROW, ROW_PROBLEMS, Column
from bulk_upload.headers import HeaderMatch, is_of_a_correction
from bulk_upload.models import BulkUpload, RowError, Severity
from bulk_upload.originals import fetch_original
from bulk_upload.problems import text_of
from bulk_upload.reading.files import open_table
from bulk_upload.reading.table import Limits
from bulk_upload.reports import FONT, HEADER_FONT, OPTIONAL_FILL, REQUIRED_FILL
from bulk_upload.workbook_cells import as_it_was, as_text

# A note costs memory until the workbook is saved, and spreadsheet programs grow slow with many. Colour and
# the column of errors are never left out.
MOST_NOTES: Final = 5000
WIDTHS: Final = {"code": 16, "text": 24, "decimal": 14, "integer": 12, "boolean": 12}
OTHER_WIDTH: Final = 18
PROBLEMS_WIDTH: Final = 90

EXTRA_FILL: Final = PatternFill("solid", start_color="7F6000")
WRONG_FILL: Final = PatternFill("solid", start_color="FFC7CE")
WRONG_FONT: Final = Font(name=FONT, size=11, color="9C0006")
PROBLEMS_FONT: Final = Font(name=FONT, size=11, color="9C0006", bold=True)
WRAPPED: Final = Alignment(vertical="top", wrap_text=True)


def write_corrections(upload: BulkUpload, target: IO[bytes], language: str) -> None:
    """Write the rejected rows of `upload` that no later upload has corrected to `target`, as .xlsx.

    Reads the original file again, in the guarded child. Raises `storage.StorageDown`, `storage.FileGone`
    or `FileProblem`; nothing has been written to `target` then.
    """
    with tempfile.TemporaryDirectory(dir=settings.BULK_UPLOAD_TEMP_DIR, prefix="corrections-") as folder:
        path = Path(folder, f"file.{upload.file_format}")
        fetch_original(upload, path)
        file_format: Literal["xlsx", "csv"] = "xlsx" if upload.file_format == "xlsx" else "csv"
        limits = Limits(max_rows=settings.BULK_UPLOAD_MAX_ROWS)
        with translation.override(language), open_table(path, file_format, limits) as table:
            sheet = CorrectionSheet(upload, table.header, language)
            for (fila, cells), problems in _rejected(table.batches, uncorrected(upload)):
                sheet.add(fila, cells, problems)
            sheet.save(target)


def uncorrected(upload: BulkUpload) -> Iterator[RowError]:
    """The upload's errors that still stand, in the order of the file."""
    errors = RowError.objects.filter(upload=upload, severity=Severity.ERROR, corregida=False)
    return errors.order_by("fila", "pk").iterator(2000)


def _rejected(
    batches: Iterable[Sequence[Row]], errors: Iterator[RowError]
) -> Iterator[tuple[tuple[int, list[Cell]], list[RowError]]]:
    """The rows that have errors, each with its errors; both come in the order of the file."""
    grouped = groupby(errors, key=lambda error: error.fila)
    wanted = next(grouped, None)
    for batch in batches:
        for row in batch:
            while wanted and wanted[0] < row[0]:
                wanted = next(grouped, None)
            if wanted is None:
                return
            if wanted[0] == row[0]:
                yield row, list(wanted[1])


class CorrectionSheet:
    """The workbook while it is being written: the header first, then row after row."""

    def __init__(self, upload: BulkUpload, header: HeaderMatch, language: str) -> None:
        self._language = language
        self._workbook = Workbook(write_only=True)
        self._sheet = self._workbook.create_sheet(_("Filas por corregir"))
        self._notes = 0
        # An upload that is itself a correction passes on which rows of the first file it was about.
        self._original_row = header.original_row if upload.corrects_id else None
        self._original = upload.corrects_id or upload.task_id
        self._width = len(header.texts)
        self._kept = [index for index, text in enumerate(header.texts) if not is_of_a_correction(text)]
        self._columns = {position: COLUMNS[INDEX[name]] for name, position in header.positions.items()}
        self._write_header(header)

    def add(self, fila: int, cells: Sequence[Cell], problems: Sequence[RowError]) -> None:
        """Write one rejected row with what is wrong with it."""
        texts = [text_of(problem.codigo, problem.params, self._language) for problem in problems]
        wrong: dict[str, list[str]] = {}
        for problem, text in zip(problems, texts, strict=True):
            wrong.setdefault(problem.columna, []).append(text)
        written = [self._cell(index, cells, wrong) for index in self._kept]
        written.append(WriteOnlyCell(self._sheet, self._row_of_original(fila, cells)))
        reasons = as_text(self._sheet, " ".join(texts))
        reasons.alignment, reasons.font = WRAPPED, PROBLEMS_FONT
        written.append(reasons)
        written += [self._coloured(as_it_was(self._sheet, cell)) for cell in cells[self._width :]]
        self._sheet.append(written)

    def save(self, target: IO[bytes]) -> None:
        self._workbook.save(target)

    def _cell(self, index: int, cells: Sequence[Cell], wrong: dict[str, list[str]]) -> SheetCell:
        value = cells[index] if index < len(cells) else None
        column = self._columns.get(index)
        reasons = wrong.get(column.name) if column else None
        if reasons:
            # What is wrong keeps its type: a number that has lost digits must not become a good text.
            return self._annotated(as_it_was(self._sheet, value, column), " ".join(reasons))
        if column and column.kind in ("code", "text") and not is_blank(value):
            return as_text(self._sheet, value)
        return as_it_was(self._sheet, value, column)

    def _annotated(self, cell: SheetCell, note: str) -> SheetCell:
        self._notes += 1
        if self._notes <= MOST_NOTES:
            cell.comment = Comment(note, "MediSupply", height=40 + 16 * (len(note) // 40 + 1), width=300)
        return self._coloured(cell)

    def _coloured(self, cell: SheetCell) -> SheetCell:
        cell.fill, cell.font = WRONG_FILL, WRONG_FONT
        return cell

    def _row_of_original(self, fila: int, cells: Sequence[Cell]) -> int | None:
        if self._original_row is None:
            return fila
        return row_number(cells[self._original_row]) if self._original_row < len(cells) else None

    def _write_header(self, header: HeaderMatch) -> None:
        self._sheet.freeze_panes = "A2"
        # Printed, or made a PDF of, a row stays on one sheet of paper.
        self._sheet.page_setup.orientation = "landscape"
        self._sheet.page_setup.fitToHeight = 0
        self._sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
        row = []
        for index in self._kept:
            column = self._columns.get(index)
            row.append(self._header_cell(header.texts[index], column))
            self._widen(len(row), max(WIDTHS[column.kind] if column else OTHER_WIDTH, len(header.texts[index]) + 2))
        row.append(self._extra_header(f"{ORIGINAL_ROW} {self._original}", _("La fila del archivo original.")))
        self._widen(len(row), 16)
        row.append(self._extra_header(ROW_PROBLEMS, _("Qué corregir en cada fila.")))
        self._widen(len(row), PROBLEMS_WIDTH)
        self._sheet.append(row)

    def _header_cell(self, text: str, column: Column | None) -> SheetCell:
        cell = as_text(self._sheet, text)
        cell.font = HEADER_FONT
        cell.fill = REQUIRED_FILL if column and column.required else OPTIONAL_FILL
        if column:
            cell.comment = Comment(column.rule.in_language(self._language, {}), "MediSupply", height=90, width=280)
        return cell

    def _extra_header(self, text: str, meaning: str) -> SheetCell:
        cell = as_text(self._sheet, text)
        cell.font, cell.fill = HEADER_FONT, EXTRA_FILL
        note = _("No hace falta borrar esta columna ni cambiarla: al subir el libro corregido se reconoce y se ignora.")
        cell.comment = Comment(f"{meaning} {note}", "MediSupply", height=110, width=280)
        return cell

    def _widen(self, number: int, width: int) -> None:
        self._sheet.column_dimensions[get_column_letter(number)].width = width
