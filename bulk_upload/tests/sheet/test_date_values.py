"""What a cell of a column of dates becomes, and what is refused rather than guessed."""

from __future__ import annotations

import datetime

import pytest

from bulk_upload.sheet.cells import DateCell, ErrorCell
from bulk_upload.sheet.date_values import date_parser
from bulk_upload.sheet.problems import CellProblem
from bulk_upload.wording import text_of

DAY = datetime.date(2027, 3, 31)
parse = date_parser(datetime.date(2020, 1, 1), datetime.date(2060, 12, 31))

# Each month by the names and abbreviations that people write.
NAMES = [
    ("enero", "ene", "january", "jan"),
    ("febrero", "feb", "february"),
    ("marzo", "mar", "march"),
    ("abril", "abr", "april", "apr"),
    ("mayo", "may"),
    ("junio", "jun", "june"),
    ("julio", "jul", "july"),
    ("agosto", "ago", "august", "aug"),
    ("septiembre", "setiembre", "sep", "sept", "set", "september"),
    ("octubre", "oct", "october"),
    ("noviembre", "nov", "november"),
    ("diciembre", "dic", "december", "dec"),
]
MONTHS = [(name, month) for month, names in enumerate(NAMES, start=1) for name in names]


def refusal(cell):
    with pytest.raises(CellProblem) as caught:
        parse(cell)
    return caught.value


@pytest.mark.parametrize(
    "text",
    [
        *("2027-03-31", "2027/03/31", "2027-3-31", "31/03/2027", "31-03-2027", "31.03.2027", "31/3/2027"),
        *("31-mar-2027", "31-Mar-2027", "31/mar/2027", "31.mar.2027", "31-mar.-2027", "31-MARZO-2027", "31/March/2027"),
        *("31 de marzo de 2027", "31 DE MARZO DE 2027", "31 de marzo del 2027", "31 de marzo, 2027", "31 mar 2027"),
        *("31 mar. 2027", "31 March 2027", "31\u00a0de\u00a0marzo\u00a0de\u00a02027", " 31/03/2027\u00a0"),
        *("2027-03-31T00:00:00", "2027-03-31 00:00:00", "2027-03-31 0:00", "2027-03-31 00:00:00.000"),
    ],
)
def test_a_day_is_understood_in_every_form(text):
    assert parse(text) == DAY


@pytest.mark.parametrize(("name", "month"), MONTHS)
@pytest.mark.parametrize("form", ["{}-{}-2027", "{}/{}/2027", "{}-{}.-2027", "{} de {} de 2027", "{} {}. 2027"])
def test_months_are_known_by_their_names_in_any_case(form, name, month):
    for written in (name.lower(), name.upper(), name.title()):
        assert parse(form.format(9, written)) == datetime.date(2027, month, 9)


def test_the_day_comes_before_the_month():
    assert parse("03/04/2027") == datetime.date(2027, 4, 3)
    assert parse("2027/03/04") == datetime.date(2027, 3, 4)


@pytest.mark.parametrize(
    "text",
    ["31/02/2027", "29/02/2027", "03/31/2027", "2027-31-03", "00/03/2027", "31-abr-2027", "01/01/0000", "1/0/2027"],
)
def test_a_day_that_does_not_exist_is_refused(text):
    assert refusal(text).code == "impossible_date"


def test_a_leap_day_exists():
    assert parse("29/02/2028") == datetime.date(2028, 2, 29)


@pytest.mark.parametrize("text", ["31/03/27", "31-mar-27", "31 de marzo de 27", "27-03-31", "27/03/31", "03/31/27"])
def test_a_year_of_two_digits_is_never_completed(text):
    assert refusal(text).code == "two_digit_year"


@pytest.mark.parametrize("cell", [46477.0, "46477", 46477.5, "46477,5", 45015.0, 99999.0])
def test_a_number_may_be_a_date_of_either_calendar_and_is_refused(cell):
    assert refusal(cell).code == "serial_number_date"


