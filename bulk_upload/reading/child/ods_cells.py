"""The cells of an .ods: what they hold, and what they show where that is more than the number."""

from __future__ import annotations

import datetime
import math
import re
from functools import lru_cache
from typing import Final

from bulk_upload.reading.child.number_formats import shown_text
from bulk_upload.reading.child.ods_names import (
    BOOLEAN_VALUE,
    DATE_VALUE,
    EXTENDED_TYPE,
    FORMULA,
    STRING_VALUE,
    TIME_VALUE,
    VALUE,
    VALUE_TYPE,
)
from bulk_upload.reading.child.plain_workbook import (
    NO_RESULT,
    boolean_cell,
    error_cell,
    number_cell,
    text_cell,
)
from bulk_upload.sheet.excel_errors import is_error_text

PLAIN, PERCENT, DATE, MOMENT, TIME, DURATION, HIDDEN = range(7)
# A format that hides the number: the cell is refused in a column of text.
_CODES: Final = ("General", "0%", "yyyy-mm-dd", "yyyy-mm-dd hh:mm:ss", "hh:mm:ss", "[h]:mm:ss", ";;;")
# More different formats are no real sheet's.
_MOST_FORMATS: Final = 4000
# A number as it is shown where its format adds nothing: digits, groups of them, an exponent, but no zeros in front.
_PLAIN: Final = re.compile(r"[-−]?(?:[1-9]|0(?![0-9]))[0-9.,'\u00a0\u202f ]*(?:E[+-]?[0-9]+)?", re.IGNORECASE)
_DIGIT: Final = re.compile("[0-9]")
_LITERALS: Final = re.compile(r"[^0.]+")
_DURATION: Final = re.compile(
    r"(-?)P(?:([0-9]{1,7})D)?T(?:([0-9]{1,9})H)?(?:([0-9]{1,9})M)?(?:([0-9]{1,9})(?:[.,]([0-9]{1,9}))?S)?"
)
_DAY: Final = 86_400
_EPOCH: Final = datetime.datetime(1899, 12, 30)  # noqa: DTZ001 (a sheet has no time zones)
# Before this Excel's numbers of days are one less.
_FIRST: Final = datetime.datetime(1900, 3, 1)  # noqa: DTZ001


class OdsCells:
    """Makes cells, and collects the `formats` of their numbers."""

    def __init__(self) -> None:
        self.formats: list[str | int] = list(_CODES)
        self._styles: dict[str, int] = {code: n for n, code in enumerate(_CODES)}

    def cell(self, attributes: dict[str, str], text: str) -> str:
        """The cell with these attributes, whose paragraphs are `text`. Raises `ValueError` for a value that is none."""
        kind = attributes.get(VALUE_TYPE, "")
        has_formula = FORMULA in attributes
        if attributes.get(EXTENDED_TYPE) == "error" or (has_formula and is_error_text(text)):
            return error_cell(text or "#VALUE!")
        match kind:
            case "float":
                return self._number(float(attributes[VALUE]), text)
            case "percentage":
                return number_cell(float(attributes[VALUE]), PERCENT)
            case "currency":
                return number_cell(float(attributes[VALUE]))
            case "boolean":
                return boolean_cell(attributes.get(BOOLEAN_VALUE) == "true")
            case "date":
                return _date(attributes[DATE_VALUE])
            case "time":
                return _time(attributes[TIME_VALUE])
            case "string":
                return text_cell(attributes.get(STRING_VALUE) or text)
        if has_formula and not text:
            return NO_RESULT
        return text_cell(text)

    def _number(self, number: float, text: str) -> str:
        if not text or _PLAIN.fullmatch(text):
            return number_cell(number)
        return number_cell(number, self._style(format_that_shows(text, number)))

    def _style(self, code: str) -> int:
        style = self._styles.get(code)
        if style is None:
            if len(self.formats) >= _MOST_FORMATS:
                return HIDDEN
            style = self._styles[code] = len(self.formats)
            self.formats.append(code)
        return style


@lru_cache(maxsize=4096)
def format_that_shows(text: str, number: float) -> str:
    """A format in which `number` is shown as `text`; one that hides it where there is none.

    >>> format_that_shows("PRD-0007", 7.0)
    '"PRD-"0000'
    """
    decimal = text.replace(",", ".") if "," in text and "." not in text else text
    # Zeros stand for digits, everything else for itself; a point only between digits.
    places = re.sub(r"(?<!0)\.|\.(?!0)", "\0", _DIGIT.sub("0", decimal))
    code = _LITERALS.sub(lambda match: _literal(match[0].replace("\0", ".")), places)
    if places.count(".") > 1 or not math.isfinite(number):
        return _CODES[HIDDEN]
    if number < 0:
        code = f"{code};{code}"  # what is shown has its sign already
    return code if shown_text(code, number) == decimal.strip() else _CODES[HIDDEN]


def _literal(text: str) -> str:
    return f'"{text}"' if '"' not in text else "".join(f"\\{character}" for character in text)


def _date(text: str) -> str:
    """A date or a moment. One that no spreadsheet counts stays a text."""
    try:
        moment = datetime.datetime.fromisoformat(text)
    except ValueError:
        return text_cell(text)
    if moment.tzinfo or moment < _FIRST:
        return text_cell(text)
    since = moment - _EPOCH
    days = since.days + (since.seconds + since.microseconds / 1e6) / _DAY
    return number_cell(days, MOMENT if since.seconds or since.microseconds else DATE)


def _time(text: str) -> str:
    """A time of the day, or a duration of a day and more."""
    match = _DURATION.fullmatch(text)
    if not match:
        return text_cell(text)
    sign, days, hours, minutes, seconds, fraction = match.groups(default="0")
    total = int(days) * _DAY + int(hours) * 3600 + int(minutes) * 60 + int(seconds) + float(f"0.{fraction}")
    is_negative = sign == "-"
    style = DURATION if is_negative or total >= _DAY else TIME
    return number_cell((-total if is_negative else total) / _DAY, style)
