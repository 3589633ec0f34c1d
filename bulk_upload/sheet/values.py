"""Cell → value: the exact rules by which a cell's content becomes a product's field.

Each parser takes one cell that is not blank and returns the value, or raises `CellProblem`. Nothing is
guessed: what can be read in two ways, or has already lost digits, is refused. Dates have a module of their own,
`date_values`. This module knows no Django, no columns and no rows.
"""

from __future__ import annotations

import datetime
import re
import sys
import unicodedata
from collections.abc import Callable
from decimal import Decimal
from typing import Final

from bulk_upload.sheet.addressable_ids import is_addressable
from bulk_upload.sheet.cells import Cell, DateCell, ErrorCell, UnreadCell
from bulk_upload.sheet.excel_errors import is_error_text
from bulk_upload.sheet.gtins import has_gtin_form, has_right_check_digit
from bulk_upload.sheet.problems import CellProblem, shown
from bulk_upload.sheet.text_cleaning import BLANKS, BadCharacter, clean_code, clean_text

Value = str | int | bool | Decimal | datetime.date
Parser = Callable[[Cell], Value]

# Excel keeps 15 significant digits; a whole number from here on may have lost its last ones.
EXACT_INTEGERS: Final = 10**15

# What a spreadsheet writes into a CSV when a column is too narrow for a long number.
SCIENTIFIC: Final = re.compile(r"[+-]?\d(?:[.,]\d+)?E[+-]\d{1,3}", re.ASCII | re.IGNORECASE)
TRUE_WORDS: Final = frozenset(["true", "1", "si", "sí", "yes", "verdadero"])
FALSE_WORDS: Final = frozenset(["false", "0", "no", "falso"])


def text_parser(maximum: int, *, upper: bool = False, code: bool = False) -> Parser:
    """Text of at most `maximum` characters, NFC and trimmed; `upper` for upper case, `code` for an identifier."""
    clean = clean_code if code else clean_text

    def parse(cell: Cell) -> str:
        # Nearly every cell: text without anything invisible. What is left is the slow way's.
        if cell.__class__ is str and cell.isprintable() and cell.isascii() and not upper:
            text = cell.strip()
            _refuse_error(text)
        else:
            text = _text(cell, clean)
        if upper:
            text = unicodedata.normalize("NFC", text.upper())
        _refuse_longer(text, maximum)
        return text

    return parse


def _refuse_longer(text: str, maximum: int) -> None:
    if len(text) > maximum:
        raise CellProblem("too_long", largo=len(text), maximo=maximum)


def pattern_parser(pattern: str, example: str, maximum: int, *, upper: bool = False) -> Parser:
    """As `text_parser`, for texts that match the regular expression `pattern` as a whole, such as `example`.

    One that does not match is said to be so however long it is: to shorten it would not mend it.
    """
    form = re.compile(pattern)
    parse_text = text_parser(sys.maxsize, upper=upper)

    def parse_matching(cell: Cell) -> Value:
        text = str(parse_text(cell))
        if not form.fullmatch(text):
            raise CellProblem("wrong_form", valor=shown(text), ejemplo=example)
        _refuse_longer(text, maximum)
        return text

    return parse_matching


def code_parser(maximum: int, *, upper: bool = False) -> Parser:
    """As `text_parser`, for identifiers: a number in scientific notation is refused too."""
    parse_text = text_parser(maximum, upper=upper, code=True)

    def parse(cell: Cell) -> Value:
        if isinstance(cell, str) and ("+" in cell or "-" in cell) and SCIENTIFIC.fullmatch(cell.strip(BLANKS)):
            raise CellProblem("scientific_notation", valor=shown(cell))
        return parse_text(cell)

    return parse


def id_parser(maximum: int) -> Parser:
    """As `code_parser`, for an id that must fit into an address: see `sheet.addresses`."""
    parse_code = code_parser(maximum)

    def parse(cell: Cell) -> Value:
        text = parse_code(cell)
        if not is_addressable(str(text)):
            raise CellProblem("unaddressable_id", valor=shown(text))
        return text

    return parse


