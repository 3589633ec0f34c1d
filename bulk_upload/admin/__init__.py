"""The admin of uploads: upload a file, watch it, understand what came of it, correct it."""

from bulk_upload.admin.change_guards import ChangeGuardAdmin
from bulk_upload.admin.remembered_mappings import RememberedMappingAdmin
from bulk_upload.admin.uploads import BulkUploadAdmin

__all__ = ["BulkUploadAdmin", "ChangeGuardAdmin", "RememberedMappingAdmin"]
