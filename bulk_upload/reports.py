"""Spreadsheets that we write for suppliers: the template that they fill in.

Everything in it comes from `columns.COLUMNS`, so a column that is added there appears in the template.
The same content always gives the same bytes: the copies in `fixtures/` change only when they must.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from io import BytesIO
from pathlib import Path
from typing import IO, Final, Literal
from zipfile import ZIP_STORED, ZipFile, ZipInfo

from django.contrib.auth.models import AbstractBaseUser, AnonymousUser
from openpyxl import Workbook
from openpyxl.comments import Comment
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.worksheet import Worksheet
from openpyxl.xml.constants import ARC_CONTENT_TYPES, ARC_CORE
from openpyxl.xml.functions import tostring

from bulk_upload.columns import COLUMNS, Column, Kind
from catalog.models import Category

CellValue = str | int | float

PRODUCTS_SHEET: Final = "Productos"
INSTRUCTIONS_SHEET: Final = "Instrucciones"

# Categories that a template offers in its list.
MOST_CATEGORIES: Final = 1000
# The last row of an Excel sheet: formats and checks hold for whatever is typed below the header.
LAST_ROW: Final = 1_048_576

# "@" is text. Excel would turn 007 into 7 and 3/4 into a date as soon as they are typed.
NUMBER_FORMATS: Final[dict[Kind, str]] = {
    "code": "@",
    "text": "@",
    "decimal": "#,##0.00",
    "integer": "0",
    "boolean": "General",
    "date": "yyyy-mm-dd",
}

REQUIRED_FILL: Final = PatternFill("solid", start_color="1F4E79")
OPTIONAL_FILL: Final = PatternFill("solid", start_color="7F7F7F")
# Excel's own: a font without a name is drawn in another one by LibreOffice.
FONT: Final = "Calibri"
HEADER_FONT: Final = Font(name=FONT, size=11, bold=True, color="FFFFFF")
WRAPPED: Final = Alignment(vertical="top", wrap_text=True)
LINE: Final = Border(bottom=Side(style="thin", color="BFBFBF"))

GENERAL_RULES: Final = (
    f"Escriba un producto por fila en la hoja «{PRODUCTS_SHEET}», desde la fila 2. No cambie los encabezados; "
    "el orden de las columnas es libre.",
    "Las columnas de encabezado azul son obligatorias; las de encabezado gris pueden quedar vacías.",
    "Las columnas de códigos tienen formato de texto para que no se pierdan ceros ni dígitos: si pega datos, use "
    "«Pegado especial → Valores».",
    "Las filas correctas se importan aunque otras tengan errores; cada error se informa con su número de fila.",
)
INSTRUCTION_HEADERS: Final = (
    "Columna",
    "¿Obligatoria?",
    "Regla",
    "Ejemplo",
    "Si queda vacía en un producto nuevo",
    "Otros encabezados que se entienden",
)
INSTRUCTION_WIDTHS: Final = (28, 14, 60, 28, 22, 60)

# A zip holds no date before this one; with it, the same workbook is always the same file.
ZIP_DATE: Final = (1980, 1, 1, 0, 0, 0)
DOCUMENT_DATE: Final = dt.datetime(2026, 1, 1, tzinfo=dt.UTC).replace(tzinfo=None)


def write_template(
    target: str | Path | IO[bytes], rows: Iterable[Mapping[str, CellValue]], categories: Sequence[str]
) -> None:
    """Write the workbook that suppliers fill in to `target`.

    `rows` are products to begin with (column name → value; what is absent stays blank). `categories`
    are offered in the list of the column `categoria`; others may still be typed.
    """
    workbook = Workbook()
    products = workbook.worksheets[0]
    products.title = PRODUCTS_SHEET
    instructions = workbook.create_sheet(INSTRUCTIONS_SHEET)
    category_range = _write_instructions(instructions, categories)
    _write_header(products)
    _write_products(products, rows)
    _add_checks(products, category_range)
    _save(workbook, target)


def offered_categories(user: AbstractBaseUser | AnonymousUser) -> list[str]:
    """The categories that the template of `user` lists: when there are too many, rather approved ones."""
    names = Category.objects.for_user(user).order_by("-aprobada", "nombre").values_list("nombre", flat=True)
    return sorted(names[:MOST_CATEGORIES])


def _write_header(sheet: Worksheet) -> None:
    for index, column in enumerate(COLUMNS, start=1):
        cell = sheet.cell(1, index, column.name)
        cell.font = HEADER_FONT
        cell.fill = REQUIRED_FILL if column.required else OPTIONAL_FILL
        cell.alignment = Alignment(vertical="center")
        note = f"{_obligation(column)} {column.rule.es}\nEjemplo: {column.example}"
        cell.comment = Comment(note, "MediSupply", height=110, width=280)
        dimension = sheet.column_dimensions[get_column_letter(index)]
        dimension.width = _width(column)
        dimension.number_format = NUMBER_FORMATS[column.kind]
    sheet.row_dimensions[1].height = 22
    sheet.freeze_panes = "A2"


def _obligation(column: Column) -> str:
    return "Obligatoria." if column.required else "Opcional."


def _width(column: Column) -> int:
    """Room for the header and for a usual value, in characters."""
    usual = {"code": 18, "text": 34, "decimal": 16, "integer": 12, "boolean": 12, "date": 14}[column.kind]
    return max(len(column.name) + 4, usual)


def _write_products(sheet: Worksheet, rows: Iterable[Mapping[str, CellValue]]) -> None:
    for number, row in enumerate(rows, start=2):
        for index, column in enumerate(COLUMNS, start=1):
            if column.name in row:
                cell = sheet.cell(number, index, row[column.name])
                cell.number_format = NUMBER_FORMATS[column.kind]


def _add_checks(sheet: Worksheet, category_range: str) -> None:
    """Let Excel help while a person types. What the import would take is at most warned about."""
    for index, column in enumerate(COLUMNS, start=1):
        check = _check(column, category_range)
        if check is None:
            continue
        check.promptTitle, check.prompt = column.name, column.rule.es[:255]
        check.errorTitle, check.error = column.name, column.rule.es[:255]
        check.showInputMessage = check.showErrorMessage = True
        letter = get_column_letter(index)
        check.add(f"{letter}2:{letter}{LAST_ROW}")
        sheet.add_data_validation(check)


def _check(column: Column, category_range: str) -> DataValidation | None:
    if column.name == "categoria" and category_range:
        return DataValidation("list", formula1=category_range, errorStyle="warning")
    if column.kind == "boolean":
        # The import also takes true, 1, verdadero and the like: a warning, not a stop.
        return DataValidation("list", formula1='"sí,no"', errorStyle="warning", allow_blank=True)
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


def _write_instructions(sheet: Worksheet, categories: Sequence[str]) -> str:
    """Write the rules in words; returns the cells that hold `categories`, as a formula (or ``""``)."""
    sheet.cell(1, 1, "Cómo llenar la plantilla de productos").font = Font(name=FONT, bold=True, size=14)
    for number, rule in enumerate(GENERAL_RULES, start=2):
        sheet.merge_cells(start_row=number, end_row=number, start_column=1, end_column=len(INSTRUCTION_HEADERS))
        sheet.cell(number, 1, rule).alignment = WRAPPED
    top = len(GENERAL_RULES) + 3
    for index, (title, width) in enumerate(zip(INSTRUCTION_HEADERS, INSTRUCTION_WIDTHS, strict=True), start=1):
        cell = sheet.cell(top, index, title)
        cell.font, cell.fill = HEADER_FONT, REQUIRED_FILL
        sheet.column_dimensions[get_column_letter(index)].width = width
    for number, column in enumerate(COLUMNS, start=top + 1):
        for index, text in enumerate(_instruction(column), start=1):
            cell = sheet.cell(number, index, text)
            cell.alignment, cell.border, cell.number_format = WRAPPED, LINE, "@"
    if not categories:
        return ""
    first = top + len(COLUMNS) + 3
    sheet.cell(first - 1, 1, "Categorías que existen").font = Font(name=FONT, size=11, bold=True)
    for number, category in enumerate(categories, start=first):
        sheet.cell(number, 1, category)
    return f"{INSTRUCTIONS_SHEET}!$A${first}:$A${first + len(categories) - 1}"


def _instruction(column: Column) -> tuple[str, ...]:
    """One row of the instructions, in the order of `INSTRUCTION_HEADERS`."""
    if column.required:
        when_blank = "La fila se rechaza"
    elif isinstance(column.default, bool):
        when_blank = "sí" if column.default else "no"
    else:
        when_blank = str(column.default) or "Queda vacía"
    required = "sí" if column.required else "no"
    return (column.name, required, column.rule.es, str(column.example), when_blank, ", ".join(column.synonyms))


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