def gtin_parser() -> Parser:
    """As `code_parser`, for a GTIN: see `sheet.gtins`."""
    parse_code = code_parser(sys.maxsize)

    def parse(cell: Cell) -> Value:
        text = str(parse_code(cell))
        if not has_gtin_form(text):
            raise CellProblem("not_a_gtin", valor=shown(text))
        if not has_right_check_digit(text):
            raise CellProblem("wrong_check_digit", valor=shown(text))
        return text

    return parse


def decimal_parser(places: int, minimum: int, largest: Decimal, sign: str = "") -> Parser:
    """An exact decimal from `minimum` to `largest`, with at most `places` digits after the point.

    In texts decimals begin at the `sign` where it is known: a comma or a point.
    """
    quantum = Decimal(1).scaleb(-places)
    # Beyond, a number is refused whatever its decimals; it may have more digits than can be rounded.
    most = max(Decimal(-minimum), largest)

    def parse(cell: Cell) -> Decimal:
        number = _number(cell, sign)
        rounded = number.quantize(quantum) if abs(number) <= most else number
        if rounded != number:
            raise CellProblem("too_many_decimals", decimales=places, valor=shown(written(cell)))
        _check_range(number, minimum, largest, cell)
        return rounded or abs(rounded)  # no negative zero

    return parse


def integer_parser(minimum: int, maximum: int, sign: str = "") -> Parser:
    """A whole number from `minimum` to `maximum`; `sign` as for `decimal_parser`."""

    def parse(cell: Cell) -> int:
        try:
            number = _number(cell, sign)
        except CellProblem as problem:
            raise _of_a_whole_number(problem) from None
        if number != number.to_integral_value():
            raise CellProblem("not_an_integer", valor=shown(written(cell)))
        _check_range(number, minimum, maximum, cell)
        return int(number)

    return parse


def _of_a_whole_number(problem: CellProblem) -> CellProblem:
    """The problem in the words of a column that takes no decimals."""
    if problem.code == "not_a_number":
        return CellProblem("not_an_integer", **problem.params)
    if problem.code == "ambiguous_number":
        return CellProblem("ambiguous_integer", valor=problem.params["valor"], entero=problem.params["entero"])
    return problem


def parse_boolean(cell: Cell) -> bool:
    """Yes or no, in the words of `TRUE_WORDS` and `FALSE_WORDS`, in any case."""
    if isinstance(cell, bool):
        return cell
    if isinstance(cell, float) and cell in (0.0, 1.0):
        return cell == 1.0
    word = written(cell).strip(BLANKS)
    _refuse_error(word)
    word = unicodedata.normalize("NFC", word).casefold()
    if word in TRUE_WORDS:
        return True
    if word in FALSE_WORDS:
        return False
    raise CellProblem("not_a_boolean", valor=shown(written(cell)))


def _text(cell: Cell, clean: Callable[[str], str]) -> str:
    """The cell as trimmed NFC text, if it surely is what the person wrote."""
    if isinstance(cell, str):
        text = cell
    elif isinstance(cell, bool):
        raise CellProblem("boolean_in_text", valor="VERDADERO" if cell else "FALSO")
    elif isinstance(cell, float):
        return _exact_number_text(cell)
    elif isinstance(cell, DateCell):
        raise CellProblem("date_in_text", valor=shown(cell.text))
    else:
        raise CellProblem("excel_error", valor=shown(written(cell)))
    try:
        text = clean(text)
    except BadCharacter as bad:
        raise CellProblem(bad.code, caracter=bad.character, lugar=bad.place) from None
    _refuse_error(text)
    return text


def _exact_number_text(number: float) -> str:
    """A number cell as text (``7701234567890.0`` is ``7701234567890``), if no digit was lost."""
    if number.is_integer():
        if abs(number) >= EXACT_INTEGERS:
            raise CellProblem("digits_lost")
        return str(int(number))
    if number != number or abs(number) == float("inf") or abs(number) < 1e-4:
        raise CellProblem("not_a_number", valor=shown(number))
    # 15 significant digits are what the spreadsheet shows and keeps.
    return format(number, ".15g")


