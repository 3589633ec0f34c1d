"""A file of any accepted kind → the .xlsx or .csv that is read in its place.

What a file is, its content says, not its name. An .xlsx and a .csv are read as they are, the one file of a .zip is
taken out, and an .xls, .xlsb or .ods is written again as a plain .xlsx (`plain_workbook`; `xls`, `xlsb` and `ods` read
them).

The library reads these kinds, too, but only with all sheets in memory, and without the formats of numbers: a code
``00007`` would come as 7. Here one row is in memory at a time, numbers keep their formats, and everything that is
true of an .xlsx (limits, errors, dates, merged cells, choice of the sheet) is true of them without being written again.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Final

from bulk_upload.checking.tables import Limits
from bulk_upload.reading.child.copies import nameless_file, nonsense_is_damage
from bulk_upload.reading.child.ods import convert_ods
from bulk_upload.reading.child.plain_workbook import PlainWorkbook
from bulk_upload.reading.child.xls import convert_xls
from bulk_upload.reading.child.xlsb import convert_xlsb
from bulk_upload.reading.child.zip_member import is_packed_by_hand, only_file
from bulk_upload.reading.child.zip_package import MEDIA_TYPE, Package, main_types, open_zip
from bulk_upload.reading.compound_files import MAGIC

# What is found in a file, and where it can be read: ``xlsx`` or ``csv``, and a path.
Plain = tuple[str, Path]

ZIP: Final = b"PK\x03\x04"
_BINARY_TYPE: Final = "application/vnd.ms-excel.sheet.binary.macroEnabled.main"
_SPREADSHEETS: Final = tuple(
    f"application/vnd.oasis.opendocument.spreadsheet{ending}".encode() for ending in ("", "-template")
)


@contextmanager
def plain_file(path: Path, file_format: str, limits: Limits) -> Iterator[Plain]:
    """What to read in the place of the file at `path`, which was accepted as `file_format`.

    A copy is a nameless file in the folder for temporary files. Raises `FileProblem`.
    """
    if file_format == "csv":
        yield "csv", path
        return
    if file_format == "zip" and is_packed_by_hand(path):
        with only_file(path) as (ending, file):
            member = Path(f"/dev/fd/{file.fileno()}")
            with plain_file(member, "csv" if ending == ".csv" else "xlsx", limits) as found:
                yield found
        return
    convert = _conversion(path, limits)
    if convert is None:
        yield "xlsx", path
        return
    with nameless_file() as file:
        with nonsense_is_damage():
            with PlainWorkbook(file, limits.max_rows) as plain:
                convert(plain)
            file.flush()
        yield "xlsx", Path(f"/dev/fd/{file.fileno()}")


def _conversion(path: Path, limits: Limits) -> Callable[[PlainWorkbook], None] | None:
    """What converts the workbook at `path`; `None` for an .xlsx, and for what is refused as one."""
    start = _start(path)
    if start.startswith(MAGIC):
        return partial(_convert_xls, path)
    if not start.startswith(ZIP):
        return None
    with nonsense_is_damage(), open_zip(path) as package:
        if _BINARY_TYPE in main_types(package):
            return partial(_convert_package, path, convert_xlsb)
        if MEDIA_TYPE in package and package.read(MEDIA_TYPE).strip() in _SPREADSHEETS:
            return partial(_convert_package, path, partial(convert_ods, limits=limits))
    return None


def _convert_package(path: Path, convert: Callable[[Package, PlainWorkbook], None], plain: PlainWorkbook) -> None:
    with open_zip(path) as package:
        convert(package, plain)


def _convert_xls(path: Path, plain: PlainWorkbook) -> None:
    with path.open("rb") as file:
        convert_xls(file, plain)


def _start(path: Path) -> bytes:
    with path.open("rb") as file:
        return file.read(len(MAGIC))
