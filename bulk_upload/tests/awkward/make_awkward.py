"""Makes the awkward files of this folder, each the smallest that shows one habit of the world.

    python -m bulk_upload.tests.awkward.make_awkward                the files made from Python
    python -m bulk_upload.tests.awkward.make_awkward libreoffice    those that need ``soffice`` …
    python -m bulk_upload.tests.awkward.make_awkward pandas         … or pandas, which the tests do not

The files are kept in the repository, so that the tests read what these versions wrote:
openpyxl 3.1.5, XlsxWriter 3.3.1, pandas 3.1.1, LibreOffice 7.4.
"""

from __future__ import annotations

import codecs
import datetime
import re
import shutil
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import openpyxl
import xlsxwriter
from openpyxl.worksheet.worksheet import Worksheet

from bulk_upload.tests.awkward import raw_workbook as raw

FOLDER = Path(__file__).parent

HEADER = [
    "id",
    "nombre",
    "codigo",
    "categoria",
    "presentacion",
    "precio_unitario",
    "certificado_sanitario",
    "condiciones_almacenamiento",
    "tiempo_entrega_dias",
    "stock_minimo",
    "stock_critico",
    "requiere_lote",
    "requiere_vencimiento",
]
# The products that most files hold: ordinary values, with accents and zeros in front.
AWKWARD_ROWS = [
    ["PROD001", "Guantes de nitrilo talla M", "007", "PROTECCIÓN", "Caja x 100", "1250.5", "INVIMA 2024DM-1",
     "Lugar seco, 15–30 °C", "5", "20", "8", "sí", "no"],
    ["PROD002", "Jeringa 5 ml «Ñandú»", "7701234567897", "JERINGAS", "Unidad", "300", "INVIMA 2024DM-2",
     "Ambiente", "0", "10", "5", "no", "sí"],
]  # fmt: skip


def product(**changes: Any) -> list[Any]:
    """The first product with other values in some columns."""
    return [changes.get(name, value) for name, value in zip(HEADER, AWKWARD_ROWS[0], strict=True)]


def csv_text(delimiter: str = ",", end: str = "\r\n", rows: Sequence[Sequence[str]] = AWKWARD_ROWS) -> str:
    """Every cell in quotes, and every line ended."""
    return "".join(delimiter.join(f'"{cell}"' for cell in row) + end for row in [HEADER, *rows])


def csv_files() -> dict[str, bytes]:
    plain = csv_text()
    two_lines = csv_text(rows=[product(nombre='Guantes\r\n"premium"'.replace('"', '""')), AWKWARD_ROWS[1]])
    western = csv_text(";").replace("–", "-")
    return {
        "semicolons.csv": csv_text(";").replace('"', "").encode(),
        "tabs.csv": csv_text("\t").encode(),
        "windows_1252.csv": western.encode("cp1252"),
        "utf_16.csv": codecs.BOM_UTF16_LE + csv_text("\t").encode("utf-16-le"),
        "utf_16_big_endian.csv": codecs.BOM_UTF16_BE + plain.encode("utf-16-be"),
        "bom_in_the_header.csv": codecs.BOM_UTF8 + plain.encode(),
        "mac_line_ends.csv": csv_text(end="\r").encode(),
        "quoted_newlines.csv": two_lines.encode(),
        "scientific_notation.csv": csv_text(rows=[product(codigo="7,70123E+12"), AWKWARD_ROWS[1]]).encode(),
        "sep_hint.csv": b"sep=|\r\n" + csv_text("|").encode(),
        "trailing_delimiters.csv": csv_text(";").replace("\r\n", ";;;\r\n").encode(),
        "blank_lines.csv": ("\r\n;;;;\r\n" + csv_text(";", "\r\n\r\n")).encode(),
    }


def with_openpyxl(name: str, fill: Callable[[openpyxl.Workbook, Worksheet], None]) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "Productos"
    fill(book, sheet)
    book.save(FOLDER / name)
    settle(FOLDER / name)


def plain(book: openpyxl.Workbook, sheet: Worksheet) -> None:
    for row in [HEADER, *AWKWARD_ROWS]:
        sheet.append(row)


def accents_and_capitals(book: openpyxl.Workbook, sheet: Worksheet) -> None:
    sheet.append(
        ["ID", " Nombre ", "CÓDIGO", "Categoría", "Presentación", "Precio Unitario", "CERTIFICADO-SANITARIO",
         "Condiciones de almacenamiento", "Tiempo entrega días", "STOCK MÍNIMO",
         "Stock_Crítico", "requiere lote", "Requiere Vencimiento*"]
    )  # fmt: skip
    for row in AWKWARD_ROWS:
        sheet.append(row)


