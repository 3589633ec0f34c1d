"""No workbook below 1 MB costs over ten seconds of CPU or 500 MB, whatever is in it."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from bulk_upload.checking.tables import Limits
from bulk_upload.reading.files import only_reader
from bulk_upload.sheet.cells import column_letter
from bulk_upload.sheet.problems import FileProblem, shown
from bulk_upload.tests.awkward import raw_workbook as raw
from bulk_upload.tests.awkward.building import sheet
from bulk_upload.tests.awkward.make_awkward import HEADER, product
from catalog.sheets.products import PRODUCTS

MOST = Limits(memory_bytes=500 * 1024**2, cpu_seconds=10)
TOP = raw.inline_row(1, HEADER) + raw.inline_row(2, map(str, product()))


def workbook(folder: Path, rows: str, *, text: str = "", top: str = TOP, **parts: Any) -> Path:
    shared = f'<sst xmlns="{raw.MAIN}"><si><t>{text}</t></si></sst>'
    path = raw.save(folder / "productos.xlsx", raw.parts(sheet(top, rows, **parts), sharedStrings=shared))
    assert path.stat().st_size < 1024**2
    return path


def shared_text(rows: range, columns: int) -> str:
    """Rows whose cells all hold the one shared text."""
    lines = []
    for row in rows:
        cells = "".join(f'<c r="{column_letter(column)}{row}" t="s"><v>0</v></c>' for column in range(columns))
        lines.append(f'<row r="{row}">{cells}</row>')
    return "".join(lines)


def outcome(path: Path) -> Counter[str] | FileProblem:
    """What checking the whole file comes to, within the limits: the codes of its rows' problems, or its own."""
    codes: Counter[str] = Counter()
    try:
        with only_reader(MOST) as reader:
            for chunk in reader.checked(path, "xlsx", PRODUCTS, next_row=0, chunk_rows=2500).batches:
                codes.update(problem.codigo for problem in chunk.problems)
                codes["good"] += len(chunk.numbers)
    except FileProblem as problem:
        return problem
    return codes


def refused(path: Path) -> tuple[str, Any]:
    problem = outcome(path)
    assert isinstance(problem, FileProblem)
    return problem.code, problem.params.get("celda")


def test_long_texts_in_all_cells_are_refused_row_by_row(tmp_path):
    found = outcome(workbook(tmp_path, shared_text(range(3, 100), 13), text="x" * 32_000))
    assert isinstance(found, Counter)
    assert (found["good"], found["too_long"], found.total()) == (1, 97 * 7, 1 + 97 * 13)


@pytest.mark.parametrize("columns", [13, 256])
def test_more_text_than_any_catalogue_holds(tmp_path, columns):
    assert refused(workbook(tmp_path, shared_text(range(3, 500), columns), text="ñ" * 32_000)) == (
        "too_big_to_read",
        None,
    )


def test_headers_of_32000_characters(tmp_path):
    path = workbook(tmp_path, shared_text(range(1, 51), 256), text="Ǆ" * 32_000, top="")
    assert refused(path) == ("no_header", None)


@pytest.mark.parametrize(
    ("cell", "code"), [("BZ1048576", "far_cell"), ("IV1048576", "far_cell"), ("XFD1048576", "too_many_columns")]
)
def test_one_stray_cell_is_named(tmp_path, cell, code):
    row = f'<row r="1048576"><c r="{cell}"><v>1</v></c></row>'
    assert refused(workbook(tmp_path, row)) == (code, cell)


def test_a_million_blank_rows_of_256_cells(tmp_path):
    rows = '<row r="3"><c r="IV3"><v>1</v></c></row><row r="1048576"><c r="A1048576"><v>1</v></c></row>'
    found = outcome(workbook(tmp_path, rows))
    assert isinstance(found, Counter)
    assert found["good"] == 1


def test_a_formula_in_row_4294967295(tmp_path):
    rows = '<row r="4294967295"><c r="A4294967295"><f>1</f></c><c r="B4294967295"><v>1</v></c></row>'
    assert refused(workbook(tmp_path, rows))[0] in ("too_many_rows", "damaged_file")


def test_a_stray_cell_within_reach_is_a_row_like_any_other(tmp_path):
    found = outcome(workbook(tmp_path, '<row r="500"><c r="Z500"><v>1</v></c></row>'))
    assert isinstance(found, Counter)
    assert found["required_blank"] == 8


def test_a_dimension_that_is_much_too_wide(tmp_path):
    rows = "".join(raw.inline_row(n, map(str, product(id=f"P{n}", codigo=f"C{n}"))) for n in range(3, 5000))
    path = workbook(tmp_path, rows, head='<dimension ref="A1:IU1048576"/>')
    assert outcome(path) == Counter(good=4998)


def test_a_hundred_thousand_merged_ranges(tmp_path):
    rows = "".join(raw.inline_row(n, map(str, product(id=f"P{n}", codigo=f"C{n}"))) for n in range(3, 1000))
    ranges = "".join(f'<mergeCell ref="A{3 + n % 500}:M1048576"/>' for n in range(100_000))
    assert outcome(workbook(tmp_path, rows, tail=f"<mergeCells>{ranges}</mergeCells>")) == Counter(good=998)


def test_what_is_shown_is_cut_before_it_is_looked_at():
    class Text(str):
        """Fails when it is gone through as a whole."""

        def __iter__(self) -> Any:
            raise AssertionError

        def isprintable(self) -> bool:
            raise AssertionError

    assert shown(Text("x" * 32_000)) == "x" * 59 + "…"
    assert shown("a\x07" + "x" * 32_000)[:3] == "a�x"
