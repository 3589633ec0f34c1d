"""Whatever a product's values are: written to a file in any of the ways we accept and read back, they are equal."""

from __future__ import annotations

import csv
import io
import tempfile
import unicodedata
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import openpyxl
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from bulk_upload.reading.child.csv_text import detect_encoding
from bulk_upload.sheet.addressable_ids import is_addressable
from bulk_upload.sheet.columns import Column, DateColumn, DecimalColumn, GtinColumn
from bulk_upload.sheet.excel_errors import is_error_text
from bulk_upload.sheet.formulas import is_wrapped
from bulk_upload.sheet.problems import FileProblem
from bulk_upload.sheet.text_cleaning import BLANKS, BadCharacter, clean_code
from bulk_upload.sheet.values import SCIENTIFIC, Value
from bulk_upload.tests.awkward.reading import read
from catalog.sheets.products import PRODUCTS

ENCODINGS = ["utf-8", "utf-8-sig", "utf-16", "cp1252"]
WESTERN = "".join(
    bytes([byte]).decode("cp1252", "ignore") for byte in [*range(32, 127), *range(160, 256), 128, 133, 150]
)
# No control characters, no surrogates, nothing unassigned, and no line ends, which become spaces.
ANY_TEXT = st.characters(exclude_categories=["Cc", "Cs", "Cn", "Zl", "Zp"])


def texts(maximum: int, alphabet: st.SearchStrategy[str] | str, upper: bool) -> st.SearchStrategy[str]:
    """Texts in the form in which they are kept."""

    def kept(text: str) -> str:
        try:
            text = clean_code(text)
        except BadCharacter:
            return ""
        return unicodedata.normalize("NFC", text.upper() if upper else text).strip(BLANKS)

    def allowed(text: str) -> bool:
        # The last: openpyxl writes what the format reads as the escape of a character.
        return 0 < len(text) <= maximum and not is_error_text(text) and not is_wrapped(text) and "_x" not in text

    return st.text(alphabet, min_size=1, max_size=min(maximum, 40)).map(kept).filter(allowed)


def gtin(number: int) -> str:
    """One of 14 digits. The check digit of a sum is what it lacks to a multiple of ten."""
    digits = f"{number:013d}"
    total = sum(int(digit) * weight for digit, weight in zip(digits, [3, 1] * 7, strict=False))
    return f"{digits}{-total % 10}"


def values(column: Column, alphabet: st.SearchStrategy[str] | str) -> st.SearchStrategy[Value | None]:
    """What a cell of `column` may mean; `None` is a blank cell."""
    some: st.SearchStrategy[Any]
    if isinstance(column, DecimalColumn):
        some = st.decimals(column.minimum, column.largest, places=column.places)
    elif isinstance(column, GtinColumn):
        some = st.integers(0, 10**13 - 1).map(gtin)
    elif isinstance(column, DateColumn):
        some = st.dates(column.earliest, column.latest)
    elif column.kind == "integer":
        some = st.integers(column.minimum, column.maximum)
    elif column.kind == "boolean":
        some = st.booleans()
    else:
        some = texts(column.max_length or 1, alphabet, upper=column.upper)
    if column.kind == "code":
        some = some.filter(lambda text: not SCIENTIFIC.fullmatch(text))
    if column.name == "id":
        some = some.filter(is_addressable)
    return some if column.required else st.none() | some


def products(alphabet: st.SearchStrategy[str] | str) -> st.SearchStrategy[list[dict[str, Value | None]]]:
    product = st.fixed_dictionaries({column.name: values(column, alphabet) for column in PRODUCTS.columns})
    return st.lists(product, min_size=1, max_size=4)


def as_text(value: Value | None, style: int) -> str:
    """One of the ways in which people write it, chosen by `style`."""
    if value is None:
        return ["", " ", "\u00a0"][style % 3]
    if isinstance(value, bool):
        return [["no", "sí"], ["FALSO", "Verdadero"], ["0", "1"]][style % 3][value]
    if isinstance(value, Decimal):
        comma = (point := f"{value:,}").translate({ord(","): ".", ord("."): ","})
        return [str(value), point, comma, f"$ {comma}".replace("$ -", "-$ ")][style % 4]
    if isinstance(value, date):
        return [str(value), f"{value:%d/%m/%Y}", f"{value.day}-{value.month}-{value.year}"][style % 3]
    return f" {value} " if style % 2 else str(value)


@given(
    products(ANY_TEXT) | products(WESTERN),
    st.sampled_from(ENCODINGS),
    st.sampled_from(",;\t|"),
    st.sampled_from(["\r\n", "\n", "\r"]),
    st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_ALL]),
    st.integers(0, 11),
)
@settings(max_examples=200)
def test_values_survive_a_csv(rows, encoding, delimiter, end, quoting, style):
    out = io.StringIO()
    writer = csv.writer(out, delimiter=delimiter, lineterminator=end, quoting=quoting)
    writer.writerow(PRODUCTS.names)
    writer.writerows([as_text(row[name], style) for name in PRODUCTS.names] for row in rows)
    try:
        content = out.getvalue().encode(encoding)
    except UnicodeEncodeError:
        assume(False)
    # Bytes that happen to be UTF-8 too are read as UTF-8, and letters thrown together are no words of a language.
    assume(encoding != "cp1252" or content.isascii() or is_read_as_windows_1252(content))
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "productos.csv")
        path.write_bytes(content)
        assert read(path).values() == rows


def is_read_as_windows_1252(content: bytes) -> bool:
    try:
        return detect_encoding(io.BytesIO(content)) == "cp1252"
    except FileProblem:
        return False


def as_cell(value: Value | None, typed: bool) -> Any:
    """A cell of its own kind, or text."""
    if not typed or value is None:
        return None if value is None else as_text(value, 0)
    return float(value) if isinstance(value, Decimal) else value


@given(products(ANY_TEXT), st.booleans(), st.integers(1, 4), st.integers(1, 4))
@settings(max_examples=40)
def test_values_survive_a_workbook(rows, typed, top, left):
    book = openpyxl.Workbook()
    for number, row in enumerate([dict(zip(PRODUCTS.names, PRODUCTS.names, strict=True)), *rows], start=top):
        for place, name in enumerate(PRODUCTS.names, start=left):
            cell = book.active.cell(number, place, as_cell(row[name], typed))
            if isinstance(cell.value, str):
                cell.data_type = "s"  # not a formula, though it begin with "="
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "productos.xlsx")
        book.save(path)
        assert read(path).values() == rows


@given(st.integers(0, 10**12 - 1), st.integers(0, 15))
@settings(max_examples=30)
def test_codes_that_a_number_format_pads_survive_a_workbook(number, digits):
    book = openpyxl.Workbook()
    book.active.append(PRODUCTS.names)
    book.active.append([column.example for column in PRODUCTS.columns])
    code = book.active.cell(2, PRODUCTS.names.index("codigo") + 1, number)
    code.number_format = "0" * digits or "General"
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "productos.xlsx")
        book.save(path)
        assert read(path).values()[0]["codigo"] == str(number).rjust(digits, "0")
