"""A request's body → its file: read strictly, because this is where strangers send what they like."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from pathlib import PurePath
from typing import Any, Final

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.http.multipartparser import MultiPartParser as DjangoMultiPartParser
from django.http.multipartparser import MultiPartParserError
from django.utils.translation import gettext as _
from rest_framework.exceptions import ParseError
from rest_framework.parsers import DataAndFiles, MultiPartParser
from rest_framework.request import Request

from bulk_upload.intake import MULTIPART_OVERHEAD, RefusedUpload, too_large

FIELD: Final = "file"
# No file system has longer names.
LONGEST_SENT_NAME: Final = 255
# Names that are devices on Windows, whatever their extension.
DEVICES: Final = re.compile(r"(con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³])(\..*)?", re.IGNORECASE)
# A separator or a control character in disguise: %2F, %5C, %2e%2e, %00.
ENCODED: Final = re.compile(r"%(2f|5c|2e%2e|0[0-9a-f]|1[0-9a-f]|7f)", re.IGNORECASE)
# Control characters, and marks that turn the direction of writing and so disguise an extension.
INVISIBLE: Final = frozenset(["Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"])


class StrictMultiPartParser(MultiPartParser):
    """Multipart that is whole, and whose file names are just names."""

    def parse(
        self, stream: Any, media_type: str | None = None, parser_context: Mapping[str, Any] | None = None
    ) -> DataAndFiles[Any, Any]:
        request = (parser_context or {})["request"]
        meta = {**request.META, "CONTENT_TYPE": media_type}
        try:
            data, files = _Names(meta, stream, request.upload_handlers, request.encoding).parse()
        except MultiPartParserError as error:
            raise ParseError(_("El formulario no se puede leer: envíelo como multipart/form-data.")) from error
        return DataAndFiles(data, files)


def uploaded_file(request: Request) -> UploadedFile[bytes] | None:
    """The request's one file, from the field ``file``; `None` when there is no file at all."""
    files = [(name, file) for name, several in request.FILES.lists() for file in several]
    if len(files) > 1:
        raise RefusedUpload(
            "too_many_files", _("Envíe un solo archivo por petición; llegaron %(n)s.") % {"n": len(files)}, status=400
        )
    if files and files[0][0] != FIELD:
        message = _("El archivo llegó en el campo «%(field)s»: envíelo en el campo «file».") % {"field": files[0][0]}
        raise RefusedUpload("file_required", message, status=400)
    return files[0][1] if files else None


def check_length(request: Request) -> None:
    """Refuse, before a byte of it is read, a body that has no length or is certainly too large."""
    length = request.META.get("CONTENT_LENGTH") or ""
    if not length.isdigit():
        if not request.META.get("HTTP_TRANSFER_ENCODING"):
            return
        message = _("Envíe la petición con su longitud (Content-Length), no por partes (chunked).")
        raise RefusedUpload("length_required", message, status=411, field="Content-Length")
    if int(length) > settings.BULK_UPLOAD_MAX_BYTES + MULTIPART_OVERHEAD:
        raise too_large()


def check_sent_name(name: str) -> None:
    """Refuse a file name that is more than a name. Programs and browsers never send such ones."""
    if not name.strip():
        return
    last = PurePath(name).name
    if (
        len(name) > LONGEST_SENT_NAME
        or re.search(r"[/\\:]", name)
        or ENCODED.search(name)
        or DEVICES.fullmatch(last)
        or any(unicodedata.category(c) in INVISIBLE for c in name)
    ):
        message = _(
            "El nombre del archivo no se admite (tiene rutas, caracteres invisibles, más de 255 caracteres o es un "
            "nombre reservado): cámbielo y envíelo otra vez."
        )
        raise RefusedUpload("bad_filename", message, status=400)


class _Names(DjangoMultiPartParser):
    """Django's parser, which would quietly cut a path down to its last part."""

    def sanitize_file_name(self, file_name: str) -> str | None:
        check_sent_name(file_name)
        return super().sanitize_file_name(file_name)
