"""The one file of a .zip that somebody packed by hand, taken out into a nameless file."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath
from typing import IO, Final

from bulk_upload.reading.child.copies import nameless_file, nonsense_is_damage
from bulk_upload.reading.child.zip_package import CONTENT_TYPES, MAX_PARTS, MEDIA_TYPE, MEGABYTE, is_bomb
from bulk_upload.sheet.problems import FileProblem, shown

ENDINGS: Final = (".csv", ".xlsx", ".xls", ".xlsb", ".ods")
# What a file may come to. A CSV of 1,048,575 products has a quarter of it.
MAX_MEMBER: Final = 512 * MEGABYTE
# What macOS and Windows put beside the files that a person packs.
_BY_THE_SYSTEM: Final = re.compile(r"(?:.*/)?(?:__MACOSX/.*|\.DS_Store|Thumbs\.db|desktop\.ini)", re.IGNORECASE)
_METHODS: Final = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
_NAMED: Final = 5


@contextmanager
def only_file(path: Path) -> Iterator[tuple[str, IO[bytes]]]:
    """The ending of the file's name, in small letters, and the file.

    Raises `FileProblem` (``zip_without_sheet``, ``zip_with_several``, ``zip_with_folder``, ``zip_in_zip``,
    ``zip_under_password``, ``zip_of_other_method``, ``suspicious_zip``, ``damaged_file``).
    """
    with nameless_file() as file:
        with nonsense_is_damage():
            member = _take_out(path, file)
        yield PurePosixPath(member.filename).suffix.lower(), file


def is_packed_by_hand(path: Path) -> bool:
    """Whether a zip is no document of an office program."""
    with nonsense_is_damage(), zipfile.ZipFile(path) as archive:
        return {CONTENT_TYPES, MEDIA_TYPE}.isdisjoint(archive.namelist())


def _take_out(path: Path, file: IO[bytes]) -> zipfile.ZipInfo:
    with zipfile.ZipFile(path) as archive:
        member = _only_member(archive.infolist())
        with archive.open(member) as source:
            while data := source.read(MEGABYTE):
                file.write(data)
    file.flush()
    return member


def _only_member(members: list[zipfile.ZipInfo]) -> zipfile.ZipInfo:
    if len(members) > MAX_PARTS:
        raise FileProblem("too_many_parts", partes=len(members), maximo=MAX_PARTS)
    files = [each for each in members if not each.is_dir() and not _BY_THE_SYSTEM.fullmatch(each.filename)]
    if not files:
        raise FileProblem("zip_without_sheet")
    if len(files) > 1:
        raise FileProblem("zip_with_several", archivos=_named(files), cantidad=len(files))
    (member,) = files
    _check(member)
    return member


def _check(member: zipfile.ZipInfo) -> None:
    name = shown(member.filename)
    if re.search(r"[/\\:]", member.filename):
        raise FileProblem("zip_with_folder", archivo=name)
    if member.flag_bits & 1:
        raise FileProblem("zip_under_password", archivo=name)
    ending = PurePosixPath(member.filename).suffix.lower()
    if ending == ".zip":
        raise FileProblem("zip_in_zip", archivo=name)
    if ending not in ENDINGS:
        raise FileProblem("zip_without_sheet")
    if member.compress_type not in _METHODS:
        raise FileProblem("zip_of_other_method", archivo=name)
    if member.file_size > MAX_MEMBER or is_bomb(member):
        raise FileProblem("suspicious_zip", tamano=member.file_size // MEGABYTE)


def _named(files: list[zipfile.ZipInfo]) -> str:
    names = ", ".join(f"«{shown(each.filename)}»" for each in files[:_NAMED])
    return names if len(files) <= _NAMED else f"{names}…"
