"""Uploads, their states, what was wrong with their rows, what they changed, and what of it is kept."""

from bulk_upload.models.change_guard import ChangeGuard
from bulk_upload.models.chunk_rows import ChunkRows
from bulk_upload.models.heartbeat import WorkerHeartbeat
from bulk_upload.models.imported import ImportedModel
from bulk_upload.models.mended_row import MendedRow
from bulk_upload.models.planned_rows import PlannedRows
from bulk_upload.models.prepared_file import FileKind, FileState, PreparedFile
from bulk_upload.models.remembered_mapping import RememberedMapping
from bulk_upload.models.retention import Part
from bulk_upload.models.row_change import RowChange
from bulk_upload.models.row_edit import EditAction, EditSource, RowEdit
from bulk_upload.models.row_error import RowError
from bulk_upload.models.states import (
    FINAL,
    LISTED,
    ClaimLost,
    FileFormat,
    Operation,
    Severity,
    Status,
    Tally,
    iso_utc,
    lease,
)
from bulk_upload.models.unfinished_purge import UnfinishedPurge
from bulk_upload.models.upload import BulkUpload
from bulk_upload.models.upload_draft import UploadDraft
from bulk_upload.models.upload_queryset import BulkUploadQuerySet

__all__ = [
    "FINAL",
    "LISTED",
    "BulkUpload",
    "BulkUploadQuerySet",
    "ChangeGuard",
    "ChunkRows",
    "ClaimLost",
    "EditAction",
    "EditSource",
    "FileFormat",
    "FileKind",
    "FileState",
    "ImportedModel",
    "MendedRow",
    "Operation",
    "Part",
    "PlannedRows",
    "PreparedFile",
    "RememberedMapping",
    "RowChange",
    "RowEdit",
    "RowError",
    "Severity",
    "Status",
    "Tally",
    "UnfinishedPurge",
    "UploadDraft",
    "WorkerHeartbeat",
    "iso_utc",
    "lease",
]
