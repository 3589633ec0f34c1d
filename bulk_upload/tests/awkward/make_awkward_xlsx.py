"""Workbooks that real offices and programs write, and what a careful person expects of each.

    python -m bulk_upload.tests.awkward.make_awkward_xlsx

Each is the smallest that shows one habit. The expectations stand here, beside what makes the file.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from bulk_upload.tests.awkward import raw_workbook as raw
from bulk_upload.tests.awkward.building import (
    ABSENT,
    ACCOUNTING,
    BASE,
    CENTS,
    DATE,
    FRACTION,
    GROUPED,
    HIDDEN,
    KILOS,
    ML,
    NO_RESULT,
    OTHER,
    PADDED,
    PERCENT,
    SECOND,
    SOLD_OUT,
    TOP,
    Xml,
    book,
    changed,
    merged,
    number,
    row,
    sheet,
    sheets,
    utf_16,
    without,
)  # fmt: skip
from bulk_upload.tests.awkward.make_awkward import AWKWARD_ROWS, HEADER, product

FOLDER = Path(__file__).parent / "workbooks"
COMPOUND = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(504)


@dataclass(frozen=True)
class Case:
    """A file, and either the problem of the whole, or its good products and the codes of its bad cells.

    `products` are what differs from the first of `AWKWARD_ROWS`; `errors` maps (row, column) to a code;
    `warnings` are about the file.
    """

    content: Mapping[str, str | bytes] | bytes
    products: Sequence[dict[str, Any]] = ()
    errors: Mapping[tuple[int, str], str] = field(default_factory=dict)
    problem: str = ""
    params: Mapping[str, str | int] = field(default_factory=dict)
    warnings: Sequence[str] = ()


SINCE_1904 = str(raw.parts("")["xl/workbook.xml"]).replace("<sheets>", '<workbookPr date1904="1"/><sheets>')
PRICES = sheet(row(1, ["id", "nombre", "precio"]), row(2, ["PROD001", "Guantes", "99"]))
WIDE = sheet('<row r="1"><c r="A1"><v>1</v></c><c r="AAA1"><v>1</v></c></row>')
CATALOGUE = sheet(TOP, changed())
SHARED = f'<?xml version="1.0" encoding="UTF-8"?><sst xmlns="{raw.MAIN}"><si><t>Guantes ñandú</t></si></sst>'
IN_CDATA = Xml('<c r="{at}" t="inlineStr"><is><t><![CDATA[Guantes <M> & más]]></t></is></c>')
VALUE_IN_CDATA = Xml('<c r="{at}" t="str"><v><![CDATA[Guantes <M> & más]]></v></c>')
SPILL = Xml('<c r="{at}" t="e"><v>#SPILL!</v></c>')
SHARED_FORMULA = Xml('<c r="{at}"><f t="shared" si="0"/><v>33</v></c>')
EMPTY_RESULT = Xml('<c r="{at}" t="str"><f>IF(1,"","x")</f><v></v></c>')
PRETTY = Xml('\n <c r="{at}">\n  <f>30+3</f>\n  <v>33</v>\n </c>\n')

CASES: dict[str, Case] = {
    # What a format shows in a column of text
    "unit_in_format": Case(book(TOP, changed(presentacion=number(2.5, ML))), [{"presentacion": "2.5 ml"}]),
    "link_over_a_whole_column": Case(
        book(
            TOP,
            changed(presentacion=number(2.5, ML)),
            tail='<hyperlinks><hyperlink ref="A:A" location="x"/></hyperlinks>',
        ),
        [{"presentacion": "2.5 ml"}],
    ),
    "percent_in_text": Case(book(TOP, changed(presentacion=number(0.05, PERCENT))), [{"presentacion": "5%"}]),
    "fraction_in_text": Case(book(TOP, changed(presentacion=number(0.5, FRACTION))), [{"presentacion": "1/2"}]),
    "mixed_fraction_and_unit": Case(
        book(TOP, changed(presentacion=number(1.5, KILOS))), [{"presentacion": "1 1/2 kg"}]
    ),
    "text_for_zero": Case(book(TOP, changed(presentacion=number(0, SOLD_OUT))), [{"presentacion": "agotado"}]),
    "dash_for_zero": Case(book(TOP, changed(presentacion=number(0, ACCOUNTING))), [{"presentacion": "-"}]),
    "code_with_decimals_shown": Case(book(TOP, changed(codigo=number(7701, CENTS))), [{"codigo": "7701"}]),
    "code_with_groups_shown": Case(
        book(TOP, changed(codigo=number(7701234567897, GROUPED))), [{"codigo": "7701234567897"}]
    ),
    "padded_id": Case(book(TOP, changed(id=number(7, PADDED))), [{"id": "00007"}]),
    "rounded_by_format": Case(
        book(TOP, changed(presentacion=number(2.53, ML)), SECOND), [OTHER], {(2, "presentacion"): "hidden_by_format"}
    ),
    "hidden_by_format": Case(
        book(TOP, changed(presentacion=number(5, HIDDEN)), SECOND), [OTHER], {(2, "presentacion"): "hidden_by_format"}
    ),
    "price_as_percent": Case(
        book(TOP, changed(precio_unitario=number(0.19, PERCENT)), SECOND),
        [OTHER],
        {(2, "precio_unitario"): "percent_number"},
    ),
    "date_of_1904": Case(
        book(TOP, changed(nombre=number(44620, DATE)), SECOND) | {"xl/workbook.xml": SINCE_1904},
        [OTHER],
        {(2, "nombre"): "date_in_text"},
    ),
    # Formulas
    "optional_formula_without_result": Case(
        book(TOP, changed(stock_minimo=NO_RESULT), SECOND), [OTHER], {(2, "stock_minimo"): "formula_without_result"}
    ),
    "required_formula_without_result": Case(
        book(TOP, changed(codigo=NO_RESULT), SECOND), [OTHER], {(2, "codigo"): "formula_without_result"}
    ),
    "row_of_formulas_without_result": Case(
        book(TOP, SECOND.replace('3"', '2"'), row(3, [NO_RESULT] * 13)),
        [OTHER],
        {(3, name): "formula_without_result" for name in HEADER},
    ),
    "formula_with_empty_result": Case(book(TOP, changed(presentacion=EMPTY_RESULT)), [{"presentacion": None}]),
    "shared_formula": Case(book(TOP, changed(stock_minimo=SHARED_FORMULA)), [{"stock_minimo": 33}]),
    "spaced_xml": Case(book(TOP, changed(stock_minimo=PRETTY)), [{"stock_minimo": 33}]),
    "new_error_in_an_optional_cell": Case(
        book(TOP, changed(stock_minimo=SPILL), SECOND), [OTHER], {(2, "stock_minimo"): "excel_error"}
    ),
    # Merged cells
    "merged_category": Case(
        book(TOP, changed(), row(3, [*AWKWARD_ROWS[1][:3], ABSENT, *AWKWARD_ROWS[1][4:]]), tail=merged("D2:D3")),
        [BASE, OTHER | {"categoria": "PROTECCIÓN"}],
    ),
    "merged_optional_number": Case(
        book(TOP, changed(), row(3, [*AWKWARD_ROWS[1][:9], ABSENT, *AWKWARD_ROWS[1][10:]]), tail=merged("J2:J3")),
        [BASE, OTHER | {"stock_minimo": 20}],
    ),
    "merged_last_column_of_many_rows": Case(
        book(
            TOP,
            *(
                row(n, [f"P{n}", "Guantes", f"C{n}", *AWKWARD_ROWS[0][3:12], "no" if n == 2 else ABSENT])
                for n in range(2, 9)
            ),
            tail=merged("M2:M8"),
        ),
        [{"id": f"P{n}", "nombre": "Guantes", "codigo": f"C{n}"} for n in range(2, 9)],
    ),
    "merged_code": Case(
        book(TOP, changed(), row(3, [*AWKWARD_ROWS[1][:2], ABSENT, *AWKWARD_ROWS[1][3:]]), tail=merged("C2:C3")),
        [BASE],
        {(3, "codigo"): "merged_cell"},
    ),
    "merged_across": Case(
        book(TOP, changed(stock_critico=ABSENT), SECOND, tail=merged("J2:K2")),
        [OTHER],
        {(2, "stock_critico"): "merged_cell"},
    ),
    "title_merged_over_whole_rows": Case(
        book(row(1, ["Catálogo"]), row(2, HEADER), row(3, product()), tail=merged("1:1")), [BASE]
    ),
    # Sound files that were called damaged
    "dimension_of_whole_rows": Case(book(TOP, changed(), head='<dimension ref="1:4"/>'), [BASE]),
    "styles_part_missing": Case(
        without(book(TOP, changed(stock_minimo=number(33, 5))), "xl/styles.xml"), [{"stock_minimo": 33}]
    ),
    "cdata_in_text": Case(book(TOP, changed(nombre=IN_CDATA)), [{"nombre": "Guantes <M> & más"}]),
    "cdata_in_value": Case(book(TOP, changed(nombre=VALUE_IN_CDATA)), [{"nombre": "Guantes <M> & más"}]),
    "utf_16_sheet": Case(raw.parts(utf_16(CATALOGUE)), [BASE]),
    "utf_16_without_a_mark": Case(
        {
            name: str(part).replace("UTF-8", "UTF-16").encode("utf-16-be") if name.startswith("xl/work") else part
            for name, part in raw.parts(CATALOGUE).items()
        },
        [BASE],
    ),
    "utf_16_texts": Case(
        raw.parts(sheet(TOP, changed(nombre=Xml('<c r="{at}" t="s"><v>0</v></c>'))), sharedStrings="")
        | {"xl/sharedStrings.xml": utf_16(SHARED)},
        [{"nombre": "Guantes ñandú"}],
    ),
    # Damaged, and said so
    "row_twice": Case(book(TOP, changed(), row(2, AWKWARD_ROWS[1])), problem="damaged_file"),
    "cell_twice": Case(
        book(TOP, changed(stock_minimo=Xml('<c r="{at}"><v>1</v></c><c r="{at}"><v>2</v></c>'))), problem="damaged_file"
    ),
    "cut_sheet": Case(book(TOP, changed(), SECOND) | {raw.SHEET: CATALOGUE[:-60]}, problem="damaged_file"),
    "rows_out_of_order": Case(book(TOP, SECOND, changed()), problem="damaged_file"),
    # Which sheet
    "two_catalogues": Case(
        sheets(CATALOGUE, CATALOGUE), problem="several_sheets", params={"hojas": "«Hoja1», «Hoja2»"}
    ),
    "price_list_first": Case(sheets(PRICES, CATALOGUE), [BASE], warnings=["sheet_passed_over"]),
    "products_without_a_header_second": Case(
        sheets(CATALOGUE, sheet(row(1, AWKWARD_ROWS[1]))), [BASE], warnings=["sheet_without_header"]
    ),
    "notes_second": Case(sheets(CATALOGUE, sheet(row(1, ["Notas", "de", "enero"]))), [BASE]),
    "wide_sheet_first": Case(sheets(WIDE, CATALOGUE), [BASE]),
    "damaged_sheet_first": Case(sheets(CATALOGUE[:-60], CATALOGUE), [BASE]),
    "empty_template_second": Case(sheets(CATALOGUE, sheet(TOP)), [BASE]),
    "empty_template_first": Case(sheets(sheet(TOP), CATALOGUE), [BASE]),
    "hidden_catalogue_second": Case(sheets(CATALOGUE, CATALOGUE, states=["visible", "hidden"]), [BASE]),
    "only_a_price_list": Case(sheets(PRICES, WIDE), problem="missing_columns", params={"hoja": "Hoja1"}),
    # Far cells
    "far_cell": Case(
        book(TOP, changed(), '<row r="1048576"><c r="IV1048576"><v>1</v></c></row>'),
        problem="far_cell",
        params={"celda": "IV1048576"},
    ),
    "far_column": Case(
        book(TOP, changed(), '<row r="9"><c r="XFD9"><v>1</v></c></row>'),
        problem="too_many_columns",
        params={"celda": "XFD9"},
    ),
    "wide_dimension": Case(book(TOP, changed(), head='<dimension ref="A1:XFD1048576"/>'), [BASE]),
    "far_column_and_wide_dimension": Case(
        book(TOP, changed(), '<row r="9"><c r="XFD9"><v>1</v></c></row>', head='<dimension ref="A1:XFD9"/>'),
        problem="too_many_columns",
        params={"celda": "XFD9"},
    ),
    # Other containers
    "under_a_password": Case(COMPOUND + "EncryptedPackage".encode("utf-16-le") + bytes(99), problem="encrypted_file"),
    "old_workbook_cut_off": Case(COMPOUND + "Workbook".encode("utf-16-le") + bytes(99), problem="damaged_file"),
    "long_text": Case(book(TOP, changed(nombre="largo " * 5000), SECOND), [OTHER], {(2, "nombre"): "too_long"}),
}


def make() -> None:
    FOLDER.mkdir(exist_ok=True)
    for name, case in CASES.items():
        path = FOLDER / f"{name}.xlsx"
        if isinstance(case.content, bytes):
            path.write_bytes(case.content)
        else:
            raw.save(path, case.content)


if __name__ == "__main__":
    make()
