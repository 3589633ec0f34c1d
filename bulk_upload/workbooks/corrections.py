"""The rejected rows of an upload as a workbook: to correct there and upload again.

It has the supplier's own columns in their order, and two more: which row of the original file each row
was, and what is wrong with it. The first one's header also names the original upload, so that the import
of the corrected file can say which of the original's rows have landed (see `headers.match_header`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import groupby
from typing import IO, Any, Final, NamedTuple

from django.db.models import Q, QuerySet
from django.utils import translation
from django.utils.translation import gettext as _

from bulk_upload.checking.tables import RowTable
from bulk_upload.models import BulkUpload, RowError, Severity
from bulk_upload.sheet.cells import Cell, Row, is_blank
from bulk_upload.sheet.columns import ROW_PROBLEMS, Column
from bulk_upload.sheet.header_assignment import is_of_a_correction
from bulk_upload.sheet.headers import HeaderMatch
from bulk_upload.wording import text_of
from bulk_upload.workbooks import xlsx
from bulk_upload.workbooks.origin import Origin
from bulk_upload.workbooks.safe_cells import text_cell
from bulk_upload.workbooks.source_cells import as_it_was, as_text
from bulk_upload.workbooks.xlsx import Sheet, Style, Workbook

# A note costs memory until the workbook is saved, and spreadsheet programs grow slow with many. Colour and
# the column of errors are never left out.
MOST_NOTES: Final = 5000
# Bytes of a file. What is more would not be accepted when it comes back.
MOST_BYTES: Final = 200 * 1000 * 1000
# What may still come when the last row is written: notes, and what is not compressed yet.
RESERVED_BYTES: Final = 8 * 1000 * 1000
# Errors that are in memory at once, at most.
PAGE: Final = 2000
WIDTHS: Final = {"code": 16, "text": 24, "decimal": 14, "integer": 12, "boolean": 12, "date": 20}
OTHER_WIDTH: Final = 18
ORIGINAL_WIDTH: Final = 16
PROBLEMS_WIDTH: Final = 90

REQUIRED: Final = Style(bold=True, color="FFFFFF", fill="1F4E79")
OPTIONAL: Final = Style(bold=True, color="FFFFFF", fill="7F7F7F")
EXTRA: Final = Style(bold=True, color="FFFFFF", fill="7F6000")
WRONG: Final = Style(color="9C0006", fill="FFC7CE")
PROBLEMS: Final = Style(bold=True, color="9C0006", wrap=True)
NOTICE: Final = Style(wrap=True)


class Standing(NamedTuple):
    """What of an error is written; a model's instance costs more time than its row in the file."""

    pk: int
    fila: int
    columna: str
    codigo: str
    params: dict[str, Any]


class Written(NamedTuple):
    """What came of a file: its rows, and the first row of the original that did not fit (0 when all did)."""

    rows: int
    missing_from: int


def write_corrections(
    upload: BulkUpload,
    table: RowTable,
    target: IO[bytes],
    language: str,
    after_batch: Callable[[int], None] = lambda rows: None,
) -> Written:
    """Write the rejected rows of `upload` that no later upload has corrected to `target`, as .xlsx.

    `table` is the original file. After each of its batches `after_batch` is told how many rows are written; what
    it raises passes through.
    """
    missing = 0
    with translation.override(language), Workbook(target) as workbook:
        with workbook.sheet(_("Filas por corregir"), _widths(table.header), landscape=True) as sheet:
            corrections = CorrectionSheet(sheet, upload, table.header, language)
            rejected = rejected_rows(table.batches, uncorrected(upload), lambda: after_batch(sheet.rows - 1))
            for (fila, cells), problems in rejected:
                if target.tell() > MOST_BYTES - RESERVED_BYTES:
                    missing = fila
                    break
                corrections.add(fila, cells, problems)
        if missing:
            with workbook.sheet(_("Faltan filas"), [PROBLEMS_WIDTH]) as notice:
                notice.add([as_text(missing_rows_sentence(missing), NOTICE)])
    return Written(sheet.rows - 1, missing)


def uncorrected(upload: BulkUpload) -> Iterator[Standing]:
    """The upload's errors that still stand, in the order of the file.

    Page by page: no cursor stays open while other work is done in between.
    """
    errors = standing_errors(upload).order_by("fila", "pk")
    page = _page(errors)
    while page:
        yield from page
        last = page[-1]
        page = _page(errors.filter(Q(fila__gt=last.fila) | Q(pk__gt=last.pk), fila__gte=last.fila))


def _page(errors: QuerySet[RowError]) -> list[Standing]:
    return [Standing(*values) for values in errors.values_list(*Standing._fields)[:PAGE]]


