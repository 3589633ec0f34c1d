"""Values that .xls and .xlsb write in the same way."""

from __future__ import annotations

import struct
from typing import Final

# MS-XLS, section 2.5.10.
ERRORS: Final = {
    0x00: "#NULL!",
    0x07: "#DIV/0!",
    0x0F: "#VALUE!",
    0x17: "#REF!",
    0x1D: "#NAME?",
    0x24: "#NUM!",
    0x2A: "#N/A",
}
_DOUBLE: Final = struct.Struct("<d")
_PACK: Final = struct.Struct("<II")
_HUNDREDTHS, _INTEGER = 1, 2


def compressed_number(bits: int) -> float:
    """An RkNumber: 30 bits of a whole number or of a float, maybe in hundredths (MS-XLS, section 2.5.217)."""
    number: float
    if bits & _INTEGER:
        number = (bits >> 2) - (1 << 30 if bits & 0x80000000 else 0)
    else:
        (number,) = _DOUBLE.unpack(_PACK.pack(0, bits & 0xFFFFFFFC))
    return number / 100 if bits & _HUNDREDTHS else number
