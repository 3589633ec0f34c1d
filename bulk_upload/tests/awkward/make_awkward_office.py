"""Files that offices and their programs send, of every kind that is read, and what a careful person expects of each.

    python -m bulk_upload.tests.awkward.make_awkward_office                the files made from Python
    python -m bulk_upload.tests.awkward.make_awkward_office libreoffice    .xls and .ods, which need ``soffice`` (7.4)

The expectations were written before the files were read.
"""

from __future__ import annotations

import datetime
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from bulk_upload.tests.awkward.make_awkward import AWKWARD_ROWS, HEADER, product
from bulk_upload.tests.awkward.office import (
    Case,
    Formatted,
    Office,
    as_csv,
    as_xlsb,
    as_xlsx,
    as_zip,
    one,
    with_part,
    write,
)

FOLDER = Path(__file__).parent / "office"
SECOND: dict[str, Any] = dict(zip(HEADER, AWKWARD_ROWS[1], strict=True))
CATALOGUE = [HEADER, *AWKWARD_ROWS]
BOTH: list[dict[str, Any]] = [{}, SECOND]

# As Siigo exports: who, what and when above the list, and a line about the program below its title.
SIIGO = [
    ["DISTRIBUIDORA MÉDICA DEL VALLE S.A.S."],
    ["NIT 900.123.456-7"],
    ["Listado de productos"],
    ["Procesado en: 2026/11/03 10:15:22"],
    [],
    ["Identificador", "Nombre del producto", "Código de barras", "Categoría", "Presentación comercial",
     "Valor unitario", "Registro sanitario", "Almacenamiento", "Plazo de entrega (días)", "Existencias mínimas",
     "Existencias críticas", "Maneja lote", "Maneja vencimiento", "Cuenta contable"],
    [*product(codigo=Formatted(7, "000"), precio_unitario=1250.5, tiempo_entrega_dias=5, stock_minimo=20,
              stock_critico=8), 143505],
    [*AWKWARD_ROWS[1], 143505],
]  # fmt: skip
# As Odoo exports: real booleans, barcodes as numbers, prices as numbers.
ODOO_HEADER = ["Identificador", "Nombre", "Código de barras", "Categoría del producto", "Presentación", "Precio",
               "Registro sanitario", "Condiciones de almacenamiento", "Plazo de entrega", "Stock mínimo",
               "Stock crítico", "Requiere lote", "Requiere vencimiento"]  # fmt: skip
ODOO = [
    ODOO_HEADER,
    product(codigo=7701234567897, precio_unitario=1250.5, requiere_lote=True, requiere_vencimiento=False),
    product(id="PROD002", codigo=7701234567903, precio_unitario=300, requiere_lote=False, requiere_vencimiento=True),
]
ODOO_PRODUCTS = [
    {"codigo": "7701234567897"},
    {"id": "PROD002", "codigo": "7701234567903", "precio_unitario": "300", "requiere_lote": "no",
     "requiere_vencimiento": "sí"},
]  # fmt: skip
# As World Office exports: capitals, money as it is shown, a blank column at the left.
WORLD_OFFICE = [
    [None, *(name.upper().replace("_", " ") for name in HEADER)],
    [None, *product(precio_unitario="$ 1.250,50")],
    [None, *product(id="PROD003", codigo="008", precio_unitario="$ 12.500,00")],
]
WORLD_OFFICE_PRODUCTS = [{}, {"id": "PROD003", "codigo": "008", "precio_unitario": "12500"}]
CODES = [
    HEADER,
    product(id="A", codigo=Formatted(7, "00000")),
    product(id="B", codigo=Formatted(42, '"PRD-"0000')),
    product(id="C", codigo=7701234567897),
    product(id="D", codigo=1234567890123456),
    product(id="E", codigo="0092"),
    product(id="F", codigo=Formatted(7.25, '0" ml"')),
]
CODES_PRODUCTS = [
    {"id": "A", "codigo": "00007"},
    {"id": "B", "codigo": "PRD-0042"},
    {"id": "C", "codigo": "7701234567897"},
    {"id": "E", "codigo": "0092"},
]
CODES_ERRORS = {(5, "codigo"): "digits_lost", (7, "codigo"): "hidden_by_format"}
DATES = [
    HEADER,
    product(id="A", codigo=datetime.date(2026, 3, 1)),
    product(id="B", codigo="B-1", presentacion=datetime.time(14, 30)),
    product(id="C", codigo="C-1", precio_unitario=Formatted(0.19, "0%")),
]
DATES_ERRORS = {
    (2, "codigo"): "date_in_text",
    (3, "presentacion"): "date_in_text",
    (4, "precio_unitario"): "percent_number",
}
ERRORS = [
    HEADER,
    product(id="A", codigo="=NA()"),
    product(id="B", codigo="B-1", precio_unitario="=1/0"),
    product(id="C", codigo="C-1", nombre='=B2&" x"'),
    product(id="D", codigo="D-1", nombre="=B5"),
]
ERRORS_PRODUCTS = [{"id": "C", "codigo": "C-1", "nombre": "Guantes de nitrilo talla M x"}]
ERRORS_ERRORS = {(2, "codigo"): "excel_error", (3, "precio_unitario"): "excel_error", (5, "nombre"): "excel_error"}
LOCATIONS = Office(
    {"Catálogo 2019": [HEADER, product(id="VIEJO")], "Instrucciones": [["Llene la hoja «Productos»."]],
     "Productos": CATALOGUE},
    hidden=["Catálogo 2019"],
)  # fmt: skip
TITLED = one([["Catálogo de productos 2026"], [], [], *CATALOGUE], merged=["A1:M2"])
SAP_TEXT = as_csv([["Lista de materiales"], [], *CATALOGUE], "\t", "utf-16")
HTML = (
    "<html><head><meta charset='utf-8'></head><body><table>"
    + "".join("<tr>" + "".join(f"<td>{cell}</td>" for cell in row) + "</tr>" for row in CATALOGUE)
    + "</table></body></html>"
).encode()
CSV = as_csv(CATALOGUE, ";", "utf-8-sig")
ZIP_MEMBER = "lista.csv"

