"""What the web says of a file that is looked at: a preview, or a sentence why there is none."""

from __future__ import annotations

from django.conf import settings
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from bulk_upload import purged
from bulk_upload.models import BulkUpload, Part
from bulk_upload.previews.request import (
    GONE_CODE,
    STORAGE_CODE,
    TOO_BIG,
    Original,
    PreviewAnswer,
    PreviewsAway,
    preview_of,
)
from bulk_upload.receiving.refusals import STORAGE_AWAY
from bulk_upload.sheet.bilingual_text import Params
from bulk_upload.sheet.mapping import SheetMapping
from bulk_upload.wording import text_of
from bulk_upload.workbooks.download_errors import NoFile


def look_at(original: Original, mapping: SheetMapping | None) -> PreviewAnswer | None:
    """How the file is understood; `None` while a worker finds it out. Raises `NoFile`."""
    if isinstance(original, BulkUpload):
        _require_file(original)
    try:
        answer = preview_of(original, mapping)
    except PreviewsAway as error:
        raise NoFile("preview_unavailable", away_sentence()) from error
    if answer is not None and answer.code == STORAGE_CODE:
        raise NoFile(STORAGE_CODE, str(STORAGE_AWAY))
    if answer is not None and answer.code == GONE_CODE:
        raise NoFile("file_gone", text_of(GONE_CODE, {}, get_language() or settings.LANGUAGE_CODE))
    return answer


def away_sentence() -> str:
    return _("Ahora no se puede mirar el archivo antes (Redis no responde). Puede importarlo sin revisar.")


def problem_sentence(code: str, params: Params, language: str) -> str:
    """Why there is no preview, or why the import would refuse the file."""
    if code == TOO_BIG:
        return _(
            "El archivo tarda demasiado en abrirse para mostrarlo antes. Puede importarlo sin revisar, o dividirlo en "
            "archivos más pequeños."
        )
    return text_of(code, params, language)


def _require_file(upload: BulkUpload) -> None:
    if upload.is_undo:
        raise NoFile("no_file", _("Esta carga deshace otra: no tiene archivo."))
    if gone := purged.part_of(upload, Part.FILE):
        raise NoFile(*gone)
