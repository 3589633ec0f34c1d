"""Files that are read once their columns are understood: headers in two rows, totals below, columns of other names.

    python -m bulk_upload.tests.awkward.make_awkward_understood                the files made from Python
    python -m bulk_upload.tests.awkward.make_awkward_understood libreoffice    .xls and .ods, which need ``soffice``

What a person says of the columns stands in `Case.mapping`. The expectations were written before the files were read.
"""

from __future__ import annotations

import datetime
import sys
from pathlib import Path
from typing import Any

from bulk_upload.tests.awkward.make_awkward import AWKWARD_ROWS, HEADER, product
from bulk_upload.tests.awkward.make_awkward_office import write_case
from bulk_upload.tests.awkward.office import Case, Office, as_csv, one

FOLDER = Path(__file__).parent / "understood"
SECOND: dict[str, Any] = dict(zip(HEADER, AWKWARD_ROWS[1], strict=True))
BOTH: list[dict[str, Any]] = [{}, SECOND]
CATALOGUE = [HEADER, *AWKWARD_ROWS]

# "Precio" over "Unitario" and "Mayorista"; "Stock" over "Mínimo" and "Crítico".
GROUPS = ["", "", "", "", "", "Precio", "", "", "", "", "Stock", "", "Requiere", ""]
BELOW = ["ID", "Nombre", "Código", "Categoría", "Presentación", "Unitario", "Mayorista", "Certificado sanitario",
         "Almacenamiento", "Tiempo entrega días", "Mínimo", "Crítico", "Lote", "Vencimiento"]  # fmt: skip
TWO_ROWS = [["Lista de precios 2026"], GROUPS, BELOW, *([*row[:6], "999", *row[6:]] for row in AWKWARD_ROWS)]
IN_GROUPS = one(TWO_ROWS, merged=["F2:G2", "K2:L2", "M2:N2"])

TOTAL = ["", "TOTAL", "", "", "", "1550.5", "", "", "", "30", "13", "", ""]
GRAND_TOTAL = ["TOTAL GENERAL", "", "", "", "", 1550.5, "", "", 5, 30, 13, "", ""]
# A product that is called so is none.
TOTAL_BRAND = product(id="PROD003", nombre="Total Care 500 ml", codigo="009")

WITHOUT_CERTIFICATE = [[cell for name, cell in zip(HEADER, row, strict=True) if name != "certificado_sanitario"]
                       for row in CATALOGUE]  # fmt: skip
CONSTANT = {"constantes": {"certificado_sanitario": "N/A"}}
WITH_CONSTANT = [{"certificado_sanitario": "N/A"}, {**SECOND, "certificado_sanitario": "N/A"}]

ERP_HEADER = ["Cód. Art.", "Denominación", "EAN", "Grupo art.", "Emb.", "PVP", "Reg. INVIMA", "Cond. alm.", "Lead time",
              "Stk mín", "Stk crít", "Lot.", "Venc.", "Obs"]  # fmt: skip
ERP = [ERP_HEADER, *([*row, "—"] for row in AWKWARD_ROWS)]
ERP_COLUMNS = {**dict(zip(ERP_HEADER, HEADER, strict=False)), "Obs": None}
BY_LETTERS = [["", *ERP_HEADER[1:13]], *AWKWARD_ROWS]
LETTER_COLUMNS = {**ERP_COLUMNS, "A": "id"}
del LETTER_COLUMNS["Cód. Art."], LETTER_COLUMNS["Obs"]

DATES = [
    [*HEADER, "registro_vence"],
    [*product(precio_unitario="1.250"), "05/06/2035"],
    [*product(id="PROD002", codigo="008", precio_unitario="2.500"), "06/05/2035"],
]
MONTHS_FIRST = {"orden_fecha": {"registro_vence": "mda"}, "decimal": {"precio_unitario": ","}}
DATED = [
    {"precio_unitario": "1250", "registro_vence": datetime.date(2035, 5, 6).isoformat()},
    {"id": "PROD002", "codigo": "008", "precio_unitario": "2500", "registro_vence": "2035-06-05"},
]
TWO_SHEETS = Office({"Enero": CATALOGUE, "Febrero": [HEADER, product(precio_unitario="99")]})
TWO_HEADERS = [HEADER, product(id="VIEJO", codigo="000"), [], HEADER, *AWKWARD_ROWS]

CASES: dict[str, Case] = {
    "two_header_rows.xlsx": Case(IN_GROUPS, BOTH, warnings=["unknown_column"]),
    "two_header_rows.xls": Case(IN_GROUPS, BOTH, warnings=["unknown_column"]),
    "two_header_rows.ods": Case(IN_GROUPS, BOTH, warnings=["unknown_column"]),
    "totals_below.xlsx": Case(one([*CATALOGUE, TOTAL]), BOTH, warnings=["totals_row"]),
    "totals_below.xls": Case(one([*CATALOGUE, [], GRAND_TOTAL]), BOTH, warnings=["totals_row"]),
    "totals_below.ods": Case(one([*CATALOGUE, GRAND_TOTAL]), BOTH, warnings=["totals_row"]),
    "totals_below.csv": Case(as_csv([*CATALOGUE, TOTAL]), BOTH, warnings=["totals_row"]),
    "a_product_called_total.xls": Case(
        one([*CATALOGUE, TOTAL_BRAND]), [*BOTH, {"id": "PROD003", "nombre": "Total Care 500 ml", "codigo": "009"}]
    ),
    "no_certificate.xlsx": Case(one(WITHOUT_CERTIFICATE), WITH_CONSTANT, mapping=CONSTANT),
    "no_certificate.xls": Case(one(WITHOUT_CERTIFICATE), WITH_CONSTANT, mapping=CONSTANT),
    "no_certificate.csv": Case(as_csv(WITHOUT_CERTIFICATE), WITH_CONSTANT, mapping=CONSTANT),
    "erp_headers.xls": Case(one(ERP), BOTH, mapping={"columnas": ERP_COLUMNS}),
    "erp_headers.ods": Case(one(ERP), BOTH, mapping={"columnas": ERP_COLUMNS}),
    "erp_headers.csv": Case(as_csv(ERP), BOTH, mapping={"columnas": ERP_COLUMNS}),
    "by_letters.xls": Case(one(BY_LETTERS), BOTH, mapping={"columnas": LETTER_COLUMNS}),
    "months_first.xls": Case(one(DATES), DATED, mapping=MONTHS_FIRST),
    "months_first.csv": Case(as_csv(DATES), DATED, mapping=MONTHS_FIRST),
    "chosen_sheet.ods": Case(TWO_SHEETS, [{"precio_unitario": "99"}], mapping={"hoja": "Febrero"}),
    "chosen_header.xls": Case(one(TWO_HEADERS), BOTH, mapping={"fila_encabezado": 4}),
}


if __name__ == "__main__":
    for name, case in CASES.items():
        write_case(FOLDER / name, case, by_libreoffice="libreoffice" in sys.argv[1:])