def leading_blanks(book: openpyxl.Workbook, sheet: Worksheet) -> None:
    for number, row in enumerate([HEADER, *AWKWARD_ROWS], start=4):
        for column, value in enumerate(row, start=3):
            sheet.cell(number, column, value)


def hidden_first_sheet(book: openpyxl.Workbook, sheet: Worksheet) -> None:
    sheet.title = "Catálogo 2019"
    sheet.append(HEADER)
    sheet.append(product(id="VIEJO"))
    sheet.sheet_state = "hidden"
    notes = book.create_sheet("Instrucciones")
    notes.append(["Llene la hoja «Productos» y súbala."])
    plain(book, book.create_sheet("Productos"))
    book.active = 1


def merged_title(book: openpyxl.Workbook, sheet: Worksheet) -> None:
    sheet["A1"] = "Catálogo de productos 2026"
    sheet.merge_cells("A1:M2")
    sheet.append([])
    for row in [HEADER, *AWKWARD_ROWS]:
        sheet.append(row)


def number_formatted_codes(book: openpyxl.Workbook, sheet: Worksheet) -> None:
    sheet.append(HEADER)
    formats = ["00000", '"PRD-"0000', "000\\-000", "0", "00000;-00000;;@"]
    for number, code in enumerate(formats, start=2):
        sheet.append(product(id=number, codigo=7, tiempo_entrega_dias=5, nombre=f"Formato {code}"))
        sheet.cell(number, 3).number_format = code
        sheet.cell(number, 9).number_format = '00" días"'
    sheet.append(product(id=9, codigo="0042"))
    sheet.cell(len(formats) + 2, 3).number_format = "00000"


def barcodes_with_a_blank(book: openpyxl.Workbook, sheet: Worksheet) -> None:
    sheet.append(HEADER)
    for id_, code in [("A", 7701234567897), ("B", None), ("C", 7701234567903)]:
        sheet.append(product(id=id_, codigo=code))


def dates_as_text(book: openpyxl.Workbook, sheet: Worksheet) -> None:
    sheet.append(HEADER)
    sheet.append(product(codigo=datetime.date(2026, 3, 1)))
    sheet.append(product(codigo=datetime.datetime(2026, 3, 1, 14, 30)))  # noqa: DTZ001 (a sheet has no time zones)
    sheet.append(product(codigo=datetime.time(14, 30)))
    sheet.append(product(codigo=datetime.timedelta(hours=26, minutes=30)))


def dates_1904(book: openpyxl.Workbook, sheet: Worksheet) -> None:
    book.epoch = openpyxl.utils.datetime.CALENDAR_MAC_1904
    sheet.append(HEADER)
    sheet.append(product(codigo=datetime.date(2026, 3, 1)))


def phantom_rows(book: openpyxl.Workbook, sheet: Worksheet) -> None:
    """Formatting down to the last row but one, as after "select all, borders"."""
    plain(book, sheet)
    for row in (500, 40_000, 1_048_575):
        sheet.cell(row, 13).number_format = "0.00"


def excel_errors() -> None:
    with xlsxwriter.Workbook(str(FOLDER / "excel_errors.xlsx")) as book:
        sheet = book.add_worksheet("Productos")
        sheet.write_row(0, 0, HEADER)
        for row, error in enumerate(["#N/A", "#REF!", "#DIV/0!", "#VALUE!"], start=1):
            sheet.write_row(row, 0, product(id=f"P{row}"))
            sheet.write_formula(row, 2, "=NA()", None, error)


def formulas() -> None:
    with xlsxwriter.Workbook(str(FOLDER / "formulas.xlsx")) as book:
        sheet = book.add_worksheet("Productos")
        sheet.write_row(0, 0, HEADER)
        sheet.write_row(1, 0, product())
        sheet.write_formula(1, 2, '="00"&7', None, "007")
        sheet.write_formula(1, 5, "=1000+250.5", None, 1250.5)
        sheet.write_formula(1, 11, "=TRUE()", None, True)
        sheet.write_formula(1, 4, '=IF(A2="","x","")', None, "EMPTY")


def as_excel_writes_an_empty_result() -> None:
    """Excel says that the result is a text; XlsxWriter would leave it open whether there is a result."""
    path = FOLDER / "formulas.xlsx"
    with zipfile.ZipFile(path) as archive:
        content = {name: archive.read(name) for name in archive.namelist()}
    content[raw.SHEET] = content[raw.SHEET].replace(b"<v>EMPTY</v>", b"<v></v>")
    raw.save(path, content)


def by_xlsxwriter() -> None:
    with xlsxwriter.Workbook(str(FOLDER / "by_xlsxwriter.xlsx")) as book:
        sheet = book.add_worksheet("Productos")
        for number, row in enumerate([HEADER, *AWKWARD_ROWS]):
            sheet.write_row(number, 0, row)


