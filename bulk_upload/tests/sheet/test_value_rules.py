"""Values that are odd, and warn of it."""

from __future__ import annotations

import datetime

import pytest

from bulk_upload.sheet.cross_column_rules import NotAbove
from bulk_upload.sheet.value_rules import NotPast, UsualForm
from catalog.sheets.products import ATC, INVIMA

TODAY = datetime.date.today()  # noqa: DTZ011  # as the rule


def is_odd(pattern: str, text: str) -> bool:
    return UsualForm("x", pattern, example="").find([text]) is not None


@pytest.mark.parametrize(
    "text",
    [
        *("INVIMA 2015M-0012345-R1", "INVIMA 2008DM-0001234", "2017DM-0016789-R1", "INVIMA 2021EBC-0008432"),
        *("INVIMA 2017RD-0004503", "INVIMA 2018MBT-0000015", "INVIMA PFM2011-0001794", "INVIMA SD2012-0002445"),
        *("INVIMA PFM 2010-0001569", "INVIMA M-014188", "M-011111", "INVIMA M- 007227 R-1", "INVIMA 2009 DM-0003426"),
        *("invima 2006 m-004976r1", "INVIMA2003M-0002669", "INVIMA 2006M0006043", "INVIMA: M-012921"),
        *("INVIMA 2012M.0013122", "NSOC12345-12CO", "RSA-0012345-2018", ""),
    ],
)
def test_a_registration_as_invima_writes_it_is_usual(text):
    assert not is_odd(INVIMA, text)


@pytest.mark.parametrize(
    "text",
    [
        *("en trámite", "N/A", "no aplica", "12345", "INVIMA", "INVIMA 2024DM", "2024-0012345", "INVIMA 20012769"),
        *("INVIMA 2024DM-1", "INVIMA 2015M-0012345; INVIMA 2016M-0012346", "FDA K123456"),
    ],
)
def test_anything_else_is_not(text):
    assert is_odd(INVIMA, text)


@pytest.mark.parametrize("text", ["A", "A10", "A10B", "A10BA", "A10BA02", "V", ""])
def test_a_code_of_any_level_is_an_atc_code(text):
    assert not is_odd(ATC, text)


@pytest.mark.parametrize("text", ["A1", "A10B2", "A10BA0", "A10BA021", "E10", "10", "A10 BA02", "a10"])
def test_half_a_level_is_none(text):
    assert is_odd(ATC, text)


def test_what_is_odd_is_named_with_an_example():
    found = UsualForm("atc", ATC, example="A10BA02").find(["A10B2"])
    assert found
    assert (found.columna, found.codigo, found.valor) == ("atc", "unusual_form", "A10B2")
    assert found.params == {"columna": "atc", "valor": "A10B2", "ejemplo": "A10BA02"}


def test_a_day_is_past_when_it_is_over():
    rule, day = NotPast("registro_vence"), datetime.timedelta(days=1)
    found = rule.find_all([[TODAY - day, TODAY, TODAY + day, None]])
    assert {place: (finding.codigo, finding.valor) for place, finding in found.items()} == {
        0: ("past_date", str(TODAY - day))
    }


def test_only_two_numbers_can_be_in_the_wrong_order():
    rule = NotAbove("a", "b", code="x", names=("low", "high"), rejects=True)
    assert not rule.is_warning
    assert [rule.find(pair) is None for pair in ([2, 8], [8, 8], [8, None], [None, 8], [8, 2])] == [True] * 4 + [False]
