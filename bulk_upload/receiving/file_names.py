"""The names that files are sent with: cleaned where that loses nothing, refused where they are more than names.

One set of rules for API and admin. What stays is shown, stored and offered again as a download's name.
"""

from __future__ import annotations

import re
import unicodedata
from pathlib import PurePath
from typing import Final, Literal

LONGEST_NAME: Final = 200
# A temporary file gets the same ending, and its name must have room for it.
LONGEST_SUFFIX: Final = 20
# No file system has longer names.
LONGEST_SENT_NAME: Final = 255
# Names that are devices on Windows, whatever their extension.
DEVICES: Final = re.compile(r"(con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³])(\..*)?", re.IGNORECASE)
# A separator, a parent folder or an end of the name in disguise.
ENCODED_PATH: Final = re.compile(r"%(2f|5c|2e%2e|00)", re.IGNORECASE)
ENCODED_CONTROL: Final = re.compile(r"%(0[1-9a-f]|1[0-9a-f]|7f)", re.IGNORECASE)
# NUL and escape sequences: no program names a file so.
DANGEROUS: Final = re.compile("[\x00\x1b]")
# Marks that turn the direction of writing, and so disguise an extension.
TURNING: Final = re.compile("[\u200f\u061c\u202a-\u202e\u2066-\u2069]")
# Control characters and what is not seen: soft hyphens, joiners. Emoji stay readable without them.
INVISIBLE: Final = frozenset(["Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"])
LOST: Final = "\ufffd"


def fault_of(name: str) -> Literal["more_than_a_name", "lost_letters"] | None:
    """Why a file is refused that was sent with this name; `None` when `clean_filename` makes it a good one."""
    if LOST in name:
        return "lost_letters"
    if (
        len(name) > LONGEST_SENT_NAME
        or re.search(r"[/\\]", name)
        or ENCODED_PATH.search(name)
        or DANGEROUS.search(name)
        or TURNING.search(name)
        or DEVICES.fullmatch(name.strip())
    ):
        return "more_than_a_name"
    return None


def clean_filename(name: str) -> str:
    """The name as it is shown and stored: the last part of a path, printable, at most 200 characters.

    >>> clean_filename("../../etc/precios 10:30.xlsx")
    'precios 10-30.xlsx'
    """
    # Browsers and curl write a quotation mark so, and control characters.
    name = ENCODED_CONTROL.sub("", name.replace("%22", '"'))
    name = unicodedata.normalize("NFC", re.split(r"[/\\]", name)[-1]).replace(":", "-")
    name = "".join(" " if unicodedata.category(c) == "Zs" else c for c in name)
    name = "".join(c for c in name if unicodedata.category(c) not in INVISIBLE).strip()
    path = PurePath(name or "archivo")
    suffix = path.suffix[:LONGEST_SUFFIX]
    return path.stem[: LONGEST_NAME - len(suffix)] + suffix