def raw_files() -> dict[str, dict[str, str | bytes]]:
    """What the libraries above do not write."""
    rows = [HEADER, *AWKWARD_ROWS]
    inline = raw.SHEET_START + "".join(raw.inline_row(n, row) for n, row in enumerate(rows, start=1)) + raw.SHEET_END
    cell = "<c t='inlineStr'><is><t>{}</t></is></c>"
    no_places = "".join(f"<row>{''.join(map(cell.format, row))}</row>" for row in rows)
    error = "</row>"
    modern = raw.inline_row(2, product()[:2]).replace(error, '<c r="C2" t="e" vm="1"><v>#SPILL!</v></c>' + error)
    libre = raw.inline_row(3, product()[:2]).replace(error, '<c r="C3" t="e"><f>C3</f><v>Err:522</v></c>' + error)
    no_value = raw.inline_row(2, product()[:2]).replace(error, '<c r="C2"><f>A2</f></c>' + error)
    return {
        "inline_strings.xlsx": raw.parts(inline),
        "no_dimension.xlsx": raw.parts(raw.SHEET_START + no_places.replace("'", '"') + raw.SHEET_END),
        "apostrophes.xlsx": raw.parts(raw.SHEET_START + no_places + raw.SHEET_END),
        "prefixed_names.xlsx": raw.parts(raw.prefixed(inline)),
        "strict.xlsx": {
            name: str(part).replace(raw.MAIN, "http://purl.oclc.org/ooxml/spreadsheetml/main").replace(
                raw.OFFICE, "http://purl.oclc.org/ooxml/officeDocument/relationships"
            )
            for name, part in raw.parts(inline).items()
        },
        "new_errors.xlsx": raw.parts(raw.SHEET_START + raw.inline_row(1, HEADER) + modern + libre + raw.SHEET_END),
        "formula_without_value.xlsx": raw.parts(raw.SHEET_START + raw.inline_row(1, HEADER) + no_value + raw.SHEET_END),
        "lying_dimension.xlsx": raw.parts(inline.replace("<sheetData>", '<dimension ref="A1:XFD1048576"/><sheetData>')),
    }  # fmt: skip


def by_libreoffice() -> None:
    """Files of openpyxl, opened and saved by LibreOffice."""
    to_xlsx = ["soffice", "--headless", "--convert-to", "xlsx:Calc MS Excel 2007 XML", "--outdir"]
    with tempfile.TemporaryDirectory() as folder:
        for source in ("number_formatted_codes", "by_openpyxl"):
            subprocess.run([*to_xlsx, folder, FOLDER / f"{source}.xlsx"], check=True)
        shutil.move(f"{folder}/number_formatted_codes.xlsx", FOLDER / "codes_by_libreoffice.xlsx")
        shutil.move(f"{folder}/by_openpyxl.xlsx", FOLDER / "by_libreoffice.xlsx")


def by_pandas() -> None:
    import pandas

    frame = pandas.DataFrame(AWKWARD_ROWS, columns=HEADER)
    frame["codigo"] = pandas.Series([7701234567897, None])
    frame["precio_unitario"] = frame["precio_unitario"].astype(float)
    frame.to_excel(FOLDER / "by_pandas.xlsx", sheet_name="Productos", index=False)


def settle(path: Path) -> None:
    """Take out the time of making, so that a file made again is the same to the byte."""
    with zipfile.ZipFile(path) as archive:
        content = {name: archive.read(name) for name in archive.namelist()}
    core = content["docProps/core.xml"]
    content["docProps/core.xml"] = re.sub(rb"\d{4}-\d\d-\d\dT[\d:]+Z", b"2026-01-01T00:00:00Z", core)
    raw.save(path, content)


def make() -> None:
    for name, content in csv_files().items():
        (FOLDER / name).write_bytes(content)
    for name, content in raw_files().items():
        raw.save(FOLDER / name, content)
    for fill in (accents_and_capitals, leading_blanks, hidden_first_sheet, merged_title, number_formatted_codes,
                 barcodes_with_a_blank, dates_as_text, dates_1904, phantom_rows):  # fmt: skip
        with_openpyxl(f"{fill.__name__}.xlsx", fill)
    with_openpyxl("by_openpyxl.xlsx", plain)
    for write in (excel_errors, formulas, by_xlsxwriter):
        write()
        settle(FOLDER / f"{write.__name__}.xlsx")
    as_excel_writes_an_empty_result()


if __name__ == "__main__":
    makers = {"libreoffice": by_libreoffice, "pandas": by_pandas}
    for maker in [makers[name] for name in sys.argv[1:]] or [make]:
        maker()
