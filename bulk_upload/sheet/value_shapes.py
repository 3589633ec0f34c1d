"""What the values of some columns look like, so much so that they say which column they are of.

Declared with a column; where a header says nothing, a column is suggested by it, never taken. Knows no Django; the
guarded reader uses it too.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from bulk_upload.sheet.gtins import has_gtin_form, has_right_check_digit
from bulk_upload.sheet.text_cleaning import BLANKS

Shape = Callable[[str], bool]


def gtin(text: str) -> bool:
    """8, 12, 13 or 14 digits, the last of which is right."""
    digits = text.strip(BLANKS)
    return has_gtin_form(digits) and has_right_check_digit(digits)


def matching(pattern: str) -> Shape:
    """Texts that match the regular expression `pattern` as a whole."""
    form = re.compile(pattern)
    return lambda text: bool(form.fullmatch(text.strip(BLANKS)))
