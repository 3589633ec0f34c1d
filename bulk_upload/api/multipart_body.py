"""A request's body → its file: read strictly, because this is where strangers send what they like."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from django.core.files.uploadedfile import UploadedFile
from django.http.multipartparser import MultiPartParserError
from django.utils.translation import gettext as _
from rest_framework.exceptions import ParseError
from rest_framework.parsers import DataAndFiles, MultiPartParser
from rest_framework.request import Request

from bulk_upload.receiving.multipart import FormParser
from bulk_upload.receiving.refusals import RefusedUpload

FIELD: Final = "file"


class StrictMultiPartParser(MultiPartParser):
    """Multipart that is whole, and whose file names are just names: `bulk_upload.receiving.multipart`."""

    def parse(
        self, stream: Any, media_type: str | None = None, parser_context: Mapping[str, Any] | None = None
    ) -> DataAndFiles[Any, Any]:
        request = (parser_context or {})["request"]
        meta = {**request.META, "CONTENT_TYPE": media_type}
        try:
            data, files = FormParser(meta, stream, request.upload_handlers).parse()
        except MultiPartParserError as error:
            raise ParseError(_("El formulario no se puede leer: envíelo como multipart/form-data.")) from error
        return DataAndFiles(data, files)


def uploaded_file(request: Request) -> UploadedFile[bytes] | None:
    """The request's one file, from the field ``file``; `None` when there is no file at all."""
    files = [(name, file) for name, several in request.FILES.lists() for file in several]
    if len(files) > 1:
        raise RefusedUpload(
            "too_many_files", _("Envíe un solo archivo por petición; llegaron %(n)s.") % {"n": len(files)}
        )
    if files and files[0][0] != FIELD:
        message = _("El archivo llegó en el campo «%(field)s»: envíelo en el campo «file».") % {"field": files[0][0]}
        raise RefusedUpload("file_required", message)
    return files[0][1] if files else None
