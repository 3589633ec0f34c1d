"""The tests of what all doors have in common use the uploads' supplier, user and parts."""

from bulk_upload.tests.conftest import (  # noqa: F401
    _aws,
    _readers,
    accept,
    api,
    aws,
    no_redis,
    other_supplier,
    run_import,
    supplier,
    user,
    worker,
)
from bulk_upload.tests.helpers.admin_people import supplier_person  # noqa: F401