CASES: dict[str, Case] = {
    # Exports of programs
    "siigo.xlsx": Case(one(SIIGO), [{"codigo": "007"}, SECOND], warnings=["unknown_column"]),
    "siigo.xls": Case(one(SIIGO), [{"codigo": "007"}, SECOND], warnings=["unknown_column"]),
    "siigo.ods": Case(one(SIIGO), [{"codigo": "007"}, SECOND], warnings=["unknown_column"]),
    "odoo.xlsx": Case(one(ODOO), ODOO_PRODUCTS),
    "odoo.xlsb": Case(one(ODOO), ODOO_PRODUCTS),
    "odoo.csv": Case(as_csv(ODOO, ",").replace(b"Lugar seco, ", b"Lugar seco "), [
        {**changes, "condiciones_almacenamiento": "Lugar seco 15–30 °C"} for changes in ODOO_PRODUCTS
    ]),
    "world_office.xls": Case(one(WORLD_OFFICE), WORLD_OFFICE_PRODUCTS),
    "world_office.ods": Case(one(WORLD_OFFICE), WORLD_OFFICE_PRODUCTS),
    "sap_text.xls": Case(SAP_TEXT, BOTH),
    "workbook_of_today.xls": Case(as_xlsx(one(CATALOGUE)), BOTH),
    "web_page.xls": Case(HTML, problem="content_mismatch"),
    # What cells hold
    "codes.xls": Case(one(CODES), CODES_PRODUCTS, CODES_ERRORS),
    "codes.ods": Case(one(CODES), CODES_PRODUCTS, CODES_ERRORS),
    "codes.xlsb": Case(one(CODES), CODES_PRODUCTS, CODES_ERRORS),
    "dates.xls": Case(one(DATES), [], DATES_ERRORS),
    "dates.ods": Case(one(DATES), [], DATES_ERRORS),
    "dates_of_1904.xls": Case(
        one([[*HEADER, "registro_vence"], [*product(), datetime.date(2035, 5, 31)]], since_1904=True),
        [{"registro_vence": "2035-05-31"}],
    ),
    "errors.xls": Case(one(ERRORS), ERRORS_PRODUCTS, ERRORS_ERRORS),
    "errors.ods": Case(one(ERRORS), ERRORS_PRODUCTS, ERRORS_ERRORS),
    "errors.xlsb": Case(
        one([HEADER, product(codigo="#N/A"), product(id="B", codigo="B-1", precio_unitario="#DIV/0!")]),
        [],
        {(2, "codigo"): "excel_error", (3, "precio_unitario"): "excel_error"},
    ),
    # Where things stand
    "titled.xls": Case(TITLED, BOTH),
    "titled.ods": Case(TITLED, BOTH),
    "hidden_sheet.xls": Case(LOCATIONS, BOTH),
    "hidden_sheet.ods": Case(LOCATIONS, BOTH),
    "hidden_sheet.xlsb": Case(LOCATIONS, BOTH),
    "two_catalogues.ods": Case(
        Office({"Enero": CATALOGUE, "Febrero": CATALOGUE}),
        problem="several_sheets",
        params={"hojas": "«Enero», «Febrero»"},
    ),
    "merged_down.xls": Case(
        one([HEADER, product(), [*product(id="PROD003", codigo="009")[:3], "", *product()[4:]]], merged=["D2:D3"]),
        [{}, {"id": "PROD003", "codigo": "009"}],
    ),
    # Zip
    "one_csv.zip": Case(as_zip((ZIP_MEMBER, CSV)), BOTH),
    "one_workbook.zip": Case(as_zip(("__MACOSX/._lista.xlsx", b"x"), ("lista.xlsx", as_xlsx(one(CATALOGUE)))), BOTH),
    "two_files.zip": Case(
        as_zip((ZIP_MEMBER, CSV), ("otra.csv", CSV)), problem="zip_with_several", params={"cantidad": 2}
    ),
    "folder.zip": Case(as_zip((f"marzo/{ZIP_MEMBER}", CSV)), problem="zip_with_folder"),
    "outside.zip": Case(as_zip((f"../../{ZIP_MEMBER}", CSV)), problem="zip_with_folder"),
    "secret.zip": Case(as_zip((ZIP_MEMBER, CSV), flags=1), problem="zip_under_password"),
    "zip_in_zip.zip": Case(as_zip(("lista.zip", as_zip((ZIP_MEMBER, CSV)))), problem="zip_in_zip"),
    "no_sheet.zip": Case(as_zip(("leame.pdf", b"%PDF-1.7")), problem="zip_without_sheet"),
    "bomb.zip": Case(as_zip((ZIP_MEMBER, CSV + b"\n" * 20_000_000)), problem="suspicious_zip"),
    # Under a password
    "secret.xls": Case(one(CATALOGUE), problem="encrypted_file"),
    "secret.ods": Case(one(CATALOGUE), problem="encrypted_file"),
}  # fmt: skip
SECRET_PART = b'<manifest:encryption-data manifest:checksum-type="SHA1/1K"/>'
# The record of who wrote an .xls, and the one that says that it is encrypted.
WRITER, PASSWORD = b"\x5c\x00\x70\x00", b"\x2f\x00\x70\x00"


