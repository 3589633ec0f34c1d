"""What the guarded child says arrives as it was meant."""

from __future__ import annotations

import datetime
import math
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bulk_upload.checking.results import CheckedChunk, Problem
from bulk_upload.reading import decoding, protocol
from bulk_upload.reading.child.library_values import to_cells
from bulk_upload.sheet.cells import DateCell, ErrorCell, UnreadCell
from bulk_upload.sheet.problems import FileProblem
from catalog.sheets.products import PRODUCTS

CELLS = (
    st.none()
    | st.booleans()
    | st.floats(allow_nan=False)
    | st.text(st.characters(exclude_categories=["Cs"]))
    | st.builds(ErrorCell, st.text(st.characters(exclude_categories=["Cs"])))
    | st.builds(DateCell, st.text(st.characters(exclude_categories=["Cs"])))
    | st.builds(UnreadCell, st.sampled_from(["merged_cell"]), st.text(st.characters(exclude_categories=["Cs"])))
)


def arrived(message: protocol.Message) -> list[protocol.Message]:
    return [protocol.decode(line) for line in protocol.encode(message).splitlines(keepends=True)]


@given(st.lists(CELLS))
def test_every_cell_arrives_as_it_is(cells):
    (message,) = arrived(["rows", [[7, cells]]])
    assert message == ["rows", [[7, cells]]]
    assert list(map(type, message[1][0][1])) == list(map(type, cells))


def test_numbers_that_json_does_not_know_arrive():
    ((_, [[_, cells]]),) = arrived(["rows", [[2, [math.inf, -math.inf, math.nan]]]])
    assert cells[:2] == [math.inf, -math.inf]
    assert math.isnan(cells[2])


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
    rows = [[number, ["x" * 30_000] * 5] for number in range(100)]
    messages = arrived(["rows", rows])
    assert len(messages) > 1
    assert [row for _, part in messages for row in part] == rows


def test_the_end_is_known_without_decoding():
    assert protocol.encode(["end"]) == protocol.END + b"\n"


@pytest.fixture
def chunk() -> CheckedChunk:
    values = ["P1", "Guantes", "007", "GUANTES", None, Decimal("12.50"), "INVIMA", "Seco", 5, None, 8, True, False]
    problem = Problem(4, "nombre", "required_blank", {"columna": "nombre"})
    return CheckedChunk([2], [[value] for value in values], 5, [problem], {4}, {2: 17})


def test_a_chunk_arrives_as_it_is(chunk):
    there = decoding.chunk(protocol.encode(protocol.chunk_message(chunk)), PRODUCTS)
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
    message = protocol.chunk_message(chunk)
    message[2][place] = values
    with pytest.raises(FileProblem) as problem:
        decoding.chunk(protocol.encode(message), PRODUCTS)
    assert problem.value.code == "damaged_file"


@pytest.mark.parametrize("line", [b"", b"{}", b"[]", b"7", b'["rows"', b"\xff", b'[{"text": "x"}]', b"[" * 100_000])
def test_what_is_no_message_is_refused(line):
    with pytest.raises(ValueError):  # noqa: PT011 (the text is for the log)
        protocol.decode(line)
