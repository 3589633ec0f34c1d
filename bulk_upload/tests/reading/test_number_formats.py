"""What a sheet shows for a number in a column of text: made exactly, or refused."""

from __future__ import annotations

import pytest

from bulk_upload.reading.child.number_formats import adds_text, is_percent, shown_text
from bulk_upload.sheet.cells import UnreadCell


@pytest.mark.parametrize(
    ("code", "number", "text"),
    [
        ("00000", 7, "00007"),
        ("00000", 0, "00000"),
        ("00000", 7701234567897, "7701234567897"),
        ("00000", -7, "-00007"),
        ('"PRD-"0000', 7, "PRD-0007"),
        ("000\\-000", 7, "000-007"),
        ("000\\-000", 12345678, "12345-678"),
        ("(00) 0000", 123456, "(12) 3456"),
        ("[Red]000", 7, "007"),
        ("000;[Red]-000", -7, "-007"),
        ('"a;b"00', 7, "a;b07"),
        ("[$-409]00", 7, "07"),
        ("_-00_-", 7, "07"),
        ("00.00", 7.5, "07.50"),
        ('0.0" ml"', 2.5, "2.5 ml"),
        ('General" ml"', 2.5, "2.5 ml"),
        ('@" u"', 5, "5 u"),
        ('#,##0" uds"', 250, "250 uds"),
        ("$ #,##0.00", 5, "$ 5.00"),
        ("[$€-2] 0.00", 2.5, "€ 2.50"),
        ("0%", 0.05, "5%"),
        ("0.0%", 0.055, "5.5%"),
        ("# ?/?", 0.5, "1/2"),
        ("# ?/?", 1.5, "1 1/2"),
        ("# ?/?", 3, "3"),
        ("# ??/??", 0.75, "3/4"),
        ("?/8", 0.5, "4/8"),
        ('[=0]"agotado";0', 0, "agotado"),
        ('[<5]0" poco";0" mucho"', 3, "3 poco"),
        ('[<5]0" poco";0" mucho"', 7, "7 mucho"),
        ('0;0" menos";"nada"', 0, "nada"),
        ('0" x"', -3, "-3 x"),
    ],
)
def test_the_text_is_what_the_sheet_shows(code, number, text):
    assert shown_text(code, float(number)) == text


@pytest.mark.parametrize(
    "code", ["General", "@", "0", "0.00", "#,##0", "#,##0.00", "0.00E+00", "##0.0E+0", "_-* #,##0.00_-", "[Red]0", "#"]
)
@pytest.mark.parametrize("number", [2.5, 1250.0, 7701234567897.0, 1e15, float("inf")])
def test_decimals_and_groups_are_no_part_of_a_number(code, number):
    assert shown_text(code, number) == number


@pytest.mark.parametrize(
    ("code", "number"),
    [
        ("00000", 7.5),  # shows 00008
        ('0.0" ml"', 2.53),  # shows 2.5 ml
        ("0%", 0.055),
        ("# ?/?", 0.123),
        (";;;", 5),
        ("0;;", 0),
        ("000;-000;", 0),
        ('#,##0" uds"', 1250),  # 1,250 or 1.250, as the machine is set
        ("0,", 1250),  # thousands
        ("[h]:mm", 2),
        ("x", 3),
        ("[DBNum1]0", 3),
        ('0" ml"' * 50, 3),  # longer than Excel allows
    ],
)
def test_what_hides_or_changes_the_number_is_refused(code, number):
    assert shown_text(code, float(number)) == UnreadCell("hidden_by_format", format(number, ".15g"))


def test_only_formats_that_may_add_something_cost_a_look_at_the_cells():
    assert [adds_text(code) for code in ("General", "@", "0", "#,##0.00", "0%", '0" ml"')] == [False] * 4 + [True] * 2
    assert [is_percent(code) for code in ("0%", "0.0 %", '0"%"', "0\\%", "0")] == [True, True, False, False, False]
