"""Dates and decimals as a mapping says that a file writes them: parameters of the column's one rule."""

from __future__ import annotations

import datetime
from decimal import Decimal

import pytest

from bulk_upload.checking.field import Field
from bulk_upload.sheet.problems import CellProblem
from catalog.sheets.products import PRODUCTS

DAY = PRODUCTS.column("registro_vence")
PRICE = PRODUCTS.column("precio_unitario")
DAYS = PRODUCTS.column("tiempo_entrega_dias")


@pytest.mark.parametrize(
    ("order", "text", "day"),
    [
        ("", "03/04/2035", (2035, 4, 3)),
        ("dma", "03/04/2035", (2035, 4, 3)),
        ("mda", "03/04/2035", (2035, 3, 4)),
        ("mda", "2035-04-03", (2035, 4, 3)),
        ("mda", "3-abr-2035", (2035, 4, 3)),
        ("amd", "2035.04.03", (2035, 4, 3)),
        ("amd", "20350403", (2035, 4, 3)),
        ("amd", 20350403.0, (2035, 4, 3)),
        ("amd", "2035-04-03 00:00:00", (2035, 4, 3)),
    ],
)
def test_a_day_is_read_in_the_order_that_is_said(order, text, day):
    assert DAY.written_with(date_order=order).parse(text) == datetime.date(*day)


@pytest.mark.parametrize(
    ("order", "text", "code"),
    [
        ("mda", "31/12/2035", "impossible_date"),
        ("amd", "03/04/2035", "not_a_date"),
        ("amd", "35/04/03", "two_digit_year"),
        ("amd", "20351340", "impossible_date"),
        ("dma", "20350403", "not_a_date"),
        ("mda", "04/03/35", "two_digit_year"),
    ],
)
def test_a_day_in_another_order_is_refused(order, text, code):
    with pytest.raises(CellProblem) as problem:
        DAY.written_with(date_order=order).parse(text)
    assert problem.value.code == code


@pytest.mark.parametrize(
    ("sign", "text", "value"),
    [
        (",", "1.250", "1250"),
        (",", "1,25", "1.25"),
        (",", "1.250,5", "1250.5"),
        (",", "$ 12.345.678,90", "12345678.90"),
        (",", "-0", "0"),
        (".", "1,250", "1250"),
        (".", "1250.50", "1250.50"),
        (".", "1,250.50", "1250.50"),
        (".", "1.250", "1.25"),
    ],
)
def test_a_number_begins_its_decimals_at_the_sign_that_is_said(sign, text, value):
    assert PRICE.written_with(decimal_sign=sign).parse(text) == Decimal(value)


@pytest.mark.parametrize(
    ("sign", "text", "code"),
    [
        (",", "1250.50", "not_a_number"),
        (",", "1,250,000", "not_a_number"),
        (",", "1,255", "too_many_decimals"),
        (".", "1250,50", "not_a_number"),
        (".", "1.250.000", "not_a_number"),
        (".", "1.250,50", "not_a_number"),
    ],
)
def test_a_number_in_the_other_notation_is_refused(sign, text, code):
    with pytest.raises(CellProblem) as problem:
        PRICE.written_with(decimal_sign=sign).parse(text)
    assert problem.value.code == code


def test_a_whole_number_knows_its_sign_too():
    assert DAYS.written_with(decimal_sign=",").parse("1.250") == 1250


@pytest.mark.parametrize("sign", ["", ",", "."])
def test_a_whole_column_comes_to_what_its_cells_come_to(sign):
    column = PRICE.written_with(decimal_sign=sign)
    for cells in (["12", "7,5", "0,25"], ["12", "7.5", "0.25"], ["1250", "12"], [12.0, 7.5], ["1.250", "3"]):
        values, refusals = Field(column).values(cells)
        alone = [Field(column).values([cell]) for cell in cells]
        assert values == [value for (value,), _ in alone]
        assert sorted(refusals) == [place for place, (_, refused) in enumerate(alone) if refused]


def test_the_declared_column_stays_as_it_was():
    assert PRICE.written_with(decimal_sign=",").parse is not PRICE.parse
    assert PRICE.parse("1250.50") == Decimal("1250.50")
