"""Columns that hold nothing unusual, recognised as a whole: no Python work for a single cell.

What a cell comes to is for `values` to say. A function here gives a column's values when nothing about
any of its cells needs a look, and they are then what `Column.parse` would give; else it gives `None`.
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Callable, Sequence
from decimal import Decimal
from typing import Final, cast

from bulk_upload.sheet.addressable_ids import are_addressable
from bulk_upload.sheet.cells import Cell, DateCell
from bulk_upload.sheet.columns import Column, DecimalColumn, GtinColumn
from bulk_upload.sheet.date_values import ISO_DATE
from bulk_upload.sheet.excel_errors import is_error_text, may_hold_errors
from bulk_upload.sheet.formulas import is_wrapped
from bulk_upload.sheet.gtins import LONGEST, are_gtins
from bulk_upload.sheet.text_cleaning import is_clean
from bulk_upload.sheet.values import Value

Plain = Callable[[Sequence[Cell], set[type]], list[Value | None] | None]

# A printable character that begins no composition of Unicode: joined by it, texts stay what they are.
_BETWEEN: Final = "|"
_SCIENTIFIC: Final = re.compile(r"[eE][+-]\d")
# Without anything that could be read in two ways.
_PRICE: Final = {sign: rf"[0-9]{{1,9}}(?:{re.escape(sign)}[0-9]{{1,2}})?" for sign in (".", ",")}
_DEAREST: Final = 10**9
_PRICES: Final = {sign: re.compile(rf"{price}(?:\|{price})*", re.ASCII) for sign, price in _PRICE.items()}
_CENTS: Final = Decimal("0.01")
_DATES: Final = re.compile(rf"{ISO_DATE.pattern}(?:\|{ISO_DATE.pattern})*")


def plain_values(column: Column) -> Plain | None:
    """The function for the cells of a column, given the set of their types; `None` when it has few different cells."""
    if isinstance(column, DecimalColumn):
        is_price = (column.places, column.minimum) == (2, 0) and column.largest >= _DEAREST
        return _prices(column.decimal_sign or ".") if is_price else None
    if column.earliest is not None and column.latest is not None:
        return _dates(column.earliest, column.latest)
    if isinstance(column, GtinColumn):
        return _gtins
    if column.kind in ("code", "text") and not column.upper and not column.pattern:
        return _texts(column.max_length or 0, code=column.kind == "code", addressable=column.addressable)
    return None


def _texts(maximum: int, *, code: bool, addressable: bool) -> Plain:
    """Clean (so without any white space but blanks), not blank, no error's name, not wrapped, not too long."""

    def plain(cells: Sequence[Cell], types: set[type]) -> list[Value | None] | None:
        if types != {str}:
            return None
        joined = _BETWEEN.join(cast(Sequence[str], cells))
        if not is_clean(joined):
            return None
        if code and ("-" in joined or "+" in joined) and _SCIENTIFIC.search(joined):
            return None
        texts = list(map(str.strip, cast(Sequence[str], cells)))
        if "" in texts or max(map(len, texts)) > maximum:
            return None
        if may_hold_errors(joined) and any(map(is_error_text, texts)):
            return None
        if ("'" in joined or "=" in joined) and any(map(is_wrapped, texts)):
            return None
        if addressable and not are_addressable(texts):
            return None
        return cast(list[Value | None], texts)

    return plain


_codes_of_digits: Final = _texts(LONGEST, code=True, addressable=False)


def _gtins(cells: Sequence[Cell], types: set[type]) -> list[Value | None] | None:
    texts = _codes_of_digits(cells, types)
    return texts if texts and are_gtins(cast(list[str], texts)) else None


def _prices(sign: str) -> Plain:
    """Numbers, or digits with at most two more after the decimal `sign`."""
    prices = _PRICES[sign]

    def plain(cells: Sequence[Cell], types: set[type]) -> list[Value | None] | None:
        if types == {float}:
            return _amounts(cast(Sequence[float], cells))
        if types != {str}:
            return None
        texts = cast(Sequence[str], cells)
        joined = _BETWEEN.join(texts)
        # A cell may hold the character that joins them.
        if joined.count(_BETWEEN) != len(texts) - 1 or not prices.fullmatch(joined):
            return None
        if sign == ",":
            texts = joined.replace(",", ".").split(_BETWEEN)
        return [Decimal(text).quantize(_CENTS) for text in texts]

    return plain


def _amounts(numbers: Sequence[float]) -> list[Value | None] | None:
    texts = list(map("%.2f".__mod__, numbers))
    # Two decimals that make the same number are all that it has. A zero may have a sign.
    if list(map(float, texts)) != list(numbers) or max(numbers) >= _DEAREST or "-" in "".join(texts):
        return None
    return list(map(Decimal, texts))


def _dates(earliest: datetime.date, latest: datetime.date) -> Plain:
    """Days in ISO form, in texts or in cells of dates."""

    def plain(cells: Sequence[Cell], types: set[type]) -> list[Value | None] | None:
        if types == {DateCell}:
            texts: Sequence[str] = [cell.text for cell in cast(Sequence[DateCell], cells)]
        elif types == {str}:
            texts = cast(Sequence[str], cells)
        else:
            return None
        if not _DATES.fullmatch(_BETWEEN.join(texts)):
            return None
        try:  # refuses days that do not exist, and a cell that holds the character that joins them
            dates = list(map(datetime.date.fromisoformat, texts))
        except ValueError:
            return None
        return cast(list[Value | None], dates) if earliest <= min(dates) and max(dates) <= latest else None

    return plain
