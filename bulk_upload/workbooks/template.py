"""The workbook that suppliers fill in.

Everything in it comes from the sheet's declaration, so a column that is added there appears in the template. Its words
are in the active language; headers are the columns' names in any language.
The same content always gives the same bytes: the copies in `fixtures/` change only when they must.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from io import BytesIO
from pathlib import Path
from typing import IO, Any, Final, Literal
from zipfile import ZIP_STORED, ZipFile, ZipInfo

from django.conf import settings
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _
from openpyxl import Workbook
from openpyxl.comments import Comment
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.worksheet import Worksheet
from openpyxl.xml.constants import ARC_CONTENT_TYPES, ARC_CORE
from openpyxl.xml.functions import tostring

from bulk_upload.imports import SheetImport
from bulk_upload.sheet.bilingual_text import Text
from bulk_upload.sheet.columns import Column
from bulk_upload.sheet.declaration import Sheet
from bulk_upload.workbooks.safe_cells import number_format

CellValue = str | int | float

INSTRUCTIONS_SHEET: Final = _("Instrucciones")

# The last row of an Excel sheet: formats and checks hold for whatever is typed below the header.
LAST_ROW: Final = 1_048_576

REQUIRED_FILL: Final = PatternFill("solid", start_color="1F4E79")
OPTIONAL_FILL: Final = PatternFill("solid", start_color="7F7F7F")
# Excel's own: a font without a name is drawn in another one by LibreOffice.
FONT: Final = "Calibri"
HEADER_FONT: Final = Font(name=FONT, size=11, bold=True, color="FFFFFF")
WRAPPED: Final = Alignment(vertical="top", wrap_text=True)
LINE: Final = Border(bottom=Side(style="thin", color="BFBFBF"))

GENERAL_RULES: Final = (
    _(
        "Escriba cada {row} en una fila de la hoja «{title}», desde la fila 2. No cambie los encabezados; "
        "el orden de las columnas es libre."
    ),
    _("Las columnas de encabezado azul son obligatorias; las de encabezado gris pueden quedar vacías."),
    _(
        "Las columnas de códigos tienen formato de texto para que no se pierdan ceros ni dígitos: si pega datos, use "
        "«Pegado especial → Valores»."
    ),
    _("Las filas correctas se importan aunque otras tengan errores; cada error se informa con su número de fila."),
)
INSTRUCTION_HEADERS: Final = (
    _("Columna"),
    _("¿Obligatoria?"),
    _("Regla"),
    _("Ejemplo"),
    _("Si queda vacía en una fila nueva"),
    _("Otros encabezados que se entienden"),
)
INSTRUCTION_WIDTHS: Final = (28, 14, 60, 28, 22, 60)

# A zip holds no date before this one; with it, the same workbook is always the same file.
ZIP_DATE: Final = (1980, 1, 1, 0, 0, 0)
DOCUMENT_DATE: Final = dt.datetime(2026, 1, 1, tzinfo=dt.UTC).replace(tzinfo=None)


def template_name(sheet: Sheet, *, example: bool) -> str:
    return f"plantilla_{sheet.name}_{'ejemplo' if example else 'vacia'}.xlsx"


def write_template(
    target: str | Path | IO[bytes],
    declared: type[SheetImport],
    rows: Iterable[Mapping[str, CellValue]],
    user: Any = None,
) -> None:
    """Write the workbook that suppliers fill in to `target`.

    `rows` are what it begins with (column name → value; what is absent stays blank). Columns with `choices` offer those
    of `user` in a list; others may still be typed.
    """
    sheet = declared.sheet
    workbook = Workbook()
    worksheet = workbook.worksheets[0]
    worksheet.title = _in_words(sheet.title)
    choices = {name: offered for name, offer in declared.choices.items() if (offered := offer(user))}
    ranges = _write_instructions(workbook.create_sheet(str(INSTRUCTIONS_SHEET)), sheet, choices)
    _write_header(worksheet, sheet)
    _write_rows(worksheet, sheet, rows)
    _add_checks(worksheet, sheet, ranges)
    _save(workbook, target)


def _write_header(worksheet: Worksheet, sheet: Sheet) -> None:
    for index, column in enumerate(sheet.columns, start=1):
        cell = worksheet.cell(1, index, column.name)
        cell.font = HEADER_FONT
        cell.fill = REQUIRED_FILL if column.required else OPTIONAL_FILL
        cell.alignment = Alignment(vertical="center")
        example = gettext("Ejemplo: %(example)s") % {"example": column.example}
        note = f"{_obligation(column)} {_in_words(column.rule)}\n{example}"
        cell.comment = Comment(note, "MediSupply", height=110, width=280)
        dimension = worksheet.column_dimensions[get_column_letter(index)]
        dimension.width = _width(column)
        dimension.number_format = number_format(column)
    worksheet.row_dimensions[1].height = 22
    worksheet.freeze_panes = "A2"


def _obligation(column: Column) -> str:
    return gettext("Obligatoria.") if column.required else gettext("Opcional.")


def _in_words(text: Text) -> str:
    return text.in_language(get_language() or settings.LANGUAGE_CODE)


def _width(column: Column) -> int:
    """Room for the header and for a usual value, in characters."""
    usual = {"code": 18, "text": 34, "decimal": 16, "integer": 12, "boolean": 12, "date": 14}[column.kind]
    return max(len(column.name) + 4, usual)


def _write_rows(worksheet: Worksheet, sheet: Sheet, rows: Iterable[Mapping[str, CellValue]]) -> None:
    for number, row in enumerate(rows, start=2):
        for index, column in enumerate(sheet.columns, start=1):
            if column.name in row:
                cell = worksheet.cell(number, index, row[column.name])
                cell.number_format = number_format(column)


def _add_checks(worksheet: Worksheet, sheet: Sheet, ranges: Mapping[str, str]) -> None:
    """Let Excel help while a person types. What the import would take is at most warned about."""
    for index, column in enumerate(sheet.columns, start=1):
        check = _check(column, ranges.get(column.name, ""))
        if check is None:
            continue
        check.promptTitle, check.prompt = column.name, _in_words(column.rule)[:255]
        check.errorTitle, check.error = column.name, _in_words(column.rule)[:255]
        check.showInputMessage = check.showErrorMessage = True
        letter = get_column_letter(index)
        check.add(f"{letter}2:{letter}{LAST_ROW}")
        worksheet.add_data_validation(check)


def _check(column: Column, choices: str) -> DataValidation | None:
    if choices:
        return DataValidation("list", formula1=choices, errorStyle="warning")
    if column.kind == "boolean":
        # The import also takes true, 1, verdadero and the like: a warning, not a stop.
        words = ",".join((gettext("sí"), gettext("no")))
        return DataValidation("list", formula1=f'"{words}"', errorStyle="warning", allow_blank=True)
    if column.minimum is not None and column.maximum is not None:
        kind: Literal["decimal", "whole"] = "decimal" if column.kind == "decimal" else "whole"
        return DataValidation(
            kind,
            operator="between",
            formula1=str(column.minimum),
            formula2=str(column.maximum),
            allow_blank=not column.required,
        )
    if column.earliest is not None and column.latest is not None:
        # The import also takes dates that are text: a warning, not a stop.
        return DataValidation(
            "date",
            operator="between",
            formula1=_date_formula(column.earliest),
            formula2=_date_formula(column.latest),
            errorStyle="warning",
            allow_blank=not column.required,
        )
    return None


def _date_formula(date: dt.date) -> str:
    return f"DATE({date.year},{date.month},{date.day})"


def _write_instructions(worksheet: Worksheet, sheet: Sheet, choices: Mapping[str, Sequence[str]]) -> dict[str, str]:
    """Write the rules in words; returns the cells that hold each column's `choices`, as a formula."""
    title = gettext("Cómo llenar la plantilla de %(title)s") % {"title": _in_words(sheet.title).lower()}
    worksheet.cell(1, 1, title).font = Font(name=FONT, bold=True, size=14)
    for number, rule in enumerate(GENERAL_RULES, start=2):
        worksheet.merge_cells(start_row=number, end_row=number, start_column=1, end_column=len(INSTRUCTION_HEADERS))
        words = rule.format(row=_in_words(sheet.row_title), title=_in_words(sheet.title))
        worksheet.cell(number, 1, words).alignment = WRAPPED
    top = len(GENERAL_RULES) + 3
    for index, (heading, width) in enumerate(zip(INSTRUCTION_HEADERS, INSTRUCTION_WIDTHS, strict=True), start=1):
        cell = worksheet.cell(top, index, str(heading))
        cell.font, cell.fill = HEADER_FONT, REQUIRED_FILL
        worksheet.column_dimensions[get_column_letter(index)].width = width
    for number, column in enumerate(sheet.columns, start=top + 1):
        for index, text in enumerate(_instruction(column), start=1):
            cell = worksheet.cell(number, index, text)
            cell.alignment, cell.border, cell.number_format = WRAPPED, LINE, "@"
    return _write_choices(worksheet, top + len(sheet.columns) + 2, choices)