def standing_errors(upload: BulkUpload) -> QuerySet[RowError]:
    return RowError.objects.filter(upload=upload, severity=Severity.ERROR, corregida=False)


def missing_rows_sentence(first: int) -> str:
    """What is said where not all rows fitted into the file."""
    return _(
        "El libro llegó a su tamaño máximo: faltan las filas rechazadas desde la fila %(fila)s del archivo original. "
        "Corrija y cargue las que están aquí; después descargue de nuevo las filas por corregir y vendrán las demás."
    ) % {"fila": first}


def rejected_rows(
    batches: Iterable[Sequence[Row]], errors: Iterator[Standing], after_batch: Callable[[], None]
) -> Iterator[tuple[tuple[int, list[Cell]], list[Standing]]]:
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
        after_batch()


class CorrectionSheet:
    """The sheet while it is being written: the header first, then row after row."""

    def __init__(self, sheet: Sheet, upload: BulkUpload, header: HeaderMatch, language: str) -> None:
        self._sheet = sheet
        self._language = language
        self._notes = 0
        # An upload that is itself a correction passes on which rows of the first file it was about.
        self._origin = Origin.of(upload, header)
        self._width = len(header.texts)
        self._kept = _kept(header)
        self._columns = _columns(header)
        self._write_header(header)

    def add(self, fila: int, cells: Sequence[Cell], problems: Sequence[Standing]) -> None:
        """Write one rejected row with what is wrong with it."""
        texts = [text_of(problem.codigo, problem.params, self._language) for problem in problems]
        wrong: dict[str, list[str]] = {}
        for problem, text in zip(problems, texts, strict=True):
            wrong.setdefault(problem.columna, []).append(text)
        original = self._origin.row(fila, cells)
        self._sheet.add(
            [
                *(self._cell(index, cells, wrong) for index in self._kept),
                None if original is None else xlsx.number(original),
                as_text(" ".join(texts), PROBLEMS),
                *(as_it_was(cell, style=WRONG) for cell in cells[self._width :]),
            ]
        )
        if self._notes < MOST_NOTES:
            self._annotate(wrong)

    def _cell(self, index: int, cells: Sequence[Cell], wrong: dict[str, list[str]]) -> xlsx.Cell:
        value = cells[index] if index < len(cells) else None
        column = self._columns.get(index)
        if column and column.name in wrong:
            # What is wrong keeps its type: a number that has lost digits must not become a good text.
            return as_it_was(value, column, WRONG)
        if column and column.kind in ("code", "text") and not is_blank(value):
            return text_cell(value) if isinstance(value, str) else as_text(value)
        return as_it_was(value, column)

    def _annotate(self, wrong: dict[str, list[str]]) -> None:
        """Notes on the wrong cells of the row that was added last."""
        for place, index in enumerate(self._kept, 1):
            column = self._columns.get(index)
            if column and column.name in wrong:
                note = " ".join(wrong[column.name])
                self._sheet.note(place, note, width=300, height=40 + 16 * (len(note) // 40 + 1))
                self._notes += 1

    def _write_header(self, header: HeaderMatch) -> None:
        columns = [self._columns.get(index) for index in self._kept]
        self._sheet.add(
            [
                *(as_text(header.texts[i], _header_style(c)) for i, c in zip(self._kept, columns, strict=True)),
                as_text(self._origin.header, EXTRA),
                as_text(ROW_PROBLEMS, EXTRA),
            ]
        )
        for place, column in enumerate(columns, 1):
            if column:
                self._sheet.note(place, column.rule.in_language(self._language), width=280, height=90)
        ignored = _(
            "No hace falta borrar esta columna ni cambiarla: al subir el libro corregido se reconoce y se ignora."
        )
        meanings = (_("La fila del archivo original."), _("Qué corregir en cada fila."))
        for place, meaning in enumerate(meanings, len(columns) + 1):
            self._sheet.note(place, f"{meaning} {ignored}", width=280, height=110)


def _kept(header: HeaderMatch) -> list[int]:
    """The supplier's own columns: not those that a correction adds."""
    return [index for index, text in enumerate(header.texts) if not is_of_a_correction(text)]


def _columns(header: HeaderMatch) -> dict[int, Column]:
    return {position: header.sheet.column(name) for name, position in header.positions.items()}


def _widths(header: HeaderMatch) -> list[int]:
    columns = _columns(header)
    own = [
        max(WIDTHS[columns[index].kind] if index in columns else OTHER_WIDTH, len(header.texts[index]) + 2)
        for index in _kept(header)
    ]
    return [*own, ORIGINAL_WIDTH, PROBLEMS_WIDTH]


def _header_style(column: Column | None) -> Style:
    return REQUIRED if column and column.required else OPTIONAL
