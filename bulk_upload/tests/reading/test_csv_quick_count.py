"""An ordinary CSV is counted quickly, and comes to the same as record by record: the total, each row, each refusal."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bulk_upload.checking.tables import Limits
from bulk_upload.reading.child import csv_file, csv_quick_count, csv_text
from bulk_upload.reading.child.csv_dialect import Dialect
from bulk_upload.reading.child.csv_file import open_csv
from bulk_upload.reading.child.csv_quick_count import quick_count
from bulk_upload.sheet.problems import FileProblem
from bulk_upload.tests.awkward.make_awkward import HEADER
from bulk_upload.tests.helpers.csv_files import LINE
from bulk_upload.tests.helpers.csv_files import csv_file as written
from catalog.sheets.products import PRODUCTS

LIMITS = Limits(max_rows=8, max_columns=16)
# Those at the beginning are ordinary.
CELLS = [
    *("a", "", "7", "é", "15–30", '"a"', '"a, b; c"', '""', '"a ""b"" c"', '""""', "x" * 40),
    *(" ", "\u00a0", "\u2028", "\x0b", "\x1c", '" "', '"\u00a0"', "'"),
    *('"', 'a"', '3/4" b', '"a" b', '"a"b"', '"a\nb"', '"a\r\nb"', '"\n"', '"a\rb"', 'b"c"', "\x1a", "\0"),
    "y" * 131_073,
]
ENDS = ["\n", "\n", "\n", "\r\n", "\r\n", "\r", "\n\n", "\n,,,\n"]


@st.composite
def contents(draw: Any) -> bytes:
    """A file with a header; most often one that is nearly ordinary."""
    delimiter = draw(st.sampled_from(",;\t|§"))
    cells = CELLS[: draw(st.sampled_from([11, 19, len(CELLS)]))]
    ends = ENDS[: draw(st.sampled_from([3, 5, len(ENDS)]))]
    rows = draw(st.lists(st.lists(st.sampled_from(cells), max_size=18), max_size=12))
    above = draw(st.sampled_from(["", "", "\n", "Lista\n", f"sep={delimiter}\n", f"sep={delimiter}\r\n"]))
    lines = [delimiter.join(row) + draw(st.sampled_from(ends)) for row in [HEADER, *rows]]
    text = above + "".join(lines) + draw(st.sampled_from(["", "a", "\x1a", "\x1a\x1a"]))
    return text.encode(draw(st.sampled_from(["utf-8", "utf-8-sig", "cp1252", "mac_roman", "utf-16"])), "replace")


def reading(path: Path) -> tuple[Any, ...]:
    """All that is seen of a file: its total and its rows, or its refusal."""
    try:
        with open_csv(path, PRODUCTS, LIMITS) as table:
            return table.total, [(list(batch.numbers), batch.columns) for batch in table.batches]
    except FileProblem as problem:
        return problem.code, problem.params


@settings(max_examples=250, deadline=None)
@given(contents(), st.sampled_from([1, 50, 400, 512 * 1024]))
def test_a_quick_look_comes_to_the_same_as_each_record(tmp_path_factory, content, block):
    path = tmp_path_factory.getbasetemp() / "generated.csv"
    path.write_bytes(content)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(csv_quick_count, "_BLOCK", block)
        quick = reading(path)
        patch.setattr(csv_file, "quick_count", lambda *_: None)
        patch.setattr(csv_text, "_is_sound", lambda *_: False)
        assert quick == reading(path)


@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_cells_in_quotes_and_blank_lines_are_ordinary(tmp_path, end):
    quoted = LINE.replace("Guantes de nitrilo talla M", '"Guantes, talla ""M"""')
    lines = [LINE, quoted, "", " ,\u00a0,", '"",""', ",".join(f'"{cell}"' for cell in LINE.split(","))]
    assert quick_total(written(tmp_path, *lines, end=end)) == 3


@pytest.mark.parametrize("cell", ['Tubo 3/4"', '"Guantes\nde nitrilo"', '"Guantes" ', "a\rb", "," * 256, "x" * 140_000])
def test_anything_else_is_left_to_a_look_at_each_record(tmp_path, cell):
    assert quick_total(written(tmp_path, LINE, cell + LINE)) is None


def quick_total(path: Path) -> int | None:
    with path.open("rb") as file:
        return quick_count(file, "utf-8", Dialect(","), Limits(), 1)
