"""What must be seen to in whatever we write for spreadsheet programs."""

from __future__ import annotations

import re
from typing import Any, Final

# A spreadsheet runs what begins so; NUL and the full-width signs are taken for the same by some.
FORMULA_STARTS: Final = ("=", "+", "-", "@", "\t", "\r", "\n", "\x00", "＝", "＋", "－", "＠")
# What the XML of a workbook cannot hold.
_UNSTORABLE: Final = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


def harmless(value: Any) -> Any:
    """`value` so that no spreadsheet takes it for a formula."""
    return f"'{value}" if isinstance(value, str) and value.startswith(FORMULA_STARTS) else value


def storable(value: Any) -> Any:
    """`value` so that a workbook can hold it: what it cannot shows as the sign for what cannot be shown."""
    return _UNSTORABLE.sub("�", value) if isinstance(value, str) else value
