"""The tests of alarms use the uploads' supplier, user and parts."""

from bulk_upload.tests.conftest import _aws, accept, aws, supplier, user  # noqa: F401
