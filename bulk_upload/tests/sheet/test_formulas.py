"""Text that a spreadsheet would run: marked in a CSV, and taken back by the reader."""

from __future__ import annotations

import csv
import io
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bulk_upload.sheet.formulas import FORMULA_STARTS, protected, unwrapped

ODD = st.text(st.sampled_from([*"=+-@'\"\t\n,;| a1", "ñ", "＝"]), max_size=14)


@pytest.mark.parametrize(
    ("cell", "meaning"),
    [
        ('="00701"', "00701"),
        ("'0092", "0092"),
        ("'-20 °C", "-20 °C"),
        ("''0092", "'0092"),
        ('\'="007"', '="007"'),
        ("'a,'=1", "a,=1"),
        ("'premium' gloves", "'premium' gloves"),
        ("=1+1", "=1+1"),
        ('="a"&"b"', '="a"&"b"'),
        ("-20 °C", "-20 °C"),
        ("'", "'"),
        ("Tubo 9'", "Tubo 9'"),
        ("", ""),
    ],
)
def test_what_a_cell_means(cell, meaning):
    assert unwrapped(cell) == meaning


@given(ODD | st.text(max_size=12))
@settings(max_examples=500)
def test_the_reader_takes_back_what_was_protected(text):
    assert unwrapped(protected(text)) == text


def runs(cell: str) -> bool:
    return cell.lstrip(' \t\r\n"').startswith(tuple(sign for sign in FORMULA_STARTS if not sign.isspace()))


@given(st.lists(st.tuples(ODD, ODD, ODD), min_size=1, max_size=3), st.sampled_from(",;"))
@settings(max_examples=500)
def test_no_cell_runs_at_either_separator(rows, separator):
    text = io.StringIO()
    writer = csv.writer(text, delimiter=separator, quoting=csv.QUOTE_ALL)
    writer.writerows([["x", *map(protected, row)] for row in rows])
    for split in ",;":
        for row in csv.reader(io.StringIO(text.getvalue(), newline=""), delimiter=split):
            assert not any(map(runs, row))


def test_ordinary_text_is_left_alone():
    for text in ("Guantes", "N-95", "a-b, c", '3/4"', "2 + 2", "d'Agua"):
        assert protected(text) == text == unwrapped(text)


def test_a_very_long_text_costs_no_time():
    for text in ("'" + "\n" * 32_000, "'" + ',"' * 16_000, '="' + "x" * 32_000):
        start = time.perf_counter()
        assert unwrapped(text) == text
        assert time.perf_counter() - start < 0.1
