"""Uploads, their states, what was wrong with their rows, what they changed, and what of it is kept."""

from bulk_upload.models.heartbeat import WorkerHeartbeat
from bulk_upload.models.imported import ImportedModel
from bulk_upload.models.prepared_file import FileState, PreparedFile
from bulk_upload.models.retention import Part
from bulk_upload.models.row_change import RowChange
from bulk_upload.models.row_error import RowError
from bulk_upload.models.states import FINAL, LISTED, ClaimLost, FileFormat, Severity, Status, Tally, iso_utc, lease
from bulk_upload.models.unfinished_purge import UnfinishedPurge
from bulk_upload.models.upload import BulkUpload
from bulk_upload.models.upload_queryset import BulkUploadQuerySet

__all__ = [
    "FINAL",
    "LISTED",
    "BulkUpload",
    "BulkUploadQuerySet",
    "ClaimLost",
    "FileFormat",
    "FileState",
    "ImportedModel",
    "Part",
    "PreparedFile",
    "RowChange",
    "RowError",
    "Severity",
    "Status",
    "Tally",
    "UnfinishedPurge",
    "WorkerHeartbeat",
    "iso_utc",
    "lease",
]
