"""What is past its age is removed, nothing else is, and what is said is what was done."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core.files.storage import default_storage
from django.core.management import CommandError

from bulk_upload import progress, snapshots, storage
from bulk_upload.models import BulkUpload, PreparedFile, UnfinishedPurge
from bulk_upload.tests.helpers.admin_people import make_upload
from bulk_upload.tests.helpers.purging import KINDS, age, counts, kept, purge
from bulk_upload.tests.helpers.rows import csv_bytes, row
from bulk_upload.workbooks import prepared_files
from catalog.models import Product
from medisupply.backends.database import database_now

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("aws")]


def has_file(upload):
    return default_storage.exists(upload.s3_key)


def make_ready(upload, days, worker):
    """A file made of the upload so many days ago."""
    file = prepared_files.corrections_of(upload, "es")
    worker.step()
    PreparedFile.objects.filter(pk=file.pk).update(updated_at=database_now() - timedelta(days=days))
    file.refresh_from_db()
    assert file.state == "ready"
    return file


def test_files_errors_and_changes_go_after_ninety_days_and_the_upload_after_two_years(ended):
    today, before, after, history = (ended(days) for days in (0, 89.9, 90.1, 731))
    said = purge()
    assert counts(said) == (2, 0, 16, 6, 1, 0)
    assert said["archivos originales"][1] == after.size + history.size
    assert [kept(upload) for upload in (today, before, after, history)] == [
        (True, 8, 3, 0),
        (True, 8, 3, 0),
        (True, 0, 0, 0),
        (False, 0, 0, 0),
    ]
    assert [has_file(upload) for upload in (today, before, after, history)] == [True, True, False, False]
    assert not UnfinishedPurge.objects.exists()
    assert counts(purge()) == (0, 0, 0, 0, 0, 0)


@pytest.mark.parametrize("kind", ["FILES", "ERRORS", "CHANGES"])
def test_each_kind_has_an_age_of_its_own(ended, settings, kind):
    upload = ended(10)
    setattr(settings, f"BULK_UPLOAD_KEEP_{kind}_DAYS", 9)
    purge()
    there = (has_file(upload), *(number > 0 for number in kept(upload)[1:3]))
    assert there == (kind != "FILES", kind != "ERRORS", kind != "CHANGES")
    upload.refresh_from_db()
    marks = (upload.file_purged_at, upload.errors_purged_at, upload.changes_purged_at)
    assert tuple(mark is None for mark in marks) == there


def test_what_is_kept_for_ever_is(ended, settings):
    for kind in ("UPLOADS", "FILES", "ERRORS", "CHANGES", "PREPARED"):
        setattr(settings, f"BULK_UPLOAD_KEEP_{kind}_DAYS", 0)
    upload = ended(30_000)
    assert counts(purge()) == (0, 0, 0, 0, 0, 0)
    assert (has_file(upload), kept(upload)) == (True, (True, 8, 3, 0))


@pytest.mark.parametrize("status", ["completed", "failed", "cancelled"])
def test_every_end_counts_from_the_end(ended, status):
    upload = ended(91, status=status)
    # It came long before, and was retried in between.
    BulkUpload.objects.filter(pk=upload.pk).update(created_at=database_now() - timedelta(days=900))
    purge()
    assert kept(upload) == (True, 0, 0, 0)
    recent = ended(89, status=status, created_at=database_now() - timedelta(days=900))
    purge()
    assert kept(recent) == (True, 8, 3, 0)


@pytest.mark.parametrize("status", ["pending", "processing"])
def test_what_has_not_ended_is_never_touched(ended, status):
    upload = ended(5_000, status=status, completed_at=None)
    assert counts(purge()) == (0, 0, 0, 0, 0, 0)
    assert (has_file(upload), kept(upload)) == (True, (True, 8, 3, 0))


def test_a_file_that_was_made_goes_a_week_after_it_was_made(accept, worker):
    upload = accept(csv_bytes([row(1, nombre="")]))
    worker.step()
    file = make_ready(upload, 6.9, worker)
    assert counts(purge())[1] == 0
    PreparedFile.objects.update(updated_at=database_now() - timedelta(days=7.1))
    assert purge()["archivos preparados"] == (1, file.size)
    assert (default_storage.exists(file.s3_key), PreparedFile.objects.exists()) == (False, False)


def test_a_file_that_is_being_made_keeps_what_it_is_made_of(accept, worker, settings):
    settings.BULK_UPLOAD_KEEP_UPLOADS_DAYS = 91
    upload = accept(csv_bytes([row(1, nombre="")]))
    worker.step()
    age(upload, 100)
    file = prepared_files.corrections_of(upload, "es")
    assert counts(purge()) == (0, 0, 0, 0, 0, 0)
    worker.step()
    file.refresh_from_db()
    assert (file.state, file.rows_done) == ("ready", 1)
    # The file in the bucket belongs to the upload, which stays as long as it does.
    assert counts(purge()) == (1, 0, 1, 0, 0, 0)
    PreparedFile.objects.update(updated_at=database_now() - timedelta(days=8))
    assert counts(purge()) == (0, 1, 0, 0, 1, 0)


def test_a_file_that_was_asked_for_in_the_moment_of_the_purge_is_refused_not_made_of_half(accept, worker):
    upload = accept(csv_bytes([row(1, nombre="")]))
    worker.step()
    age(upload, 100)
    purge()
    file = prepared_files.corrections_of(upload, "es")
    worker.step()
    file.refresh_from_db()
    assert (file.state, file.error_code) == ("failed", "file_missing")


def test_an_upload_stays_as_long_as_a_correction_of_it(ended):
    first = ended(900)
    correction, other = ended(800, corrects=first), ended(10, corrects=first)
    assert counts(purge())[4] == 1
    assert [kept(upload)[0] for upload in (first, correction, other)] == [True, False, True]
    other.refresh_from_db()
    assert other.corrects == first
    age(other, 731)
    assert counts(purge())[4] == 2


def test_products_keep_the_identifiers_of_uploads_that_are_gone(accept, worker, supplier):
    upload = accept(csv_bytes([row(1)]))
    worker.step()
    age(upload, 800)
    assert counts(purge())[4] == 1
    product = Product.objects.get()
    assert (product.created_by_upload, product.changed_by_upload) == (upload.pk, upload.pk)


def test_more_than_a_slice_goes_in_slices_of_the_settings(ended, settings):
    settings.BULK_UPLOAD_PURGE_ROWS = 7
    uploads = [ended(100, errors=50, changes=20), ended(100, errors=3, changes=0)]
    said = purge()
    assert counts(said) == (2, 0, 53, 20, 0, 0)
    assert said["errores y advertencias de filas"][1] > 53 * 20
    assert [kept(upload) for upload in uploads] == [(True, 0, 0, 0)] * 2


def test_what_would_be_removed_is_what_is_removed_then(ended, accept, worker):
    upload = accept(csv_bytes([row(900, nombre="")]))
    worker.step()
    make_ready(upload, 8, worker)
    for days in (0, 95, 400, 731, 800):
        ended(days)
    first = ended(1_000)
    ended(20, corrects=first)
    before = [kept(each) for each in BulkUpload.objects.order_by("pk")]
    said = purge("--dry-run")
    assert counts(said) == (5, 1, 40, 15, 2, 0)
    assert [kept(each) for each in BulkUpload.objects.order_by("pk")] == before
    assert BulkUpload.objects.exclude(file_purged_at=None).count() == 0
    assert all(has_file(each) for each in BulkUpload.objects.all())
    assert all(size > 0 for count, size in said.values() if count)
    assert purge() == said
    assert purge("--dry-run") == purge() == dict.fromkeys(KINDS, (0, 0))


def test_a_file_of_another_system_in_the_bucket_stays(ended):
    upload = ended(100)
    key = f"otro-sistema/uploads/2026/01/31/{upload.pk}.csv"
    default_storage.bucket.put_object(Key=key, Body=b"id\n")
    BulkUpload.objects.filter(pk=upload.pk).update(s3_key=key)
    assert counts(purge("--dry-run")) == counts(purge()) == (0, 0, 8, 3, 0, 0)
    assert default_storage.exists(key)


def test_a_file_that_lies_among_the_orphans_goes_too(ended):
    upload = ended(100)
    storage.set_aside(upload.s3_key)
    purge()
    assert storage.is_missing(upload.s3_key)


def test_clients_that_poll_see_it_at_once(ended, api):
    upload = ended(100, rechazados=6, total=6)
    progress.put(snapshots.of(upload))
    address = f"/api/v1/catalog/bulk-upload/status/{upload.pk}"
    first = api.get(address)
    assert (len(first.json()["result"]["errores"]), first.json()["file_purged_at"]) == (4, None)
    purge()
    second = api.get(address, headers={"If-None-Match": first["ETag"]})
    assert (second.status_code, second.json()["result"]["errores"]) == (200, [])
    assert second.json()["file_purged_at"]
    assert second.json()["errors_purged_at"]


def test_two_ways_that_exclude_each_other_are_refused():
    with pytest.raises(CommandError, match="no van juntos"):
        purge("--dry-run", "--every", "24h")


@pytest.mark.parametrize("time", ["", "24", "0h", "-1h", "diez", "1.5h", "24 h"])
def test_a_time_that_is_none_is_refused_in_words(time):
    with pytest.raises(CommandError, match="no es un tiempo: escriba un número y su unidad"):
        purge(f"--every={time}")


def test_an_upload_of_nobody_is_purged_as_any_other(aws):
    upload = age(make_upload(None, sheet_name="proveedores"), 800, status="failed")
    assert counts(purge())[4] == 1
    assert kept(upload)[0] is False
