"""What is taken out of a text, what is refused, and what stays."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bulk_upload.sheet.text_cleaning import BLANKS, BadCharacter, clean_code, clean_text, is_clean


def refusal(clean, text):
    with pytest.raises(BadCharacter) as caught:
        clean(text)
    return caught.value.code, caught.value.character, caught.value.place


def test_white_space_and_invisible_characters_at_the_ends_are_removed():
    assert clean_text("\u200e\u00a0 Guantes\u00ad \ufeff") == "Guantes"
    assert clean_code("\u202aA-1\u202c\u200b") == "A-1"


def test_an_invisible_character_within_a_code_is_refused_with_its_place():
    assert refusal(clean_code, "\u200b77\u200b01") == ("invisible_characters", "U+200B", 4)
    assert refusal(clean_code, "A\u200d1") == ("invisible_characters", "U+200D", 2)
    assert refusal(clean_code, "A\ufe0f1") == ("invisible_characters", "U+FE0F", 2)


def test_text_loses_what_nobody_sees_and_keeps_what_joins_letters():
    assert clean_text("hipo\u00adalér\u200bgico \u202adl\u202c") == "hipoalérgico dl"
    assert clean_text("👩\u200d⚕\ufe0f") == "👩\u200d⚕\ufe0f"


def test_a_lost_letter_is_refused_everywhere():
    assert refusal(clean_text, " Protecci\ufffdn") == ("lost_characters", "U+FFFD", 10)
    assert refusal(clean_code, "A\ufffd") == ("lost_characters", "U+FFFD", 2)


def test_text_is_composed_and_in_one_line():
    assert clean_text("Cafe\u0301\r\nnegro\tfino") == "Café negro fino"
    assert clean_code("N\u0303-1") == "Ñ-1"


def test_control_characters_are_refused():
    assert refusal(clean_text, "a\x07b") == ("control_characters", "U+0007", 2)


@given(st.text(max_size=20))
def test_what_was_cleaned_stays_as_it_is(text):
    for clean in (clean_text, clean_code):
        try:
            once = clean(text)
        except BadCharacter:
            continue
        assert clean(once) == once == once.strip(BLANKS) == unicodedata.normalize("NFC", once)


@given(st.text(max_size=20))
def test_the_quick_look_overlooks_nothing(text):
    if is_clean(text):
        assert clean_text(text) == clean_code(text) == text.strip(" ")
