"""What a file is, by its name and its first bytes. What is in it is found out later, in the guarded child.

The name says what its sender takes it for, and only names of spreadsheets are accepted. Where name and content differ
the content decides, if it can be read: programs save an .xlsx, a CSV or a web page under the name ``.xls``.
"""

from __future__ import annotations

import codecs
from pathlib import PurePath
from typing import IO, Final, cast

from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from bulk_upload.models import FileFormat
from bulk_upload.reading.compound_files import MAGIC, is_encrypted_workbook
from bulk_upload.receiving.refusals import RefusedUpload
from bulk_upload.wording import text_of

FORMATS: Final = {f".{file_format}": file_format for file_format in FileFormat}
OTHER_SPREADSHEETS: Final = frozenset([".xlsm", ".numbers", ".xltx", ".xltm", ".xlt", ".fods", ".ots", ".sxc", ".tsv"])
ZIP_MAGIC: Final = b"PK\x03\x04"
EMPTY_ZIP: Final = b"PK\x05\x06"
# The first part of an .ods, which is stored as it is (OpenDocument 1.3, part 2, section 3.3).
ODS_START: Final = b"mimetypeapplication/vnd.oasis.opendocument.spreadsheet"
ODS_PLACE: Final = 30
# The starts of what people rename to .csv: zip (xlsx), OLE (xls), PDF, PNG, JPEG, GIF, gzip. A header may begin
# with the letters PK.
BINARY_MAGICS: Final = (ZIP_MAGIC, EMPTY_ZIP, MAGIC[:4], b"%PDF", b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"\x1f\x8b")
# Excel 2 to 4: the file is the stream itself.
OLD_WORKBOOKS: Final = (b"\x09\x00\x04\x00", b"\x09\x02\x06\x00", b"\x09\x04\x06\x00")
UTF16_MARKS: Final = {codecs.BOM_UTF16_LE: "utf-16-le", codecs.BOM_UTF16_BE: "utf-16-be"}
HEAD_BYTES: Final = 4096


def format_of_name(filename: str) -> FileFormat:
    """What `filename` says that its file is. Raises `RefusedUpload` for a kind that is not accepted."""
    extension = PurePath(filename).suffix.lower()
    if extension in OTHER_SPREADSHEETS:
        raise RefusedUpload(
            "unsupported_format",
            _(
                "Los archivos %(extension)s no se admiten: ábralo en su hoja de cálculo, elija «Guardar como» y el "
                "tipo «Libro de Excel (.xlsx)», y suba ese archivo."
            )
            % {"extension": extension},
        )
    if extension not in FORMATS:
        raise RefusedUpload(
            "unsupported_format",
            _(
                "Se admiten archivos .xlsx, .xls, .xlsb, .ods, .csv y .zip; «%(filename)s» no lo es: guárdelo como "
                ".xlsx."
            )
            % {"filename": filename},
        )
    return FORMATS[extension]


def format_of(file: UploadedFile[bytes], named: FileFormat) -> FileFormat:
    """What `file` is read as, whose name says `named`. Raises `RefusedUpload` for what is no spreadsheet."""
    file.seek(0)
    head = file.read(HEAD_BYTES)
    if named == FileFormat.CSV:
        if not _looks_like_text(head):
            raise _no_csv()
        return named
    if named == FileFormat.ZIP:
        if not head.startswith((ZIP_MAGIC, EMPTY_ZIP)):
            raise _mismatch(_("El contenido no es un archivo .zip: comprima la hoja de cálculo y súbala otra vez."))
        return named
    return _format_of_workbook(file, head, named)


def _format_of_workbook(file: UploadedFile[bytes], head: bytes, named: FileFormat) -> FileFormat:
    if head.startswith(MAGIC):
        if is_encrypted_workbook(cast(IO[bytes], file)):
            raise RefusedUpload("encrypted_file", _text_of("encrypted_file"))
        return FileFormat.XLS
    if head.startswith(ZIP_MAGIC):
        if head.startswith(ODS_START, ODS_PLACE):
            return FileFormat.ODS
        return FileFormat.XLSB if named == FileFormat.XLSB else FileFormat.XLSX
    if head.startswith(OLD_WORKBOOKS):
        raise _mismatch(_text_of("old_workbook"))
    if named == FileFormat.XLS and _looks_like_text(head):
        if _looks_like_markup(head):
            raise _mismatch(
                _(
                    "El archivo se llama .xls, pero su contenido es una página web (HTML o XML), no un libro de Excel: "
                    "ábralo en Excel, elija «Guardar como» y el tipo «Libro de Excel (.xlsx)», y suba ese archivo."
                )
            )
        return FileFormat.CSV
    raise _mismatch(
        _("El contenido no es un libro de Excel (.%(format)s): guárdelo como .xlsx desde Excel y súbalo otra vez.")
        % {"format": named}
    )


def _looks_like_text(head: bytes) -> bool:
    if head.startswith(tuple(UTF16_MARKS)):
        return True
    return not head.startswith(BINARY_MAGICS) and b"\x00" not in head


def _looks_like_markup(head: bytes) -> bool:
    encoding = UTF16_MARKS.get(head[:2])
    text = head.decode(encoding, "ignore") if encoding else head.removeprefix(codecs.BOM_UTF8).decode("latin-1")
    # The second is a web page with its pictures, as Excel saves it.
    return text.lstrip("\ufeff \t\r\n").lower().startswith(("<", "mime-version:"))


def _text_of(code: str) -> str:
    return text_of(code, {}, get_language() or "es")


def _no_csv() -> RefusedUpload:
    return _mismatch(_("El contenido no es texto CSV: guárdelo como «CSV UTF-8» y súbalo otra vez."))


def _mismatch(message: str) -> RefusedUpload:
    return RefusedUpload("content_mismatch", message)
