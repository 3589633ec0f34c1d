"""Stored files that no upload knows are set aside, nothing else is touched, and nothing is lost by it."""

from __future__ import annotations

import io
import uuid
from datetime import timedelta

import pytest
from django.core.files.storage import default_storage
from django.utils import timezone

from bulk_upload import storage, storage_keys
from bulk_upload.consistency.orphaned import OrphanSearch
from bulk_upload.consuming import orphans
from bulk_upload.consuming.orphans import set_aside_orphans
from bulk_upload.models import BulkUpload, UploadDraft
from bulk_upload.tests.helpers.rows import csv_bytes, row

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("aws")]


@pytest.fixture(autouse=True)
def _at_once(monkeypatch, settings):
    """Files are orphans from the first moment on, in a part of the bucket of the test's own."""
    monkeypatch.setattr(orphans, "ORPHAN_AGE", timedelta(0))
    settings.S3_KEY_PREFIX = f"system-{uuid.uuid4().hex[:8]}"


def store(key=None, days_ago=0):
    key = key or storage_keys.upload_key(uuid.uuid4(), "csv", timezone.now() - timedelta(days=days_ago))
    return storage.save(io.BytesIO(b"id\n"), key)


def is_set_aside(key):
    return default_storage.exists(storage_keys.orphan_key(key)) and not default_storage.exists(key)


def test_a_file_without_an_upload_is_set_aside_and_one_with_an_upload_stays(accept):
    upload, orphan = accept(csv_bytes([row(1)])), store()
    assert set_aside_orphans(300) == ""
    assert is_set_aside(orphan)
    assert default_storage.exists(upload.s3_key)


def test_the_file_of_a_draft_is_no_orphan():
    key = store()
    UploadDraft.objects.create(
        id=storage_keys.task_id_of(key), sheet_name="productos", s3_key=key, size=3, file_format="csv"
    )
    set_aside_orphans(300)
    assert default_storage.exists(key)
    assert list(OrphanSearch().look(next(storage.pages(storage_keys.uploads()))[0])) == []


def test_a_file_that_has_just_been_stored_stays(monkeypatch):
    monkeypatch.setattr(orphans, "ORPHAN_AGE", timedelta(hours=1))
    key = store()
    set_aside_orphans(300)
    assert default_storage.exists(key)


def test_the_last_days_are_looked_at_too():
    recent, old = store(days_ago=6), store(days_ago=8)
    set_aside_orphans(300)
    assert (is_set_aside(recent), default_storage.exists(old)) == (True, True)


def test_what_is_not_an_upload_of_this_system_is_never_touched(settings):
    today = f"{timezone.now():%Y/%m/%d}"
    others = [
        store(f"otro-sistema/uploads/{today}/{uuid.uuid4()}.csv"),
        store(f"uploads/{today}/{uuid.uuid4()}.csv"),
        store(f"{settings.S3_KEY_PREFIX}/uploads/{today}/precios.csv"),
        store(f"{settings.S3_KEY_PREFIX}/facturas/{today}/{uuid.uuid4()}.csv"),
    ]
    set_aside_orphans(300)
    assert all(default_storage.exists(key) for key in others)


def test_a_database_that_comes_back_older_and_then_newer_loses_nothing(accept, worker):
    upload = accept(csv_bytes([row(1)]))
    BulkUpload.objects.filter(pk=upload.pk).delete()
    set_aside_orphans(300)
    assert is_set_aside(upload.s3_key)
    upload.save(force_insert=True)
    worker.step()
    upload.refresh_from_db()
    assert (upload.status, upload.creados) == ("completed", 1)


def test_out_of_time_it_goes_on_at_the_next_call():
    found = sorted(store() for _ in range(3))
    after = ""
    for key in found:
        after = set_aside_orphans(0, after)
        assert (after, is_set_aside(key)) == (key, True)
    assert set_aside_orphans(300, after) == ""


def test_a_page_of_keys_costs_one_query(accept, django_assert_num_queries):
    for number in range(5):
        accept(csv_bytes([row(number)]))
    with django_assert_num_queries(1) as asked:
        set_aside_orphans(300)
    assert '"task_id" IN' in asked.captured_queries[0]["sql"]


def test_a_store_that_is_away_is_in_the_log(monkeypatch, caplog):
    monkeypatch.setattr(storage, "_bucket", lambda: "no-such-bucket")
    assert set_aside_orphans(300) == ""
    assert "S3 does not answer" in caplog.text
