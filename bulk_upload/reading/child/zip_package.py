"""The zip package of a workbook, checked before anything in it is parsed.

Open Packaging Conventions, ECMA-376 part 2; the parts of a workbook, ECMA-376 part 1, section 12.3.
"""

from __future__ import annotations

import posixpath
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Final

from bulk_upload.reading.child.xml_tags import start_tags
from bulk_upload.reading.compound_files import is_encrypted_workbook
from bulk_upload.sheet.problems import FileProblem

MEGABYTE: Final = 1024 * 1024

MAX_PARTS: Final = 1_000
# A sheet of 1,048,576 x 13 cells is 0.7 GB of XML; more than this does not fit in the child's memory.
MAX_EXPANDED: Final = 2048 * MEGABYTE
# Deflate reaches 1,032:1 on a single repeated byte. Sheets repeat themselves too, but each cell names
# its own place: tables and rows of nothing but formats come to 8:1 to 15:1, the most repetitive to 50:1.
MAX_RATIO: Final = 200
SMALL_PART: Final = 10 * MEGABYTE
# Bytes of a part that is read whole (the list of sheets, of styles). Real ones reach 20 MB.
MAX_WHOLE_PART: Final = 64 * MEGABYTE

_ZIP: Final = b"PK\x03\x04"

# The parts that say what a package is, in Office's format and in OpenDocument's.
MEDIA_TYPE: Final = "mimetype"
CONTENT_TYPES: Final = "[Content_Types].xml"
_MAIN_TYPES: Final = frozenset(
    f"application/vnd.openxmlformats-officedocument.spreadsheetml.{kind}.main+xml" for kind in ("sheet", "template")
)


class Package:
    """An open workbook package whose directory has been found harmless."""

    def __init__(self, archive: zipfile.ZipFile) -> None:
        self._archive = archive
        self._names = {normal_name(info.filename): info for info in archive.infolist()}

    def open(self, part: str) -> IO[bytes]:
        """The part's inflated bytes as a stream. Raises `FileProblem` when there is no such part."""
        info = self._names.get(normal_name(part))
        if info is None:
            raise FileProblem("damaged_file")
        return self._archive.open(info)

    def size(self, part: str) -> int:
        """Inflated bytes, as the directory says; 0 when there is no such part."""
        info = self._names.get(normal_name(part))
        return info.file_size if info else 0

    def read(self, part: str) -> bytes:
        """A part that is small in any sane workbook, whole."""
        with self.open(part) as stream:
            data = stream.read(MAX_WHOLE_PART + 1)
        if len(data) > MAX_WHOLE_PART:
            raise FileProblem("too_big_to_read")
        return data

    def names(self) -> list[str]:
        """Every part, as the package spells it."""
        return [info.filename for info in self._archive.infolist() if not info.is_dir()]

    def __contains__(self, part: str) -> bool:
        return normal_name(part) in self._names


@contextmanager
def open_package(path: Path) -> Iterator[Package]:
    """Open the .xlsx at `path`. Raises `FileProblem` (also ``not_a_workbook``), or what `open_zip` raises."""
    with open_zip(path) as package:
        if not main_types(package) & _MAIN_TYPES:
            raise FileProblem("not_a_workbook")
        yield package


@contextmanager
def open_zip(path: Path) -> Iterator[Package]:
    """Open a zip of any kind.

    Raises `FileProblem` (``not_a_workbook``, ``encrypted_file``, ``suspicious_zip``,
    ``too_many_parts``, ``damaged_file``) or what `zipfile` raises for a damaged directory.
    """
    _check_start(path)
    with zipfile.ZipFile(path) as archive:
        _check_directory(archive.infolist())
        yield Package(archive)


def main_types(package: Package) -> frozenset[str]:
    """The kinds of content that an Office package says it has; none for another zip."""
    if CONTENT_TYPES not in package:
        return frozenset()
    tags = start_tags(package.read(CONTENT_TYPES))
    return frozenset(attributes.get("ContentType", "") for _, attributes in tags)


def normal_name(part: str) -> str:
    """Part names are compared without regard to case; some writers use backslashes."""
    return part.replace("\\", "/").lstrip("/").lower()


def resolve(source: str, target: str) -> str:
    """The part that `target` means in a relationship of the part `source` (ECMA-376 part 2, section 9.3)."""
    return posixpath.normpath(posixpath.join("/", posixpath.dirname(source), target)).lstrip("/")


def _check_start(path: Path) -> None:
    """A zip archive from its very first byte: what stands before one is somebody's disguise."""
    with path.open("rb") as file:
        start = file.read(len(_ZIP))
        if start == _ZIP:
            return
        if not start:
            raise FileProblem("damaged_file")
        if is_encrypted_workbook(file):
            raise FileProblem("encrypted_file")
    raise FileProblem("not_a_workbook")


def _check_directory(parts: list[zipfile.ZipInfo]) -> None:
    if len(parts) > MAX_PARTS:
        raise FileProblem("too_many_parts", partes=len(parts), maximo=MAX_PARTS)
    if any(part.flag_bits & 1 for part in parts):
        raise FileProblem("encrypted_file")
    if any(part.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED) for part in parts):
        raise FileProblem("damaged_file")
    # Of two parts with one name, one reader takes the first and another the last.
    if len({normal_name(part.filename) for part in parts}) < len(parts):
        raise FileProblem("damaged_file")
    expanded = sum(part.file_size for part in parts)
    if expanded > MAX_EXPANDED or any(map(is_bomb, parts)):
        raise FileProblem("suspicious_zip", tamano=expanded // MEGABYTE)
    if _overlap(parts):
        raise FileProblem("damaged_file")


def is_bomb(part: zipfile.ZipInfo) -> bool:
    """Whether a part is packed more tightly than what anybody writes."""
    return part.file_size > SMALL_PART and part.file_size > MAX_RATIO * part.compress_size


def _overlap(parts: list[zipfile.ZipInfo]) -> bool:
    """Whether parts share bytes of the archive, which `zipfile` of Python 3.11 does not notice."""
    local_header = 30  # bytes, without the name and the extra field
    end = 0
    for part in sorted(parts, key=lambda part: part.header_offset):
        if part.header_offset < end:
            return True
        end = part.header_offset + local_header + len(part.filename) + part.compress_size
    return False
