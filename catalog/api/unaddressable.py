"""Keys that no address names."""

from __future__ import annotations

import re
from typing import Final

# NUL, which no key has, and what Django makes of bytes in an address that are no UTF-8: a key may hold that text, too.
UNADDRESSABLE: Final = re.compile(r"\x00|%[89A-F][0-9A-F]")
