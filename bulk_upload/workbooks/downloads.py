"""Files of an upload that people and programs take away: what there is to send, or why there is nothing.

API and admin give the same files. Each checks by itself who may have one, and how often.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final

from django.conf import settings
from django.db.models import QuerySet
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from bulk_upload import purged, storage
from bulk_upload.importing.planning.content import Planned
from bulk_upload.imports import SheetImport
from bulk_upload.models import BulkUpload, FileFormat, Part, PreparedFile, RowError
from bulk_upload.plans.shown_rows import why_none
from bulk_upload.receiving.file_names import clean_filename
from bulk_upload.receiving.refusals import STORAGE_AWAY
from bulk_upload.sheet.problems import FileProblem
from bulk_upload.wording import text_of
from bulk_upload.workbooks import prepared_files
from bulk_upload.workbooks.corrections import standing_errors
from bulk_upload.workbooks.download_errors import NoFile
from bulk_upload.workbooks.errors_file import ExportFormat, export_errors
from bulk_upload.workbooks.plan_file import export_plan
from bulk_upload.workbooks.template import template_name, write_template
from medisupply.web.attachments import Attachment

# Bytes of a file that stay in memory while it is made; what is more goes to disk.
IN_MEMORY: Final = 4 * 1024 * 1024


def require(upload: BulkUpload, part: Part) -> None:
    """Raises `NoFile` when `part` of the upload is no longer kept."""
    if gone := purged.part_of(upload, part):
        raise NoFile(*gone)


def template(declared: type[SheetImport], user: Any, *, example: bool) -> Attachment:
    """The workbook that suppliers fill in, with example rows where they are wanted."""
    target = tempfile.SpooledTemporaryFile(max_size=IN_MEMORY, dir=settings.BULK_UPLOAD_TEMP_DIR)  # noqa: SIM115
    write_template(target, declared, declared.example_rows(user) if example else [], user)
    target.seek(0)
    return Attachment(template_name(declared.sheet, example=example), ExportFormat.XLSX.content_type, target)


def original(upload: BulkUpload) -> Attachment:
    """The file as it was uploaded: an address of the bucket is never given. Raises `NoFile`."""
    if upload.is_undo:
        raise NoFile("no_file", _("Esta carga deshace otra: no tiene archivo."))
    require(upload, Part.FILE)
    content_type = FileFormat(upload.file_format).content_type
    with store_faults_in_words(), storage.local_copy(upload) as path:
        # Opened, it can be read after its folder is gone.
        return Attachment(upload.filename, content_type, path.open("rb"))


def errors(upload: BulkUpload, file_format: ExportFormat, only: QuerySet[RowError] | None = None) -> Attachment:
    """All errors and warnings (or `only` those) as a file that is made while it is sent. Raises `NoFile`."""
    require(upload, Part.ERRORS)
    blocks = export_errors(upload, file_format, _language(), only)
    return Attachment(f"errores_{_stem(upload)}.{file_format}", file_format.content_type, blocks)


def corrections(upload: BulkUpload) -> PreparedFile:
    """How far the workbook of the rejected rows is; a worker makes it if there is none yet. Raises `NoFile`."""
    require_rejected(upload)
    return prepared_files.corrections_of(upload, _language())


def require_rejected(upload: BulkUpload) -> None:
    """Raises `NoFile` when the upload has no rejected rows that can be given."""
    if not upload.is_final:
        raise NoFile("not_finished", _("La carga no ha terminado: espere a que termine."))
    if not upload.is_undo:
        require(upload, Part.ERRORS)
        require(upload, Part.FILE)
    if upload.is_undo or not standing_errors(upload).exists():
        raise NoFile("nothing_to_correct", _("La carga no tiene filas por corregir."))


def prepared(file: PreparedFile) -> Attachment | None:
    """A file that is ready; `None` when the bucket has removed it, and it is made again. Raises `NoFile`."""
    try:
        blocks = storage.stream(file.s3_key)
    except storage.FileGone:
        prepared_files.make_again(file)
        return None
    except storage.StorageDown as error:
        raise _storage_away() from error
    name = f"corregir_{_stem(file.upload)}.xlsx"
    return Attachment(name, ExportFormat.XLSX.content_type, blocks, file.size)


def why_missing(file: PreparedFile) -> NoFile | None:
    """Why a file could not be made, or waits longer than usual; `None` when all is well."""
    match file.error_code:
        case "":
            return None
        case prepared_files.STORAGE_AWAY:
            return _storage_away()
        case prepared_files.NOT_PREPARED:
            sentence = _("El archivo no se pudo preparar por una falla del sistema: intente más tarde.")
            return NoFile(prepared_files.NOT_PREPARED, sentence)
        case prepared_files.FILE_GONE:
            return _gone()
    return NoFile(file.error_code, text_of(file.error_code, file.error_params, _language()))


def require_plan(plan: BulkUpload) -> None:
    """Raises `NoFile` when there are no rows of a plan to show."""
    if missing := why_none(plan):
        raise NoFile(*missing)


def plan(plan: BulkUpload, only: Planned | None = None) -> Attachment:
    """What a plan would do with each row (or with `only` those), as a workbook that is made while it is sent.

    Raises `NoFile`.
    """
    require_plan(plan)
    blocks = export_plan(plan, _language(), only)
    return Attachment(f"plan_{_stem(plan)}.xlsx", ExportFormat.XLSX.content_type, blocks)


@contextmanager
def store_faults_in_words() -> Iterator[None]:
    """Raises what is wrong with an original, or with its store, as `NoFile`."""
    try:
        yield
    except storage.FileGone as error:
        raise _gone() from error
    except storage.StorageDown as error:
        raise _storage_away() from error
    except FileProblem as problem:
        raise NoFile(problem.code, text_of(problem.code, problem.params, _language())) from problem


def _gone() -> NoFile:
    return NoFile("file_gone", text_of(prepared_files.FILE_GONE, {}, _language()))


def _storage_away() -> NoFile:
    return NoFile(prepared_files.STORAGE_AWAY, str(STORAGE_AWAY))


def _stem(upload: BulkUpload) -> str:
    return clean_filename(upload.filename).rpartition(".")[0] or "carga"


def _language() -> str:
    return get_language() or settings.LANGUAGE_CODE
