"""Generated workbooks are read as openpyxl reads them, and what openpyxl does not say is as the file was made."""

from __future__ import annotations

import datetime
import tempfile
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

import openpyxl
from hypothesis import given, settings
from hypothesis import strategies as st

from bulk_upload.sheet.cells import Cell, DateCell, ErrorCell, UnreadCell
from bulk_upload.sheet.excel_errors import is_error_text
from bulk_upload.tests.awkward import raw_workbook as raw
from bulk_upload.tests.awkward.building import merged, sheet, sheets
from bulk_upload.tests.awkward.reading import read
from catalog.sheets.products import PRODUCTS

LETTERS = "ABCDEFGHIJKLMNOPQRS"
# What a column of text shows for a number below 1000 with at most one decimal, by format; `None`: it is refused.
SHOWN: dict[str, Any] = {
    "General": lambda n: n,
    "0": lambda n: n,
    "0.00": lambda n: n,
    "#,##0.00": lambda n: n,
    "00000": lambda n: f"{n:05.0f}" if n.is_integer() else None,
    '0.0" ml"': lambda n: f"{n:.1f} ml",
    "0%": lambda n: f"{n * 100:.0f}%",
    '"PRD-"000': lambda n: f"PRD-{n:03.0f}" if n.is_integer() else None,
}
SPREADSHEETML = "application/vnd.openxmlformats-officedocument.spreadsheetml"
CODES = list(SHOWN)
DATE_STYLE = len(CODES)
TEXT = st.text(st.characters(exclude_categories=["Cc", "Cs", "Cn", "Zl", "Zp"]), min_size=1, max_size=12).filter(
    lambda text: text.strip() == text and "_x" not in text and not is_error_text(text)
)
WIDTH = len(LETTERS)
# The way a cell is written, and what it holds.
CELL = st.one_of(
    st.tuples(st.sampled_from(["inline", "shared", "formula", "cdata", "cdata value"]), TEXT),
    st.tuples(st.just("number"), st.tuples(st.integers(0, 9990).map(lambda n: n / 10), st.sampled_from(CODES))),
    st.tuples(st.just("date"), st.integers(2000, 60_000)),
    st.tuples(st.just("boolean"), st.booleans()),
    st.tuples(st.just("error"), st.sampled_from(["#N/A", "#REF!", "#DIV/0!", "#VALUE!"])),
    st.tuples(st.sampled_from(["unread", "unread empty", "absent", "styled"]), st.none()),
)
ROWS = st.lists(st.lists(CELL, min_size=WIDTH, max_size=WIDTH), min_size=1, max_size=7)


def written(place: str, way: str, content: Any, shared: list[str]) -> str:
    """The cell in XML."""
    if way == "number":
        number, code = content
        return f'<c r="{place}" s="{CODES.index(code)}"><v>{number:g}</v></c>'
    if way == "shared":
        shared.append(content)
    if way in ("inline", "shared", "formula"):
        content = escape(content)
    return {
        "inline": f'<c r="{place}" t="inlineStr"><is><t>{content}</t></is></c>',
        "shared": f'<c r="{place}" t="s"><v>{len(shared) - 1}</v></c>',
        "formula": f'<c r="{place}" t="str"><f>A1</f><v>{content}</v></c>',
        "cdata": f'<c r="{place}" t="inlineStr"><is><t><![CDATA[{content}]]></t></is></c>',
        "cdata value": f'<c r="{place}" t="str"><v><![CDATA[{content}]]></v></c>',
        "date": f'<c r="{place}" s="{DATE_STYLE}"><v>{content}</v></c>',
        "boolean": f'<c r="{place}" t="b"><v>{content:d}</v></c>' if way == "boolean" else "",
        "error": f'<c r="{place}" t="e"><v>{content}</v></c>',
        "unread": f'<c r="{place}"><f>1+1</f></c>',
        "unread empty": f'<c r="{place}"><f>1+1</f><v></v></c>',
        "absent": "",
        "styled": f'<c r="{place}" s="1"/>',
    }[way]