def _write_choices(worksheet: Worksheet, top: int, choices: Mapping[str, Sequence[str]]) -> dict[str, str]:
    """A list of each column's choices, beside each other."""
    ranges: dict[str, str] = {}
    for index, (name, texts) in enumerate(choices.items(), start=1):
        letter, first = get_column_letter(index), top + 1
        heading = gettext("Valores que existen: %(name)s") % {"name": name}
        worksheet.cell(top, index, heading).font = Font(name=FONT, size=11, bold=True)
        for number, text in enumerate(texts, start=first):
            worksheet.cell(number, index, text)
        ranges[name] = f"{INSTRUCTIONS_SHEET}!${letter}${first}:${letter}${first + len(texts) - 1}"
    return ranges


def _instruction(column: Column) -> tuple[str, ...]:
    """One row of the instructions, in the order of `INSTRUCTION_HEADERS`."""
    if column.required:
        when_blank = gettext("La fila se rechaza")
    elif isinstance(column.default, bool):
        when_blank = gettext("sí") if column.default else gettext("no")
    else:
        when_blank = gettext("Queda vacía") if column.default in ("", None) else str(column.default)
    required = gettext("sí") if column.required else gettext("no")
    return (column.name, required, _in_words(column.rule), str(column.example), when_blank, ", ".join(column.synonyms))


def _save(workbook: Workbook, target: str | Path | IO[bytes]) -> None:
    """Save so that the same content gives the same bytes, whatever the day and the zlib version.

    Stored, not compressed: zlib and its replacements compress differently, and these files are small.
    """
    saved = BytesIO()
    workbook.properties.creator = "MediSupply"
    workbook.properties.created = DOCUMENT_DATE
    workbook.save(saved)
    workbook.properties.modified = DOCUMENT_DATE  # openpyxl has just set it to now
    core = tostring(workbook.properties.to_tree())
    with ZipFile(saved) as source, ZipFile(target, "w", ZIP_STORED) as out:
        # The content types first, as Excel writes them: programs that guess a file's type look there.
        for name in sorted(source.namelist(), key=lambda name: name != ARC_CONTENT_TYPES):
            content = core if name == ARC_CORE else source.read(name)
            out.writestr(ZipInfo(name, ZIP_DATE), content)
