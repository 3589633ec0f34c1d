"""What a worker counts for Prometheus: uploads, rows, stages, retries, lost claims and faults of the cache."""

from __future__ import annotations

import errno

import pytest
from django.db import OperationalError
from prometheus_client import REGISTRY, generate_latest

from bulk_upload import storage
from bulk_upload.consuming import import_attempt, redelivery_delay
from bulk_upload.intake import cancel_upload
from bulk_upload.models import BulkUpload, ChangeGuard, lease
from bulk_upload.plans.apply import apply_plan
from bulk_upload.reading.child_process import ReaderKilled
from bulk_upload.tests.helpers.rows import csv_bytes, row
from bulk_upload.tests.helpers.scraping import samples
from bulk_upload.undoing.request import request_undo
from bulk_upload.workbooks import prepared_files
from catalog.models import Product
from medisupply.backends import shared_cache
from medisupply.metrics.declared import RETRIES, WORKER

pytestmark = pytest.mark.django_db(transaction=True)


def now():
    """Every count of ours, and how many durations there are."""
    figures = samples(generate_latest(REGISTRY).decode())
    ends = ("_total", "_count")
    return {name: value for name, value in figures.items() if name.startswith("medisupply") and _end(name) in ends}


def _end(name):
    return "_" + name.partition("{")[0].rpartition("_")[2]


@pytest.fixture
def raised():
    """What has risen since the last question, and by how much."""
    for metric in WORKER:
        metric.start()
    last = [now()]

    def since():
        before, last[0] = last[0], now()
        return {
            name.removeprefix("medisupply_"): value - before.get(name, 0)
            for name, value in last[0].items()
            if value > before.get(name, 0)
        }

    return since


def ended(state, cause, operation="import"):
    return f'uploads_ended_total{{cause="{cause}",operation="{operation}",state="{state}"}}'


def rows(outcome, operation="import"):
    return f'rows_total{{operation="{operation}",outcome="{outcome}"}}'


STAGES = {f'stage_seconds_count{{stage="{stage}"}}': 1 for stage in ("fetch", "read", "match", "write")}


def test_rows_by_their_outcome_and_each_stage_once(accept, worker, run_import, raised):
    run_import([row(21), row(22)])
    raised()
    others = [row(6), row(21), row(22, precio_unitario="999.00"), row(31, precio_unitario="x")]
    accept(csv_bytes([*(row(n) for n in range(1, 7)), *others]), replace=True)
    worker.step()
    counted = {rows("created"): 6, rows("updated"): 1, rows("unchanged"): 1, rows("rejected"): 2}
    assert raised() == {ended("completed", "none"): 1, **counted, **STAGES}


def test_a_plan_its_application_and_the_undo_are_no_imports(accept, worker, user, run_import, raised):
    run_import([row(1)])
    raised()
    plan = accept(csv_bytes([row(1, nombre="Otro"), row(2), row(3, precio_unitario="x")]), replace=True, plan=True)
    worker.step()
    counts = {"created": 1, "updated": 1, "rejected": 1}
    for operation in ("plan", "apply"):
        counted = {rows(outcome, operation): count for outcome, count in counts.items()}
        assert raised() == {ended("completed", "none", operation): 1, **counted, **STAGES}
        if operation == "plan":
            applied = apply_plan(BulkUpload.objects.get(pk=plan.pk), user)
            worker.step()
    Product.objects.filter(pk=row(2)["id"]).update(changed_by_upload=None)
    request_undo(BulkUpload.objects.get(pk=applied.pk), user)
    worker.step()
    counted = {rows("restored", "undo"): 1, rows("kept", "undo"): 1}
    assert raised() == {ended("completed", "none", "undo"): 1, **counted}


def test_an_import_that_its_guard_lets_pass_is_planned_first(accept, worker, supplier, raised):
    ChangeGuard.objects.create(proveedor=supplier, sheet_name="productos", max_changed_percent=50)
    accept(csv_bytes([row(1)]))
    worker.step()
    planned, imported = rows("created", "plan"), rows("created")
    assert raised() == {ended("completed", "none"): 1, planned: 1, imported: 1, **STAGES}


def test_a_file_that_cannot_be_imported_failed_because_of_its_file(accept, worker, raised):
    accept(b"un,archivo,cualquiera\n1,2,3\n")
    worker.step()
    assert raised() == {ended("failed", "file"): 1, **STAGES}