@pytest.mark.parametrize(
    "cell",
    [
        *("mañana", "2027", "03/2027", "mar-2027", "2027-03", "31 de marzo", "31/03-2027", "31-03/2027", "3103/2027"),
        *("March 31, 2027", "miércoles 31 de marzo de 2027", "31-mrz-2027", "31--2027", "31/03/20270", "131/03/2027"),
        *(
            "20270331",
            "2027-W13-3",
            "2027-090",
            "٣١/٠٣/٢٠٢٧",
            "３１/03/2027",
            "31/03/2027x",
            "31–03–2027",
            "-31/03/2027",
        ),
        *("31-ma\u0280-2027", "31-\u017fep-2027", "10:30", "10:30:00", "31 de marzo de\n2027", "x" * 32767),
        *(20270331.0, 2027.0, 7.0, 0.0, -1.0, float("nan"), float("inf"), True, False),
        *(DateCell("10:30:00"), DateCell("00:00:00"), DateCell("26:30:00"), DateCell("-1:00:00")),
    ],
)
def test_anything_else_is_no_date(cell):
    assert refusal(cell).code == "not_a_date"


def test_a_long_text_costs_no_time():
    for text in ("1" * 32767, "1 " * 16000, "31 de " + " " * 32000 + "x", "2027-03-31 " + "0:00 " * 6000):
        assert refusal(text).code == "not_a_date"


@pytest.mark.parametrize(
    "cell",
    [
        *("2027-03-31T10:30:00", "2027-03-31 10:30", "2027-03-31T00:00:01", "2027-03-31 00:00:00.001"),
        *("2027-03-31T00:00:00Z", "2027-03-31T00:00:00-05:00", "31/03/2027 00:00", "31/03/2027 12:00:00 a. m."),
        *(DateCell("2027-03-31T10:30:00"), DateCell("2027-03-31T00:00:00.086000")),
    ],
)
def test_a_time_of_day_is_refused(cell):
    assert refusal(cell).code == "date_with_time"


def test_a_day_with_a_time_is_looked_at_too():
    assert refusal("31/02/2027 10:30").code == "impossible_date"
    assert refusal("31/03/27 10:30").code == "two_digit_year"


@pytest.mark.parametrize("text", ["2027-03-31", "2027-03-31T00:00:00"])
def test_a_cell_of_a_date_is_that_day(text):
    assert parse(DateCell(text)) == DAY


@pytest.mark.parametrize("cell", ["2019-12-31", "31/12/1999", "2061-01-01", "9999-12-31", DateCell("1900-01-01")])
def test_a_day_outside_the_limits_is_refused(cell):
    problem = refusal(cell)
    assert problem.code == "date_out_of_range"
    assert problem.params["minimo"] == "2020-01-01"
    assert problem.params["maximo"] == "2060-12-31"


def test_the_limits_themselves_are_taken():
    assert parse("2020-01-01") == datetime.date(2020, 1, 1)
    assert parse("31/12/2060") == datetime.date(2060, 12, 31)


@pytest.mark.parametrize("cell", [ErrorCell("#N/A"), ErrorCell("#NEW!"), "#¡VALOR!", "########", " #N/D "])
def test_an_error_of_a_spreadsheet_is_no_date(cell):
    assert refusal(cell).code == "excel_error"


@pytest.mark.parametrize("cell", ["mañana", "31/03/27", "03/31/2027", 46477.0, "1999-01-01", "2027-03-31 10:30"])
@pytest.mark.parametrize("language", ["es", "en"])
def test_the_sentence_shows_what_was_found_and_what_to_write(language, cell):
    problem = refusal(cell)
    sentence = text_of(problem.code, {**problem.params, "columna": "fecha_vencimiento"}, language)
    assert "fecha_vencimiento" in sentence
    assert ("46477" if cell == 46477.0 else str(cell)) in sentence
    assert any(example in sentence for example in ("2027-03-31", "31/03/2027", "2020-01-01"))
    assert "{" not in sentence
