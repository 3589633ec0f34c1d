"""A sheet's XML as all common writers write it, so regular that it can be searched as bytes.

``<c r="A1" s="1" t="e"><v>…``, with or without one prefix for all elements (``<x:c``, as the OpenXML SDK
of .NET writes); quotes and not apostrophes, and every cell says where it is.

ECMA-376 part 1, sections 18.3.1.4 (c) and 18.3.1.73 (row).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import IO, Final

# Bytes in which a writer shows how it writes.
_HEAD: Final = 64 * 1024
_BLOCK: Final = 1024 * 1024
# Bytes without the beginning of a cell: Excel's 32,767 characters, all of them escaped, stay below.
_MAX_CELL: Final = 8 * 1024 * 1024

_ROOT: Final = re.compile(
    rb"""(?:\xef\xbb\xbf)?\s*(?:<\?xml\s[^>]*?(?:encoding=["'](?i:utf-8|us-ascii)["'][^>]*)?\?>\s*)?"""
    rb"""(?P<tag><(?:(?P<prefix>\w+):)?worksheet[\s>][^>]*>?)""",
    re.ASCII,
)
# The strict and the transitional namespace.
_BINDING: Final = re.compile(rb'\sxmlns(?::(\w+))?="[^"]*/(?:spreadsheetml/2006/main|spreadsheetml/main)"', re.ASCII)
# Attributes in apostrophes, or with blanks around the equals sign; not those of the XML declaration.
_ODD_ATTRIBUTE: Final = re.compile(rb"""<[A-Za-z][^<>]*(?:='|=\s|\s=)""")


class IrregularError(Exception):
    """The sheet is written in another way. Nothing is wrong with it."""


class RegularSheet:
    """The sheet in `stream`, if it is regular. `prefix` stands before the name of every element."""

    def __init__(self, stream: IO[bytes]) -> None:
        self._stream = stream
        self._head = stream.read(_HEAD)
        root = _ROOT.match(self._head)
        if not root or _BINDING.findall(root["tag"]) != [root["prefix"] or b""] or _ODD_ATTRIBUTE.search(self._head):
            raise IrregularError
        self.prefix = root["prefix"] + b":" if root["prefix"] else b""

    def pieces(self) -> Iterator[bytes]:
        """The XML up to the end of the sheet's data, in pieces that cut no cell in two."""
        end, cell, row = (mark % self.prefix for mark in (b"</%bsheetData>", b"<%bc ", b"<%brow"))
        rest, data = b"", self._head
        while data:
            piece = rest + data
            found = piece.find(end, max(0, len(rest) - len(end)))
            if found >= 0:
                yield piece[:found]
                return
            cut = max(piece.rfind(cell), piece.rfind(row), 0)
            if cut:
                yield piece[:cut]
            rest = piece[cut:]
            if len(rest) > _MAX_CELL:
                raise IrregularError
            data = self._stream.read(_BLOCK)
        yield rest
