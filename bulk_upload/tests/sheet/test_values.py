"""What a cell's content becomes, and what is refused rather than guessed."""

from __future__ import annotations

from decimal import Decimal

import pytest

from bulk_upload.sheet.cells import DateCell, ErrorCell
from bulk_upload.sheet.problems import CellProblem
from bulk_upload.wording import text_of
from catalog.sheets.products import PRODUCTS


def parse(column, cell):
    return PRODUCTS.columns[PRODUCTS.index[column]].parse(cell)


def refusal(column, cell):
    with pytest.raises(CellProblem) as caught:
        parse(column, cell)
    return caught.value.code


@pytest.mark.parametrize(
    ("cell", "price"),
    [
        ("1250", "1250"),
        ("1250.00", "1250"),
        ("1250,5", "1250.5"),
        ("1.250,00", "1250"),
        ("1,250.00", "1250"),
        ("$ 1.250,00", "1250"),
        ("$1250", "1250"),
        ("1.250.000", "1250000"),
        ("1,250,000.75", "1250000.75"),
        ("0.50", "0.5"),
        ("\u00a01250 ", "1250"),
        (1250.1, "1250.1"),
        (0.1 + 0.2, "0.3"),
        (0.0, "0"),
        ("9999999999.99", "9999999999.99"),
    ],
)
def test_prices_are_understood_in_both_notations(cell, price):
    assert parse("precio_unitario", cell) == Decimal(price)


@pytest.mark.parametrize(
    ("cell", "code"),
    [
        ("1.250", "ambiguous_number"),
        ("1,250", "ambiguous_number"),
        ("$ 12.500", "ambiguous_number"),
        ("1.25.0", "not_a_number"),
        ("1,250.000,00", "not_a_number"),
        ("1_000", "not_a_number"),
        ("٣٤", "not_a_number"),
        ("NaN", "not_a_number"),
        ("1e5", "not_a_number"),
        ("1E+9999999", "not_a_number"),
        ("1,5E+03", "scientific_notation"),
        ("gratis", "not_a_number"),
        ("-5", "below_minimum"),
        ("10000000000", "above_maximum"),
        ("12.345.678.901", "above_maximum"),
        ("1.2345", "too_many_decimals"),
        ("0.125", "too_many_decimals"),
        (1e300, "digits_lost"),
        (float("inf"), "not_a_number"),
        (True, "not_a_number"),
        (DateCell("2026-01-31"), "not_a_number"),
        (ErrorCell("#N/A"), "excel_error"),
        ("#¡DIV/0!", "excel_error"),
    ],
)
def test_a_price_is_never_guessed(cell, code):
    assert refusal("precio_unitario", cell) == code


@pytest.mark.parametrize(
    ("cell", "code"),
    [
        ("007", "007"),
        (7701234567890.0, "7701234567890"),
        (7.0, "7"),
        (12.5, "12.5"),
        (" A-1\u00a0", "A-1"),
        ("1E5", "1E5"),
        ("Cafe\u0301", "Café"),
        ("a\nb", "a b"),
    ],
)
def test_codes_stay_exact(cell, code):
    assert parse("codigo", cell) == code


@pytest.mark.parametrize(
    ("cell", "code"),
    [
        (1e15, "digits_lost"),
        (12345678901234567890.0, "digits_lost"),
        ("7,70123E+12", "scientific_notation"),
        (True, "boolean_in_text"),
        (DateCell("2026-01-02"), "date_in_text"),
        (ErrorCell("#REF!"), "excel_error"),
        ("#N/A", "excel_error"),
        ("a\x00b", "control_characters"),
        ("a\x1bb", "control_characters"),
        ("\ud800", "control_characters"),
        ("x" * 65, "too_long"),
    ],
)
def test_a_code_that_may_be_wrong_is_refused(cell, code):
    assert refusal("codigo", cell) == code


@pytest.mark.parametrize("cell", ["true", "TRUE", "1", "si", "Sí", "SI\u0301", "yes", "Verdadero", True, 1.0])
def test_words_for_yes(cell):
    assert parse("requiere_lote", cell) is True


@pytest.mark.parametrize("cell", ["false", "0", "no", "NO", "falso", False, 0.0])
def test_words_for_no(cell):
    assert parse("requiere_lote", cell) is False


@pytest.mark.parametrize("cell", ["quizás", "2", 2.0, DateCell("2026-01-01"), "x"])
def test_other_words_are_not_booleans(cell):
    assert refusal("requiere_lote", cell) == "not_a_boolean"


@pytest.mark.parametrize(
    ("cell", "code"),
    [
        ("5.5", "not_an_integer"),
        ("pronto", "not_an_integer"),
        ("3651", "above_maximum"),
        (-1.0, "below_minimum"),
        ("1.250", "ambiguous_integer"),
    ],
)
def test_days_are_whole_and_in_range(cell, code):
    assert refusal("tiempo_entrega_dias", cell) == code


