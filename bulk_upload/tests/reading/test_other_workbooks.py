""".xls, .xlsb and .ods: what they hold comes out exactly, and what is damaged or hostile is refused in words."""

from __future__ import annotations

import io
import struct
import tempfile
import zipfile
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bulk_upload.checking.chunks import CheckingFault
from bulk_upload.checking.tables import Limits
from bulk_upload.reading.child.biff_records import records
from bulk_upload.reading.child.compound_file import CompoundFile
from bulk_upload.reading.child.ods_cells import format_that_shows
from bulk_upload.reading.child.plain_file import plain_file
from bulk_upload.sheet.cells import Cell, DateCell, ErrorCell, UnreadCell
from bulk_upload.sheet.problems import FileProblem
from bulk_upload.tests.awkward import raw_xlsb
from bulk_upload.tests.awkward.make_awkward import AWKWARD_ROWS, HEADER, product
from bulk_upload.tests.awkward.make_awkward_office import FOLDER
from bulk_upload.tests.awkward.office import with_part
from bulk_upload.tests.awkward.raw_xlsb import Error, Styled
from bulk_upload.tests.awkward.reading import READERS, read
from catalog.sheets.products import PRODUCTS

NAMES = (
    'xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" '
    'xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0" '
    'xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0" '
    'xmlns:style="urn:oasis:names:tc:opendocument:xmlns:style:1.0" '
    'xmlns:draw="urn:oasis:names:tc:opendocument:xmlns:drawing:1.0"'
)
CODES = ["00000", "0%", "yyyy-mm-dd"]
SHARED_TEXT = 0xFD
TEXT = st.text(st.characters(exclude_categories=["Cc", "Cs", "Cn", "Zl", "Zp"]), min_size=1, max_size=9).filter(
    lambda text: text.strip() == text
)
VALUE = st.one_of(
    TEXT,
    st.floats(allow_nan=False, allow_infinity=False),
    st.integers(-(10**15), 10**15).map(float),
    st.booleans(),
    st.none(),
    st.sampled_from([Error("#N/A"), Error("#DIV/0!"), Styled(7.0, 1), Styled(46_082.0, 3)]),
)
READ: dict[Any, Cell] = {Styled(7.0, 1): "00007", Styled(46_082.0, 3): DateCell("2026-03-01")}