def test_a_file_that_is_missing_is_the_systems_fault(accept, worker, raised):
    upload = accept(csv_bytes([row(1)]))
    storage._client().delete_object(Bucket=storage._bucket(), Key=upload.s3_key)
    worker.step()
    assert raised() == {ended("failed", "system"): 1, **STAGES}


def test_an_upload_is_cancelled_by_no_stage(accept, raised):
    assert cancel_upload(accept(csv_bytes([row(1)])))
    assert raised() == {ended("cancelled", "none"): 1}


def test_rows_of_an_attempt_that_broke_off_are_counted_once(accept, worker, raised, monkeypatch, settings):
    settings.BULK_UPLOAD_CHUNK_ROWS = 10
    monkeypatch.setattr(redelivery_delay, "FIRST_DELAY", 0)
    upload = accept(csv_bytes([row(n) for n in range(1, 31)]))
    original = import_attempt.Attempt._after_chunk

    def broken(attempt):
        original(attempt)
        if attempt.upload.creados == 20:
            raise OperationalError("the database restarts")

    with monkeypatch.context() as patch:
        patch.setattr(import_attempt.Attempt, "_after_chunk", broken)
        worker.step()
    assert raised() == {rows("created"): 20, 'retries_total{fault="passing"}': 1}
    worker.step()
    assert raised() == {ended("completed", "none"): 1, rows("created"): 10, **STAGES}
    upload.refresh_from_db()
    assert upload.creados == 30


FAULTS = [
    (OperationalError("away"), "passing"),
    (storage.StorageDown("503"), "passing"),
    (OSError(errno.ENOSPC, "No space left on device"), "machine"),
    (MemoryError(), "machine"),
    (ReaderKilled("killed"), "reader"),
    (ZeroDivisionError(), "unforeseen"),
]


def named(value):
    return type(value).__name__ if isinstance(value, Exception) else value


class TestRetries:
    def test_every_kind_is_declared(self):
        assert {(kind,) for _, kind in FAULTS} == set(RETRIES.known)

    @pytest.mark.parametrize(("error", "kind"), FAULTS, ids=named)
    def test_an_attempt_that_is_made_again_is_counted(self, accept, worker, raised, monkeypatch, error, kind):
        def broken(*_, **__):
            raise error

        accept(csv_bytes([row(1)]))
        monkeypatch.setattr(import_attempt, "import_table", broken)
        worker.step()
        assert raised() == {f'retries_total{{fault="{kind}"}}': 1}

    def test_a_file_to_correct(self, accept, worker, raised, monkeypatch):
        upload = accept(csv_bytes([row(1), row(2, precio_unitario="x")]))
        worker.step()
        raised()

        def down(key):
            raise storage.StorageDown("503")

        prepared_files.corrections_of(upload, "es")
        monkeypatch.setattr(storage, "stream", down)
        worker.step()
        assert raised() == {'retries_total{fault="passing"}': 1}


class TestLostClaims:
    def test_an_upload_that_another_worker_took(self, accept, worker, raised, monkeypatch, settings):
        settings.BULK_UPLOAD_CHUNK_ROWS = 10
        upload = accept(csv_bytes([row(n) for n in range(1, 31)]))

        def overtaken(attempt):
            BulkUpload.objects.filter(pk=upload.pk).update(lease_until=attempt.upload.created_at, holder_session="")
            assert BulkUpload.objects.claim(upload.pk, lease())

        monkeypatch.setattr(import_attempt.Attempt, "_after_chunk", overtaken)
        worker.step()
        assert raised() == {"claims_lost_total": 1}

    def test_an_upload_that_was_cancelled_meanwhile_is_none(self, accept, worker, raised, monkeypatch, settings):
        settings.BULK_UPLOAD_CHUNK_ROWS = 10
        upload = accept(csv_bytes([row(n) for n in range(1, 31)]))
        original = import_attempt.Attempt._after_chunk

        def cancelled(attempt):
            original(attempt)
            assert BulkUpload.objects.get(pk=upload.pk).cancel()

        monkeypatch.setattr(import_attempt.Attempt, "_after_chunk", cancelled)
        worker.step()
        assert raised() == {rows("created"): 10}


def test_a_cache_that_is_away_is_one_fault_for_some_seconds(no_redis, raised):
    shared_cache.ask_again()
    for _ in range(5):
        shared_cache.write("a", 1, 60)
    assert raised() == {"cache_faults_total": 1}
