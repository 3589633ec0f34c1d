"""Text that a spreadsheet program would run as a formula: how we write it, and how it is read again.

In a workbook the type of the cell says that it is text: nothing is added, see `bulk_upload.workbooks.safe_cells`. A CSV
knows no types, so an apostrophe marks it: the sheet's reader takes the mark away, and an exported file that is
imported again changes nothing. A program that splits the lines of a CSV at the wrong separator makes cells of
what stands behind each ``,`` or ``;`` within a text. There, too, an apostrophe is put in.

The reader also understands what other systems do to keep the zeros of a code: ``="00701"`` and ``'0092``.
Knows no Django; the guarded reader uses it too.
"""

from __future__ import annotations

import re
from typing import Final

MARK: Final = "'"
# A spreadsheet runs what begins so; the full-width signs are taken for the same by some.
FORMULA_STARTS: Final = ("=", "+", "-", "@", "\t", "\r", "\n", "\x00", "＝", "＋", "－", "＠")
_SIGNS: Final = "=+\\-@\x00＝＋－＠"
# Where a cell may begin when a line is split at a separator that is not its own.
_CELL_START: Final = r"[,;\t\r\n][\s\"]*"
_UNMARKED: Final = re.compile(rf"({_CELL_START})(?=[{_SIGNS}{MARK}])")
_MARKED: Final = re.compile(rf"({_CELL_START}){MARK}(?=[{_SIGNS}{MARK}])")
_NEEDS_A_MARK: Final = re.compile(rf"[\s\"]*[{_SIGNS}\t\r\n{MARK}]")
_AS_FORMULA: Final = re.compile(r'="([^"]*)"')
_QUOTES: Final = (MARK, '"')
# Characters. No column takes so long a text, marked or not, and looking for marks in one could take long.
LONGEST: Final = 1000
# What a wrapped text begins with.
WRAPPERS: Final = (MARK, "=")


def csv_separator(language: str) -> str:
    """The separator that spreadsheet programs in `language` (such as ``es-co``) expect in a CSV."""
    return "," if language.startswith("en") else ";"


def protected(text: str) -> str:
    """`text` for a cell of a CSV: no program runs it, whichever separator it splits at."""
    if _NEEDS_A_MARK.match(text) or _UNMARKED.search(text):
        return marked(text)
    return text


def marked(text: str) -> str:
    """`text` with an apostrophe in front, and one wherever a wrong separator would let a formula begin."""
    return MARK + _UNMARKED.sub(rf"\1{MARK}", text)


def is_wrapped(text: str) -> bool:
    """Whether a trimmed `text` is not what `unwrapped` makes of it."""
    return text[:1] in WRAPPERS and unwrapped(text) != text


def unwrapped(text: str) -> str:
    """What a trimmed `text` of a cell means: without our mark, or another system's way to keep zeros.

    >>> unwrapped('="00701"'), unwrapped("'0092"), unwrapped("'-20 °C"), unwrapped("'a' and 'b'")
    ('00701', '0092', '-20 °C', "'a' and 'b'")
    """
    if len(text) > LONGEST:
        return text
    if found := _AS_FORMULA.fullmatch(text):
        return found[1]
    rest = text[1:]
    if not text.startswith(MARK) or not rest:
        return text
    if _NEEDS_A_MARK.match(rest) or _MARKED.search(rest):
        return _MARKED.sub(r"\1", rest)
    return text if any(quote in rest for quote in _QUOTES) else rest