def ods(folder: Path, *rows: str, sheets: str = "") -> Path:
    """A workbook with these rows of a sheet, below the header; `sheets` come after it."""
    header = "<table:table-row>" + "".join(map(ods_text, HEADER)) + "</table:table-row>"
    content = (
        f"<office:document-content {NAMES}><office:body><office:spreadsheet>"
        f'<table:table table:name="Productos">{header}{"".join(rows)}</table:table>{sheets}'
        "</office:spreadsheet></office:body></office:document-content>"
    )
    with zipfile.ZipFile(folder / "a.ods", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet", zipfile.ZIP_STORED)
        archive.writestr("content.xml", content)
    return folder / "a.ods"


def ods_text(text: str) -> str:
    return f'<table:table-cell office:value-type="string"><text:p>{text}</text:p></table:table-cell>'


def repeated_text(count: str) -> str:
    return ods_text("007").replace("table-cell ", f'table-cell table:number-columns-repeated="{count}" ')


def ods_row(cells: str, **attributes: int) -> str:
    """The first product of `AWKWARD_ROWS` with other cells in the place of its code."""
    repeated = f' table:number-rows-repeated="{attributes["repeated"]}"' if attributes else ""
    before, after = ("".join(map(ods_text, part)) for part in (product()[:2], product()[3:]))
    return f"<table:table-row{repeated}>{before}{cells}{after}</table:table-row>"


def refusal(path: Path) -> str:
    with pytest.raises(FileProblem) as problem:
        read(path)
    return problem.value.code


@given(st.lists(st.lists(VALUE, min_size=3, max_size=3), min_size=1, max_size=6))
@settings(max_examples=25, deadline=None)
def test_every_value_of_an_xlsb_comes_out_as_it_was_written(rows):
    written = [[f"P{n}", *cells] for n, cells in enumerate(rows)]
    with tempfile.TemporaryDirectory() as folder:
        head = ["id", "nombre", "codigo", "presentacion", *HEADER[3:4], *HEADER[5:]]
        path = raw_xlsb.save(Path(folder, "a.xlsb"), [head, *written], codes=CODES)
        found = [cells + [None] * (4 - len(cells)) for _, cells in read(path).rows]
    expected = [[READ.get(c, ErrorCell(c.text) if isinstance(c, Error) else c) for c in row] for row in written]
    assert found == expected


@pytest.mark.parametrize(
    ("cell", "read_as"),
    [
        ('<table:table-cell office:value-type="float" office:value="7"><text:p>007</text:p></table:table-cell>', "007"),
        ('<table:table-cell office:value-type="float" office:value="7701234567897"/>', 7701234567897.0),
        ('<table:table-cell office:value-type="date" office:date-value="2026-03-01"/>', DateCell("2026-03-01")),
        ('<table:table-cell office:value-type="time" office:time-value="PT26H30M00S"/>', DateCell("26:30:00")),
        ('<table:table-cell office:value-type="boolean" office:boolean-value="true"/>', True),
        (
            '<table:table-cell table:formula="of:=NA()" office:value-type="string"><text:p>#N/D</text:p>'
            "</table:table-cell>",
            ErrorCell("#N/D"),
        ),
        ('<table:table-cell table:formula="of:=1+1"/>', UnreadCell("formula_without_result", "")),
        (
            '<table:table-cell office:value-type="string"><office:annotation><text:p>Nota</text:p></office:annotation>'
            '<text:p>A<text:s text:c="2"/><text:span>B</text:span></text:p><draw:frame><text:p>C</text:p></draw:frame>'
            "</table:table-cell>",
            "A  B",
        ),
        ('<table:table-cell office:value-type="string"><text:p>a\u200b_x0041_</text:p></table:table-cell>', None),
    ],
)
def test_a_cell_of_an_ods_is_what_its_sheet_shows(tmp_path, cell, read_as):
    found = read(ods(tmp_path, ods_row(cell))).column("codigo")
    assert found == ["a\u200b_x0041_" if read_as is None else read_as]


@pytest.mark.parametrize(
    ("text", "number", "code"),
    [
        ("00007", 7, "00000"),
        ("PRD-0007", 7, '"PRD-"0000'),
        ("2,5 ml", 2.5, '0.0" ml"'),
        ("2 ml", 2.5, ";;;"),
        ("agotado", 0, '"agotado"'),
    ],
)
def test_what_an_ods_shows_for_a_number_is_kept_as_a_format(text, number, code):
    assert format_that_shows(text, float(number)) == code


def test_equal_rows_and_cells_that_are_written_once_are_read_as_often_as_they_are_there(tmp_path):
    blank = '<table:table-row table:number-rows-repeated="3"><table:table-cell/></table:table-row>'
    reading = read(ods(tmp_path, ods_row(ods_text("007"), repeated=2), blank, ods_row(ods_text("008"))))
    assert reading.numbers == [2, 3, 7]


def test_a_hidden_sheet_and_what_was_deleted_of_an_ods_are_passed_over(tmp_path):
    deleted = "<table:tracked-changes><table:table-cell><text:p>x</text:p></table:table-cell></table:tracked-changes>"
    others = f'<table:table table:name="Otra">{deleted}</table:table>'
    assert read(ods(tmp_path, ods_row(ods_text("007")), sheets=others)).table.sheet == "Productos"
    assert read(FOLDER / "hidden_sheet.ods").table.warnings == ()


@pytest.mark.parametrize(
    ("row", "code"),
    [
        (ods_row(ods_text("007"), repeated=1_048_575), "too_many_rows"),
        (ods_row(ods_text("007"), repeated=2_000_000_000), "damaged_file"),
        (ods_row(repeated_text("99999")), "too_many_columns"),
        (ods_row(repeated_text("-1")), "damaged_file"),
        ("<!DOCTYPE x [<!ENTITY a 'b'>]>", "damaged_file"),
        ("<table:table-row><table:table-cell office:value-type='float' office:value='x'/></table:table-row>",
         "damaged_file"),
    ],
)  # fmt: skip
def test_an_ods_that_is_more_than_a_list_is_refused_in_words(tmp_path, row, code):
    path = ods(tmp_path, row)
    with READERS.reader(Limits(max_rows=1000)) as reader, pytest.raises(FileProblem) as problem:
        list(reader.rows(path, "ods", PRODUCTS).batches)
    assert problem.value.code == code


def test_cells_of_an_xls_in_any_order_are_read_in_order(tmp_path):
    """Some writers leave them as they were filled: here the second product stands before the first."""
    content = (FOLDER / "titled.xls").read_bytes()
    stream = CompoundFile(content).stream("Workbook")
    start = content.index(stream[:512])
    cells = [(struct.unpack_from("<H", cell)[0], at) for kind, at, cell in records(stream, 0) if kind == SHARED_TEXT]
    first, second = (min(at for row, at in cells if row == number) for number in (4, 5))
    end = second + (second - first)  # both rows have as many cells
    turned = content[start + second : start + end] + content[start + first : start + second]
    (tmp_path / "a.xls").write_bytes(content[: start + first] + turned + content[start + end :])
    reading = read(tmp_path / "a.xls")
    assert (reading.numbers, reading.column("id")) == ([5, 6], ["PROD001", "PROD002"])


@pytest.mark.parametrize("name", ["codes.xls", "codes.ods", "codes.xlsb", "one_csv.zip"])
@given(st.data())
@settings(max_examples=40, deadline=None)
def test_damaged_bytes_are_read_or_refused_in_words(name, data):
    content = bytearray((FOLDER / name).read_bytes())
    for _ in range(data.draw(st.integers(1, 8))):
        content[data.draw(st.integers(8, len(content) - 1))] = data.draw(st.integers(0, 255))
    del content[data.draw(st.integers(len(content) // 2, len(content))) :]
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, name)
        path.write_bytes(content)
        with suppress(FileProblem), plain_file(path, path.suffix[1:], Limits()):
            pass


@pytest.mark.parametrize("chain", [struct.pack("<I", 0) * 64, struct.pack("<I", 1) * 64])
def test_a_chain_of_sectors_without_an_end_is_refused(tmp_path, chain):
    content = bytearray((FOLDER / "codes.xls").read_bytes())
    (table,) = struct.unpack_from("<I", content, 76)
    place = 512 * (table + 1)
    content[place : place + len(chain)] = chain
    (tmp_path / "a.xls").write_bytes(content)
    assert refusal(tmp_path / "a.xls") == "damaged_file"


def test_an_xls_that_is_a_word_document_is_told_so(tmp_path):
    names = [name.encode("utf-16-le") for name in ("Workbook", "WordDocu")]
    content = (FOLDER / "codes.xls").read_bytes().replace(*names)
    (tmp_path / "a.xls").write_bytes(content)
    assert refusal(tmp_path / "a.xls") == "not_a_workbook"


def test_an_xlsb_with_a_record_that_is_too_long_is_refused(tmp_path):
    path = raw_xlsb.save(tmp_path / "a.xlsb", [HEADER, *AWKWARD_ROWS])
    bad = with_part(path.read_bytes(), "xl/worksheets/sheet1.bin", b"\x81\x01\xff\xff\xff\x7f" + bytes(99))
    path.write_bytes(bad)
    assert refusal(path) == "damaged_file"


def test_a_zip_that_says_less_than_it_holds_is_refused(tmp_path):
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a.csv", b"id,nombre\n" * 10_000)
    content = bytearray(target.getvalue())
    struct.pack_into("<I", content, content.index(b"PK\x01\x02") + 24, 100)
    (tmp_path / "a.zip").write_bytes(content)
    assert refusal(tmp_path / "a.zip") == "damaged_file"


@pytest.mark.parametrize("name", ["codes.xls", "codes.ods", "codes.xlsb"])
def test_a_second_attempt_goes_on_at_its_row(name):
    with READERS.reader(Limits()) as reader:
        table = reader.checked(FOLDER / name, name.rpartition(".")[2], PRODUCTS, next_row=4, chunk_rows=2)
        assert [list(chunk.numbers) for chunk in table.batches] == [[4], [6]]


@pytest.mark.parametrize("name", ["codes.xls", "one_csv.zip"])
def test_a_full_disk_is_no_fault_of_the_file(monkeypatch, name):
    monkeypatch.setattr(tempfile, "TemporaryFile", lambda: open("/dev/full", "w+b"))  # noqa: PTH123, SIM115
    with pytest.raises(CheckingFault), plain_file(FOLDER / name, name.rpartition(".")[2], Limits()):
        pass


def test_a_copy_is_a_nameless_file_in_the_folder_of_the_file(tmp_path):
    (tmp_path / "a.xls").write_bytes((FOLDER / "codes.xls").read_bytes())
    read(tmp_path / "a.xls")
    assert [path.name for path in tmp_path.iterdir()] == ["a.xls"]
