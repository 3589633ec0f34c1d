"""A copy of a workbook in which every error that a cell can show is one that calamine knows.

calamine gives up on a whole sheet for one cell with ``#GETTING_DATA``, ``#SPILL!`` or ``#ERROR!``, which
programs write that are newer than the format. What such cells show in truth is in their marks.
"""

from __future__ import annotations

import io
import re
import shutil
import zipfile
from typing import IO, Final

from bulk_upload.cells import ErrorCell
from bulk_upload.reading.child.marks import Marks
from bulk_upload.reading.child.package import Package, normal_name
from bulk_upload.reading.child.regular_sheet import RegularSheet

# ECMA-376 part 1, section 18.17.3, without #GETTING_DATA.
_KNOWN: Final = frozenset(["#DIV/0!", "#N/A", "#NAME?", "#NULL!", "#NUM!", "#REF!", "#VALUE!"])
# A formula may stand between the cell's tag and its value.
_ERROR_VALUE: Final = rb'( t="e"[^<>]*>(?:<%bf[^<>]*(?:/>|>[^<]*</%bf>))?<%bv>)[^<]*'


def needs_repair(marks: Marks) -> bool:
    return any(isinstance(mark, ErrorCell) and mark.text not in _KNOWN for mark in marks.seen())


def repaired(package: Package, part: str) -> io.BytesIO:
    """The workbook with the sheet in `part` changed, in memory, compressed.

    Raises `IrregularError` for a sheet that is not written regularly.
    """
    copy = io.BytesIO()
    with zipfile.ZipFile(copy, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        for name in package.names():
            with package.open(name) as source, archive.open(name, "w", force_zip64=True) as target:
                if normal_name(name) == normal_name(part):
                    _repair(source, target)
                else:
                    shutil.copyfileobj(source, target)
    copy.seek(0)
    return copy


def _repair(source: IO[bytes], target: IO[bytes]) -> None:
    sheet = RegularSheet(source)
    prefix = sheet.prefix
    value = re.compile(_ERROR_VALUE % (prefix, prefix, prefix))
    for cells in sheet.pieces():
        target.write(value.sub(rb"\1#N/A", cells))
    target.write(b"</%bsheetData></%bworksheet>" % (prefix, prefix))
