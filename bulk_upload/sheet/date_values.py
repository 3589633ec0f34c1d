"""Cell → date: the forms in which a day may be written. The rules are those of `values`: nothing is guessed."""

from __future__ import annotations

import datetime
import re
from collections.abc import Callable
from typing import Final

from bulk_upload.sheet.cells import Cell, DateCell, ErrorCell
from bulk_upload.sheet.excel_errors import is_error_text
from bulk_upload.sheet.problems import CellProblem, shown
from bulk_upload.sheet.text_cleaning import BLANKS
from bulk_upload.sheet.values import written

# The form in which dates travel and are kept.
ISO_DATE: Final = re.compile("[0-9]{4}-[0-9]{2}-[0-9]{2}")

# Spanish, then English: the whole name and its abbreviations, without a point.
_MONTHS: Final = (
    "enero ene january jan",
    "febrero feb february feb",
    "marzo mar march mar",
    "abril abr april apr",
    "mayo may may",
    "junio jun june jun",
    "julio jul july jul",
    "agosto ago august aug",
    "septiembre setiembre sept sep set september",
    "octubre oct october oct",
    "noviembre nov november nov",
    "diciembre dic december dec",
)
_MONTH_OF: Final = {name: number for number, names in enumerate(_MONTHS, start=1) for name in names.split()}

_TIME: Final = r"[0-9]{1,2}:[0-9]{2}(?::[0-9]{2}(?:[.,][0-9]{1,9})?)?"
_WITH_TIME: Final = re.compile(rf"(\S.*?)(?:[Tt]|[ \u00a0]+)({_TIME})(.*)", re.DOTALL)
_MIDNIGHT: Final = re.compile(r"00?:00(?::00(?:[.,]0+)?)?")
_YEAR_FIRST: Final = re.compile(r"(?P<year>[0-9]{4})([-/])(?P<month>[0-9]{1,2})\2(?P<day>[0-9]{1,2})")
_YEAR_LAST: Final = re.compile(r"(?P<day>[0-9]{1,2})([-/.])(?P<month>[0-9]{1,2})\2(?P<year>[0-9]{4}|[0-9]{2})")
_NAMED: Final = re.compile(
    r"(?P<day>[0-9]{1,2})([-/.])(?P<month>[A-Za-z]{3,10})\.?\2(?P<year>[0-9]{4}|[0-9]{2})",
)
_IN_WORDS: Final = re.compile(
    r"(?P<day>[0-9]{1,2})[ \u00a0]+(?:de[ \u00a0]+)?(?P<month>[A-Za-z]{3,10})\.?,?[ \u00a0]+(?:del?[ \u00a0]+)?"
    r"(?P<year>[0-9]{4}|[0-9]{2})",
    re.IGNORECASE | re.ASCII,
)
_MONTH_FIRST: Final = re.compile(r"(?P<month>[0-9]{1,2})([-/.])(?P<day>[0-9]{1,2})\2(?P<year>[0-9]{4}|[0-9]{2})")
_YEAR_BEFORE: Final = re.compile(r"(?P<year>[0-9]{4}|[0-9]{2})([-/.])(?P<month>[0-9]{1,2})\2(?P<day>[0-9]{1,2})")
_COMPACT: Final = re.compile(r"(?P<year>[0-9]{4})(?P<month>[0-9]{2})(?P<day>[0-9]{2})")
_FORMS: Final = (_YEAR_FIRST, _YEAR_LAST, _NAMED, _IN_WORDS)
# Where the order is known, by its name.
_FORMS_BY_ORDER: Final = {
    "mda": (_YEAR_FIRST, _MONTH_FIRST, _NAMED, _IN_WORDS),
    "amd": (_YEAR_BEFORE, _NAMED, _IN_WORDS),
}
# What a spreadsheet keeps for the days from 1927 to 2173, in the calendar of 1900.
_SERIAL_NUMBER: Final = re.compile(r"[1-9][0-9]{4}(?:[.,][0-9]+)?")
# Characters of the longest form, with room for blanks.
_LONGEST: Final = 60


def date_parser(earliest: datetime.date, latest: datetime.date, order: str = "") -> Callable[[Cell], datetime.date]:
    """A day from `earliest` to `latest`, without a time of day.

    `order` is that of day, month and year in digits where it is known: ``dma``, ``mda`` or ``amd``. A year of four
    digits that stands first is one in any order.
    """

    def parse(cell: Cell) -> datetime.date:
        date = _date(cell, order)
        if not earliest <= date <= latest:
            limits = {"minimo": earliest.isoformat(), "maximo": latest.isoformat()}
            raise CellProblem("date_out_of_range", **limits, valor=shown(written(cell)))
        return date

    return parse


def looks_like_a_date(text: str) -> bool:
    """Whether `text` has one of the forms of a day, in any order of its parts, with a time or without."""
    text = text.strip(BLANKS)[:_LONGEST]
    with_time = _WITH_TIME.fullmatch(text)
    day = with_time[1] if with_time else text
    return any(form.fullmatch(day) for form in (*_FORMS, _MONTH_FIRST))


def _date(cell: Cell, order: str) -> datetime.date:
    text = written(cell).strip(BLANKS)
    if isinstance(cell, ErrorCell) or (isinstance(cell, str) and is_error_text(text)):
        raise CellProblem("excel_error", valor=shown(text))
    if isinstance(cell, bool) or len(text) > _LONGEST:
        raise CellProblem("not_a_date", valor=shown(text))
    if _SERIAL_NUMBER.fullmatch(text):
        raise CellProblem("serial_number_date", valor=shown(text))
    if order == "amd" and (match := _COMPACT.fullmatch(text)):
        return _of_calendar(match, text)
    if not isinstance(cell, str | DateCell):
        raise CellProblem("not_a_date", valor=shown(text))
    if match := _WITH_TIME.fullmatch(text):
        return _without_time(text, *match.groups(), order=order)
    return _day(text, text, order)


def _without_time(text: str, day: str, time: str, rest: str, *, order: str) -> datetime.date:
    """The day of a text with a time, which is only taken when it is midnight after a day in ISO form."""
    date = _day(day, text, order)
    if rest or not ISO_DATE.fullmatch(day) or not _MIDNIGHT.fullmatch(time):
        raise CellProblem("date_with_time", valor=shown(text))
    return date


def _day(day: str, text: str, order: str) -> datetime.date:
    """The day that `day` names, in any of the forms; `text` is the whole cell, for messages."""
    forms = _FORMS_BY_ORDER.get(order, _FORMS)
    match = next(filter(None, (form.fullmatch(day) for form in forms)), None)
    if match is None or _month(match["month"]) is None:
        raise CellProblem("not_a_date", valor=shown(text))
    if len(match["year"]) < 4:
        raise CellProblem("two_digit_year", valor=shown(text))
    return _of_calendar(match, text)


def _of_calendar(match: re.Match[str], text: str) -> datetime.date:
    """The day that a form's parts name."""
    try:
        return datetime.date(int(match["year"]), _month(match["month"]) or 0, int(match["day"]))
    except ValueError:
        raise CellProblem("impossible_date", valor=shown(text)) from None


def _month(text: str) -> int | None:
    """The number of a month that is written in digits or by its name."""
    return int(text) if text.isdigit() else _MONTH_OF.get(text.lower())
