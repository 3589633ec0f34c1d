"""What the guarded child says arrives as it was meant."""

from __future__ import annotations

import datetime
import json
import math
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bulk_upload.checking.results import CheckedChunk, Problem
from bulk_upload.checking.tables import Batch
from bulk_upload.reading import decoding, protocol
from bulk_upload.reading.child.library_values import to_cells
from bulk_upload.reading.child.messages import _rows
from bulk_upload.sheet.cells import DateCell, ErrorCell, Row, UnreadCell
from bulk_upload.sheet.problems import FileProblem
from catalog.sheets.products import PRODUCTS

CELLS = (
    st.none()
    | st.booleans()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(st.characters(exclude_categories=["Cs"]))
    | st.builds(ErrorCell, st.text(st.characters(exclude_categories=["Cs"])))
    | st.builds(DateCell, st.text(st.characters(exclude_categories=["Cs"])))
    | st.builds(UnreadCell, st.sampled_from(["merged_cell"]), st.text(st.characters(exclude_categories=["Cs"])))
)


def arrived(rows: list[Row]) -> list[Row]:
    lines = protocol.encode(protocol.Rows(rows)).splitlines()
    return [row for line in lines for row in decoding.rows(line)]


@given(st.lists(CELLS))
def test_every_cell_arrives_as_it_is(cells):
    ((number, there),) = arrived([(7, cells)])
    assert (number, there) == (7, cells)
    assert list(map(type, there)) == list(map(type, cells))


def test_numbers_that_json_does_not_know_are_sent_as_texts():
    batch = Batch([2], [[math.inf], [-math.inf], [math.nan], [""], [1.5]])
    assert _rows(batch).rows == [(2, ["inf", "-inf", "nan", None, 1.5])]


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (datetime.date(2026, 3, 1), "2026-03-01"),
        (datetime.time(14, 30), "14:30:00"),
        (datetime.timedelta(days=1, hours=2, seconds=5), "26:00:05"),
        (datetime.timedelta(minutes=-90), "-1:30:00"),
    ],
)
def test_dates_of_calamine_become_text(value, text):
    assert to_cells(["a", value]) == ["a", DateCell(text)]


def test_a_batch_of_very_long_rows_is_divided():
    rows = [(number, ["x" * 30_000] * 5) for number in range(100)]
    assert len(protocol.encode(protocol.Rows(rows)).splitlines()) > 1
    assert arrived(rows) == rows


@pytest.fixture
def chunk() -> CheckedChunk:
    values = ["P1", "Guantes", "007", "GUANTES", None, Decimal("12.50"), "INVIMA", "Seco", 5, None, 8, True, False]
    values += [None, "", "A10", datetime.date(2035, 5, 31), Decimal("-20.5"), None]
    problem = Problem(4, "nombre", "required_blank", {"columna": "nombre"})
    return CheckedChunk([2], [[value] for value in values], 5, [problem], {4}, {2: 17})


def test_a_chunk_arrives_as_it_is(chunk):
    there = decoding.chunk(protocol.encode(chunk), PRODUCTS)
    assert there == chunk
    assert [type(value) for value in there.rows()[0]] == [type(value) for value in chunk.rows()[0]]


@pytest.mark.parametrize(
    ("place", "values"),
    [
        (0, [7]),  # a number for a text
        (0, [{"error": "#N/A"}]),
        (0, [None]),  # a required value
        (1, ["a\0b"]),
        (5, ["NaN"]),
        (5, ["sNaN"]),
        (5, ["mucho"]),
        (5, [12.5]),
        (8, [True]),
        (11, [1]),
        (3, []),  # too short
    ],
)
def test_a_child_that_says_something_else_is_not_believed(chunk, place, values):
    message = json.loads(protocol.encode(chunk))
    message[2][place] = values
    with pytest.raises(FileProblem) as problem:
        decoding.chunk(json.dumps(message).encode(), PRODUCTS)
    assert problem.value.code == "damaged_file"


def test_a_backslash_before_a_letter_is_no_nul(chunk):
    """What stands before ``u0000`` is escaped itself."""
    chunk.columns[1][0] = "C:\\u0000"
    assert decoding.chunk(protocol.encode(chunk), PRODUCTS).columns[1] == ["C:\\u0000"]


LINES = [b"", b"{}", b"[]", b"7", b'["rows"', b"\xff", b'[{"text": "x"}]', b"[" * 100_000, b'["chunk"]', b'["end",-1]']


@pytest.mark.parametrize("decode", [decoding.table, decoding.chunk, decoding.preview])
@pytest.mark.parametrize("line", LINES)
def test_what_is_no_message_is_a_damaged_file(decode, line):
    with pytest.raises(FileProblem) as problem:
        decode(line, PRODUCTS)
    assert problem.value.code == "damaged_file"