def test_whole_numbers_may_be_written_with_decimals_that_are_zero():
    assert parse("tiempo_entrega_dias", "10,00") == 10
    assert parse("tiempo_entrega_dias", 10.0) == 10


def test_a_category_is_upper_cased():
    assert parse("categoria", " protección personal ") == "PROTECCIÓN PERSONAL"


def test_a_category_that_grows_when_upper_cased_is_measured_afterwards():
    assert refusal("categoria", "ß" * 40) == "too_long"


def test_a_whole_number_is_not_asked_for_with_decimals():
    with pytest.raises(CellProblem) as caught:
        parse("stock_minimo", "pocas")
    sentence = text_of(caught.value.code, {**caught.value.params, "columna": "stock_minimo"}, "es")
    assert "1250" in sentence
    assert "1250.50" not in sentence


ERRORS = [
    *("#¡CAMPO!", "#FIELD!", "#BUSY!", "#ERROR!", "#NOMBRE?", "#¿NOMBRE?", "#NAME?", "#¡VALOR!", "#VALUE!", "#¡REF!"),
    *("#¡DIV/0!", "#N/A", "#N/D", "#¡NUM!", "#¡NULO!", "#GETTING_DATA", "#SPILL!", "#DESBORDAMIENTO!", "#CALC!"),
    *("#¡CÁLCULO!", "#CONNECT!", "#¡CONEXIÓN!", "#BLOCKED!", "Err:502", "Err:508", "########", "#n/a", " #REF! "),
]


@pytest.mark.parametrize("cell", ERRORS)
@pytest.mark.parametrize("column", ["nombre", "codigo", "precio_unitario", "stock_minimo", "requiere_lote"])
def test_the_errors_of_spreadsheet_programs_are_no_values(column, cell):
    assert refusal(column, cell) == "excel_error"


@pytest.mark.parametrize("cell", ["#3-0", "#10", "Sutura #N/A", "Error: 502", "Err:5", "#", "##", "#REF"])
def test_a_name_with_a_number_sign_is_no_error(cell):
    assert parse("nombre", cell) == cell


@pytest.mark.parametrize(
    "mark", ["\u200b", "\u200e", "\u202a", "\u202e", "\u2066", "\u2069", "\u00ad", "\u2060", "\ufeff"]
)
def test_an_invisible_character_is_removed_at_the_ends_of_a_code_and_refused_within(mark):
    assert parse("codigo", f"{mark}A-1{mark} ") == "A-1"
    with pytest.raises(CellProblem) as caught:
        parse("codigo", f" A{mark}-1")
    assert caught.value.code == "invisible_characters"
    assert caught.value.params == {"caracter": f"U+{ord(mark):04X}", "lugar": 3}
    assert parse("nombre", f"Guan{mark}tes{mark}") == "Guantes"


def test_a_letter_that_was_lost_is_refused():
    assert refusal("codigo", "A\ufffd1") == "lost_characters"
    assert refusal("nombre", "Protecci\ufffdn") == "lost_characters"


@pytest.mark.parametrize("text", ["96385074", "036000291452", "7701234567897", "17701234567894", " 00012348 "])
def test_a_gtin_is_kept_exactly(text):
    assert parse("gtin", text) == text.strip()
    assert parse("gtin", 7701234567897.0) == "7701234567897"


@pytest.mark.parametrize(
    ("cell", "code"),
    [
        ("7701234567898", "wrong_check_digit"),
        ("7710234567897", "wrong_check_digit"),  # two digits in each other's place
        ("12348", "not_a_gtin"),
        (12348.0, "not_a_gtin"),  # 00012348 was written into a cell of numbers
        ("770123456789", "wrong_check_digit"),
        ("77-01234567897", "not_a_gtin"),
        ("٧٧٠١٢٣٤٥٦٧٨٩٧", "not_a_gtin"),
        ("7,70123E+12", "scientific_notation"),
        (77012345678901234.0, "digits_lost"),
        ("9" * 300, "not_a_gtin"),
    ],
)
def test_a_number_that_is_no_gtin_is_refused(cell, code):
    assert refusal("gtin", cell) == code


@pytest.mark.parametrize(
    ("cell", "degrees"),
    [
        ("-20", "-20.0"),
        ("-20,5", "-20.5"),
        (-20.5, "-20.5"),
        ("2", "2.0"),
        ("-0", "0.0"),
        (-0.0, "0.0"),
        ("100", "100.0"),
    ],
)
def test_a_temperature_may_be_below_zero(cell, degrees):
    assert str(parse("temperatura_min", cell)) == degrees


@pytest.mark.parametrize(
    ("cell", "code"),
    [
        ("-100.1", "below_minimum"),
        ("-273", "below_minimum"),
        ("100.1", "above_maximum"),
        ("2.25", "too_many_decimals"),
        ("2 °C", "not_a_number"),
    ],
)
def test_a_temperature_that_nobody_stores_at_is_refused(cell, code):
    assert refusal("temperatura_max", cell) == code