def _number(cell: Cell, sign: str) -> Decimal:
    if isinstance(cell, float) and not isinstance(cell, bool):
        if cell != cell or abs(cell) == float("inf"):
            raise CellProblem("not_a_number", valor=shown(cell))
        if abs(cell) >= EXACT_INTEGERS:
            raise CellProblem("digits_lost")
        return Decimal(format(cell, ".15g"))
    seen = written(cell)
    if not isinstance(cell, str):
        _refuse_error(seen)
        raise CellProblem("not_a_number", valor=shown(seen))
    return _number_in_text(seen.strip(BLANKS), sign)


# A sign, an optional currency sign, digits with separators. ASCII only: `int` and `Decimal` would also
# take ``1_000``, ``٣٤``, ``NaN`` and ``1E+9999999``.
NUMBER: Final = re.compile(r"([+-]?)\s*(?:\$\s*)?([0-9](?:[0-9.,]{0,40}[0-9])?)", re.ASCII)
PLAIN: Final = re.compile(r"[0-9]{1,18}(?:\.[0-9]{1,2})?", re.ASCII)
GROUPED: Final = {
    ".": re.compile(r"[1-9][0-9]{0,2}(?:\.[0-9]{3})+(?:,[0-9]+)?"),
    ",": re.compile(r"[1-9][0-9]{0,2}(?:,[0-9]{3})+(?:\.[0-9]+)?"),
}


def _number_in_text(text: str, decimal_sign: str) -> Decimal:
    """`text` as a number, in either notation; what both notations read differently is refused."""
    if decimal_sign != "," and PLAIN.fullmatch(text):
        return Decimal(text)
    _refuse_error(text)
    if SCIENTIFIC.fullmatch(text):
        raise CellProblem("scientific_notation", valor=shown(text))
    match = NUMBER.fullmatch(text)
    if not match:
        raise CellProblem("not_a_number", valor=shown(text))
    sign, digits = match.groups()
    number = _with_known_sign(digits, text, decimal_sign) if decimal_sign else _separated(digits, text)
    return -number if sign == "-" else number


def _with_known_sign(digits: str, text: str, decimal_sign: str) -> Decimal:
    """Digits whose decimals begin at `decimal_sign`; the other separator groups thousands."""
    other = "," if decimal_sign == "." else "."
    if not GROUPED[other].fullmatch(digits) if other in digits else digits.count(decimal_sign) > 1:
        raise CellProblem("not_a_number", valor=shown(text))
    return Decimal(digits.replace(other, "").replace(decimal_sign, "."))


def _separated(digits: str, text: str) -> Decimal:
    """Digits with points and commas: which of them groups thousands, which marks the decimals?"""
    separators = [c for c in digits if c in ".,"]
    if not separators:
        return Decimal(digits)
    first, last = separators[0], separators[-1]
    other = "," if first == "." else "."
    if first != last or len(separators) > 1:
        # 1.250,00 · 1,250.00 · 1.250.000: the first separator groups, a different last one is decimal.
        if not GROUPED[first].fullmatch(digits):
            raise CellProblem("not_a_number", valor=shown(text))
        return Decimal(digits.replace(first, "").replace(other, "."))
    whole, fraction = digits.split(first)
    if len(fraction) == 3 and len(whole) <= 3 and whole[0] != "0":
        # 1.250: one thousand two hundred and fifty, or one and a quarter?
        raise CellProblem(
            "ambiguous_number", valor=shown(text), entero=whole + fraction, decimal=f"{whole}.{fraction[:2]}"
        )
    return Decimal(f"{whole}.{fraction}")


def _check_range(number: Decimal, minimum: int, maximum: int | Decimal, cell: Cell) -> None:
    if number < minimum:
        raise CellProblem("below_minimum", minimo=minimum, valor=shown(written(cell)))
    if number > maximum:
        raise CellProblem("above_maximum", maximo=str(maximum), valor=shown(written(cell)))


def _refuse_error(text: str) -> None:
    if is_error_text(text):
        raise CellProblem("excel_error", valor=shown(text))


def written(cell: Cell) -> str:
    """The cell as a person sees it, for messages."""
    if isinstance(cell, bool):
        return "VERDADERO" if cell else "FALSO"
    if isinstance(cell, float):
        return format(cell, ".15g")
    if isinstance(cell, ErrorCell | DateCell | UnreadCell):
        return cell.text
    return cell or ""
