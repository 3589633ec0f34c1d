"""What was removed by its age is missed by nobody."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core.files.storage import default_storage

from bulk_upload.models import BulkUpload, PreparedFile
from bulk_upload.purging.pace import Pace
from bulk_upload.purging.purge import purge
from bulk_upload.purging.report import Report
from bulk_upload.tests.helpers.rows import csv_bytes, row
from medisupply.backends.database import database_now

pytestmark = pytest.mark.django_db

AGREES = (0, ["Base de datos, almacén, colas y caché están de acuerdo."])


@pytest.fixture
def old(accept, worker, corrections):
    """An upload with rejected rows, and a file of them, that ended long ago."""
    upload = accept(csv_bytes([row(1, precio_unitario="caro"), row(2)]))
    worker.step()
    upload.refresh_from_db()
    corrections(upload)
    then = database_now() - timedelta(days=365)
    BulkUpload.objects.update(completed_at=then)
    PreparedFile.objects.update(updated_at=then)
    return upload


def test_purged_files_and_errors_are_no_difference(old, check):
    purge(Report(), Pace())
    old.refresh_from_db()
    assert old.file_purged_at
    assert old.errors_purged_at
    assert not default_storage.exists(old.s3_key)
    assert check("--repair", "--deep") == AGREES


def test_a_database_of_before_a_purge_agrees_with_the_bucket_of_after_it(old, check):
    default_storage.delete(old.s3_key)
    default_storage.delete(PreparedFile.objects.get().s3_key)
    assert check("--repair") == AGREES
    purge(Report(), Pace())
    assert BulkUpload.objects.get().file_purged_at


def test_a_file_that_is_kept_for_ever_is_missed_however_old(old, check, settings):
    settings.BULK_UPLOAD_KEEP_FILES_DAYS = 0
    settings.BULK_UPLOAD_KEEP_PREPARED_DAYS = 0
    default_storage.delete(old.s3_key)
    default_storage.delete(PreparedFile.objects.get().s3_key)
    status, lines = check("--repair")
    assert status == 1
    assert {
        "Cargas terminadas cuyo archivo falta: 1, reparado: 0",
        "Archivos preparados que faltan: 1, reparado: 1",
    } <= set(lines)