def write_case(path: Path, case: Case, *, by_libreoffice: bool) -> None:
    """Make the file of a case, unless it takes LibreOffice, which is not there."""
    if isinstance(case.content, bytes):
        write(path, case.content)
    elif path.suffix == ".xlsb":
        write(path, as_xlsb(case.content))
    elif path.suffix == ".xlsx":
        write(path, as_xlsx(case.content))
    elif by_libreoffice:
        write(path, converted(as_xlsx(case.content), path.suffix[1:]))


def lock(folder: Path) -> None:
    """Say of two files that they are under a password."""
    old, open_document = folder / "secret.xls", folder / "secret.ods"
    write(old, old.read_bytes().replace(WRITER, PASSWORD, 1))
    write(open_document, with_part(open_document.read_bytes(), "META-INF/manifest.xml", SECRET_PART))


def converted(workbook: bytes, ending: str) -> bytes:
    """The workbook, opened and saved by LibreOffice."""
    with tempfile.TemporaryDirectory() as folder:
        source = Path(folder, "a.xlsx")
        source.write_bytes(workbook)
        profile = f"-env:UserInstallation={Path(folder, 'profile').as_uri()}"
        command = ["soffice", profile, "--headless", "--convert-to", ending, "--outdir", folder, str(source)]
        subprocess.run(command, check=True, capture_output=True)
        return source.with_suffix(f".{ending}").read_bytes()


if __name__ == "__main__":
    with_libreoffice = "libreoffice" in sys.argv[1:]
    for name, case in CASES.items():
        write_case(FOLDER / name, case, by_libreoffice=with_libreoffice)
    if with_libreoffice:
        lock(FOLDER)