def save(path: Path, rows: list[Any], merges: list[str], *, since_1904: bool, prices_first: bool) -> None:
    shared: list[str] = []
    lines = [raw.inline_row(1, PRODUCTS.names)]
    for number, cells in enumerate(rows, start=2):
        key = f'<c r="A{number}" t="inlineStr"><is><t>P{number}</t></is></c>'
        others = (
            written(f"{letter}{number}", *cell, shared) for letter, cell in zip(LETTERS[1:], cells[1:], strict=True)
        )
        lines.append(f'<row r="{number}">{key}{"".join(others)}</row>')
    catalogue = sheet(*lines, tail=merged(*merges) if merges else "")
    prices = sheet(raw.inline_row(1, ["id", "nombre", "precio"]), raw.inline_row(2, ["x", "y", "1"]))
    parts = sheets(*([prices] if prices_first else []), catalogue)
    if since_1904:
        book = str(parts["xl/workbook.xml"])
        parts["xl/workbook.xml"] = book.replace("<sheets>", '<workbookPr date1904="1"/><sheets>')
    quoted = [escape(code, {chr(34): "&quot;"}) for code in CODES]
    formats = "".join(f'<numFmt numFmtId="{n}" formatCode="{code}"/>' for n, code in enumerate(quoted, 170))
    styles = "".join(f'<xf numFmtId="{n}" fontId="0" fillId="0" borderId="0"/>' for n in range(170, 170 + len(CODES)))
    parts["xl/styles.xml"] = (
        f'<styleSheet xmlns="{raw.MAIN}"><numFmts count="{len(CODES)}">{formats}</numFmts>'
        '<fonts count="1"><font/></fonts><fills count="1"><fill><patternFill/></fill></fills>'
        '<borders count="1"><border/></borders>'
        '<cellStyleXfs count="1"><xf/></cellStyleXfs>'
        f'<cellXfs>{styles}<xf numFmtId="14" fontId="0"/></cellXfs></styleSheet>'
    )
    texts = "".join(f"<si><t>{escape(text)}</t></si>" for text in shared)
    parts["xl/sharedStrings.xml"] = f'<sst xmlns="{raw.MAIN}">{texts}</sst>'
    kinds = "".join(
        f'<Override PartName="/xl/{kind}.xml" ContentType="{SPREADSHEETML}.{kind}+xml"/>'
        for kind in ("styles", "sharedStrings")
    )
    parts["[Content_Types].xml"] = str(parts["[Content_Types].xml"]).replace("</Types>", kinds + "</Types>")
    relations = str(parts["xl/_rels/workbook.xml.rels"])
    for kind in ("styles", "sharedStrings"):
        relations = relations.replace(
            "</Relationships>",
            f'<Relationship Id="{kind}" Type="{raw.OFFICE}/{kind}" Target="{kind}.xml"/></Relationships>',
        )
    parts["xl/_rels/workbook.xml.rels"] = relations
    raw.save(path, parts)


def expected(path: Path) -> list[list[Cell]]:
    """The rows below the header as openpyxl has them."""
    values = openpyxl.load_workbook(path, data_only=True).worksheets[-1]
    formulas = openpyxl.load_workbook(path).worksheets[-1]
    rows = [
        [
            _expected(values.cell(row, at), formulas.cell(row, at).data_type == "f", PRODUCTS.columns[at - 1].kind)
            for at in range(1, WIDTH + 1)
        ]
        for row in range(2, values.max_row + 1)
    ]
    for merged_range in values.merged_cells.ranges:
        at = merged_range.min_col - 1
        for row in range(merged_range.min_row + 1, merged_range.max_row + 1):
            filled = rows[merged_range.min_row - 2][at]
            names_row = PRODUCTS.names[at] in (*PRODUCTS.key, *PRODUCTS.unique)
            rows[row - 2][at] = UnreadCell("merged_cell", "") if names_row else filled
    return rows


def _expected(cell: Any, is_formula: bool, kind: str) -> Cell:
    value = cell.value
    if value is None:
        return UnreadCell("formula_without_result", "") if is_formula else None
    if isinstance(value, datetime.date):
        return DateCell(value.date().isoformat() if isinstance(value, datetime.datetime) else value.isoformat())
    if cell.data_type == "e":
        return ErrorCell(value)
    if isinstance(value, bool) or not isinstance(value, int | float):
        return value
    number = float(value)
    if kind in ("code", "text"):
        shown = SHOWN[cell.number_format](number)
        return UnreadCell("hidden_by_format", f"{number:g}") if shown is None else shown
    percent = kind in ("decimal", "integer") and cell.number_format == "0%"
    return UnreadCell("percent_number", f"{number:g}") if percent else number


def same(found: Cell, wanted: Cell) -> bool:
    if isinstance(found, str) and isinstance(wanted, str):
        return found.strip() == wanted.strip()
    return (found in ("", None) and wanted is None) or (type(found) is type(wanted) and found == wanted)


@given(ROWS, st.lists(st.sampled_from(LETTERS[2:]), unique=True, max_size=2), st.booleans(), st.booleans())
@settings(max_examples=60)
def test_no_cell_differs_from_openpyxl_without_a_reason(rows, columns, since_1904, prices_first):
    merges = [f"{letter}2:{letter}{len(rows) + 1}" for letter in columns] if len(rows) > 1 else []
    for letter in columns if merges else []:
        for cells in rows[1:]:
            cells[LETTERS.index(letter)] = ("absent", None)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "productos.xlsx")
        save(path, rows, merges, since_1904=since_1904, prices_first=prices_first)
        wanted = expected(path)
        found = read(path)
    assert found.numbers == list(range(2, len(rows) + 2))
    for (number, cells), row in zip(found.rows, wanted, strict=True):
        cells = [*cells, *[None] * (WIDTH - len(cells))]
        different = [(n, f, w) for n, f, w in zip(PRODUCTS.names, cells, row, strict=True) if not same(f, w)]
        assert different == [], number
