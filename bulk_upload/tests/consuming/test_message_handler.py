"""Messages that come twice, and workers that wake up after their claim has gone."""

from __future__ import annotations

import os
import signal
import sqlite3
import time

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection

from bulk_upload import queue
from bulk_upload.intake import accept_upload
from bulk_upload.models import BulkUpload, Status
from bulk_upload.tests.helpers.outcomes import clear, ended, eventful_file, outcome, prepare_catalogue
from bulk_upload.tests.helpers.processes import LEASE_SECONDS, database_url, supervised, wait_for, worker_process
from bulk_upload.tests.helpers.queues import empty_queue
from bulk_upload.tests.helpers.rows import csv_bytes, row
from catalog.models import Product, Supplier
from catalog.sheets.products import PRODUCTS

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.processes]

ROWS = 3_000


@pytest.fixture
def standard_queue(aws, settings, monkeypatch):
    """A queue that delivers any message to anybody, in any order."""
    settings.SQS_QUEUE_NAME = settings.SQS_QUEUE_NAME.replace(".fifo", "-standard")
    monkeypatch.setenv("SQS_QUEUE_NAME", settings.SQS_QUEUE_NAME)
    queue.ensure_queues()


def test_every_message_delivered_twice_at_once_to_two_workers(accept, supplier, standard_queue):
    def send():
        clear()
        prepare_catalogue(ROWS, supplier)
        return accept(eventful_file(ROWS), replace=True)

    with supervised(2, BULK_UPLOAD_CHUNK_ROWS=100):
        first = send()
        wait_for(lambda: ended(first))
        expected = outcome(first)
        for _ in range(3):
            upload = send()
            queue.publish(upload.pk, "PROV001", 2)
            queue.publish(upload.pk, "PROV001", 3)
            wait_for(lambda: ended(upload))  # noqa: B023  # called at once
            wait_for(empty_queue, LEASE_SECONDS * 3)
            assert outcome(upload) == expected
            assert upload.claim_number == 1


def stop_between_transactions(pid):
    """SIGSTOP the worker when it holds no lock: SQLite has one lock for all, which nobody could take away."""
    while True:
        os.kill(pid, signal.SIGSTOP)
        if connection.vendor != "sqlite":
            return
        time.sleep(0.02)
        probe = sqlite3.connect(database_url().removeprefix("sqlite:///"), timeout=0, isolation_level=None)
        try:
            probe.execute("BEGIN IMMEDIATE")
            probe.execute("ROLLBACK")
            return
        except sqlite3.OperationalError:
            os.kill(pid, signal.SIGCONT)
            time.sleep(0.005)
        finally:
            probe.close()


def test_a_worker_that_wakes_up_after_its_lease_writes_nothing_and_goes_on(accept):
    upload = accept(csv_bytes([row(n) for n in range(1, 20_001)]))
    with worker_process() as sleeper:
        wait_for(lambda: BulkUpload.objects.get(pk=upload.pk).exitosos > 0)
        stop_between_transactions(sleeper.pid)
        assert not ended(upload)
        with worker_process():
            wait_for(lambda: ended(upload), 60)
            wait_for(empty_queue)
            expected = outcome(upload)
            revision = upload.revision
        next_one = accept(csv_bytes([row(n) for n in range(30_001, 30_011)]))
        sleeper.send_signal(signal.SIGCONT)
        wait_for(lambda: ended(next_one), 60)
    next_one.refresh_from_db()
    assert (next_one.status, next_one.exitosos) == (Status.COMPLETED, 10)
    Product.objects.filter(pk__gt="PROD30000").delete()
    assert outcome(upload) == expected
    assert (upload.revision, upload.claim_number) == (revision, 2)


def test_two_suppliers_with_overlapping_files_at_once(aws, supplier, other_supplier, user):
    """Each product stays with whoever created it, and nobody sees a deadlock."""

    def send(owner: Supplier, numbers) -> BulkUpload:
        file = SimpleUploadedFile("a.csv", csv_bytes([row(n, nombre=f"De {owner.pk}") for n in numbers]))
        return accept_upload(file=file, sheet=PRODUCTS, owner=owner, user=user, reemplazar_duplicados=True)

    uploads = [send(supplier, range(1, 6001)), send(other_supplier, range(6000, 0, -1))]
    with supervised(2):
        wait_for(lambda: all(ended(upload) for upload in uploads), 90)
    for upload in uploads:
        upload.refresh_from_db()
        assert (upload.status, upload.total) == ("completed", 6000)
        assert upload.creados + upload.rechazados == 6000
        assert set(upload.row_errors.filter(severity="error").values_list("codigo", flat=True)) <= {"other_supplier"}
        owned = Product.objects.filter(proveedor=upload.proveedor)
        assert owned.count() == upload.creados
        assert set(owned.values_list("nombre", "created_by_upload")) <= {(f"De {upload.proveedor_id}", upload.pk)}
    assert Product.objects.count() == 6000
