"""What the guarded child says arrives as it was meant."""

from __future__ import annotations

import datetime
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bulk_upload.cells import DateCell, ErrorCell
from bulk_upload.reading import wire

CELLS = (
    st.none()
    | st.booleans()
    | st.floats(allow_nan=False)
    | st.text(st.characters(exclude_categories=["Cs"]))
    | st.builds(ErrorCell, st.text(st.characters(exclude_categories=["Cs"])))
    | st.builds(DateCell, st.text(st.characters(exclude_categories=["Cs"])))
)


def arrived(message: wire.Message) -> list[wire.Message]:
    return [wire.decode(line) for line in wire.encode(message).splitlines(keepends=True)]


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
def test_dates_of_calamine_arrive_as_text(value, text):
    ((_, [[_, cells]]),) = arrived(["rows", [[2, [value]]]])
    assert cells == [DateCell(text)]


def test_a_batch_of_very_long_rows_is_divided():
    rows = [[number, ["x" * 30_000] * 5] for number in range(100)]
    messages = arrived(["rows", rows])
    assert len(messages) > 1
    assert [row for _, part in messages for row in part] == rows


@pytest.mark.parametrize("line", [b"", b"{}", b"[]", b"7", b'["rows"', b"\xff", b'[{"text": "x"}]', b"[" * 100_000])
def test_what_is_no_message_is_refused(line):
    with pytest.raises(ValueError):  # noqa: PT011 (the text is for the log)
        wire.decode(line)
