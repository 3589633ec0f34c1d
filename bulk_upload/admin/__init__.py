"""The admin of uploads: upload a file, watch it, understand what came of it, correct it."""

from bulk_upload.admin.uploads import BulkUploadAdmin

__all__ = ["BulkUploadAdmin"]
