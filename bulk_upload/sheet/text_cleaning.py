"""What text may hold, by one set of rules for the sheet, the admin's forms, the API and the exports.

Nobody sees an invisible character, so two codes that differ by one are two products that look the same. At the
ends of a text they are removed with the white space. Within a code they are refused: which of the two codes
was meant is for a person to say. Within other text those that change nothing that can be seen are removed; the
two joiners stay, for names in other scripts and emoji need them. U+FFFD marks a letter that a program has lost,
and is refused everywhere. Knows no Django; the guarded reader uses it too.
"""

from __future__ import annotations

import re
import unicodedata
from typing import Final

# White space that `str.strip` knows (it includes the non-breaking space), and the invisible characters.
_SPACES: Final = (
    " \t\n\v\f\r\x85\u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a"
    "\u2028\u2029\u202f\u205f\u3000"
)
_JOINERS: Final = "\u200c\u200d"
# Soft hyphen, grapheme joiner, Arabic and Mongolian marks, zero-width space, marks of direction, word joiner and
# invisible operators, byte order mark, marks of annotation.
_MARKS: Final = (
    "\u00ad\u034f\u061c\u180b\u180c\u180d\u180e\u200b\u200e\u200f\u202a\u202b\u202c\u202d\u202e"
    "\u2060\u2061\u2062\u2063\u2064\u2065\u2066\u2067\u2068\u2069\u206a\u206b\u206c\u206d\u206e\u206f"
    "\ufeff\ufff9\ufffa\ufffb"
)
# Letters without a shape: Hangul fillers and Khmer vowels.
_SHAPELESS: Final = "\u115f\u1160\u17b4\u17b5\u3164\uffa0"
# Variation selectors and tags: they stay in text, where emoji need them.
_SELECTORS: Final = "\ufe00-\ufe0f\U000e0000-\U000e0fff"

BLANKS: Final = _SPACES + _JOINERS + _MARKS + _SHAPELESS
INVISIBLE: Final = re.compile(f"[{_JOINERS}{_MARKS}{_SHAPELESS}{_SELECTORS}]")
_NEEDLESS: Final = re.compile(f"[{_MARKS}]")
LOST: Final = "\ufffd"
# C0 and C1 control characters, and what no text holds: U+FFFE, U+FFFF and lone surrogates.
# Tab and line ends are white space that people type with Alt+Enter: they become spaces.
CONTROL: Final = re.compile("[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\ufffe\uffff\ud800-\udfff]")
LINE_ENDS: Final = re.compile("[\t\n\r\v\f\x85\u2028\u2029]+")
# Printable, and yet not to be taken without a look.
_PRINTABLE_ODDITIES: Final = re.compile(f"[{LOST}\u034f\u180b-\u180d{_SHAPELESS}{_SELECTORS}]")


class BadCharacter(ValueError):
    """A text holds a character that it must not hold.

    `code` is ``control_characters``, ``invisible_characters`` or ``lost_characters``; `character` its name,
    such as ``U+200B``; `place` where it stands (1 is the first character).
    """

    def __init__(self, code: str, character: str, place: int) -> None:
        super().__init__(code, character, place)
        self.code = code
        self.character = character
        self.place = place


def clean_text(text: str) -> str:
    """`text` in NFC, in one line, without what is invisible. Raises `BadCharacter`."""
    return _clean(text, code=False)


def clean_code(text: str) -> str:
    """As `clean_text`, for what identifies something: invisible characters inside are refused."""
    return _clean(text, code=True)


def is_clean(text: str) -> bool:
    """Whether nothing in `text` needs a look, but for blanks at its ends. Quick, also for a whole column joined."""
    if not text.isprintable():
        return False
    if text.isascii() or _is_latin(text):
        return True
    return not _PRINTABLE_ODDITIES.search(text) and unicodedata.is_normalized("NFC", text)


def _is_latin(text: str) -> bool:
    """Whether `text` is of Latin-1, of which every character is composed and every printable one is seen."""
    try:
        text.encode("latin-1")
    except UnicodeEncodeError:
        return False
    return True


def _clean(text: str, *, code: bool) -> str:
    if is_clean(text):
        return text.strip()
    _refuse(CONTROL.search(text), "control_characters")
    start = len(text) - len(text.lstrip(BLANKS))
    inside = LINE_ENDS.sub(" ", text.strip(BLANKS))
    if code:
        _refuse(INVISIBLE.search(inside), "invisible_characters", start)
    else:
        inside = _NEEDLESS.sub("", inside).strip(BLANKS)
    _refuse(re.search(LOST, inside), "lost_characters", start)
    return unicodedata.normalize("NFC", inside)


def _refuse(found: re.Match[str] | None, code: str, start: int = 0) -> None:
    if found:
        raise BadCharacter(code, f"U+{ord(found[0]):04X}", start + found.start() + 1)
