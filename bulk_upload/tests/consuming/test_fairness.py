"""Order within a supplier, fairness between suppliers."""

from __future__ import annotations

from itertools import pairwise

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection

from bulk_upload import queue
from bulk_upload.consuming.import_attempt import Attempt
from bulk_upload.intake import accept_upload
from bulk_upload.models import BulkUpload
from bulk_upload.tests.helpers.processes import supervised, wait_for
from bulk_upload.tests.helpers.rows import csv_bytes, row
from catalog.models import Product, Supplier
from catalog.sheets.products import PRODUCTS
from medisupply.backends.database import database_now

# Rows of a large file: its import must outlast that of one small file of every other supplier.
LARGE = 25_000
# Of one whose import takes several seconds.
LONG = {"postgresql": 90_000, "sqlite": 30_000}

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def suppliers(db):
    return [Supplier.objects.create(codigo=f"S{n:02d}", nombre=f"S{n}") for n in range(10)]


@pytest.fixture
def send(aws, user):
    def run(owner: Supplier, numbers, **changes) -> BulkUpload:
        file = SimpleUploadedFile("a.csv", csv_bytes([row(n, **changes) for n in numbers]))
        return accept_upload(file=file, sheet=PRODUCTS, owner=owner, user=user, reemplazar_duplicados=True)

    return run


@pytest.mark.processes
def test_fifty_uploads_with_three_workers_all_end_once_and_small_ones_do_not_wait_for_large_ones(suppliers, send):
    large = [send(suppliers[0], range(n * 30_000, n * 30_000 + LARGE)) for n in range(1, 3)]
    small = [send(suppliers[1 + n % 9], range(1_000_000 + n * 1000, 1_000_000 + n * 1000 + 300)) for n in range(48)]
    with supervised(3, BULK_UPLOAD_WAIT_SECONDS=20, BULK_UPLOAD_LEASE_SECONDS=30):
        wait_for(lambda: not BulkUpload.objects.unfinished().exists(), 240)
    uploads = BulkUpload.objects.all()
    assert {(u.status, u.claim_number, u.creados == u.total) for u in uploads} == {("completed", 1, True)}
    assert Product.objects.count() == 2 * LARGE + 48 * 300
    for upload in (*large, *small):
        upload.refresh_from_db()
    longest_large = max(upload.completed_at - upload.started_at for upload in large)
    began = min(upload.started_at for upload in (*large, *small))
    # A single small file, the first of each supplier, never waits for a large one of somebody else.
    firsts = small[:9]
    assert max(upload.started_at - began for upload in firsts) < longest_large
    in_order = sorted(large, key=lambda upload: upload.created_at)
    assert [u.started_at for u in in_order] == sorted(u.started_at for u in large)
    assert all(a.completed_at <= b.started_at for a, b in pairwise(in_order))


def test_an_earlier_upload_whose_message_was_lost_is_imported_first(suppliers, send, worker, monkeypatch):
    with monkeypatch.context() as patch:
        patch.setattr(queue, "publish", lambda *args: None)
        earlier = send(suppliers[0], [1], nombre="Precio viejo")
    later = send(suppliers[0], [1], nombre="Precio nuevo")
    worker.step()
    earlier.refresh_from_db()
    later.refresh_from_db()
    assert earlier.completed_at <= later.started_at
    assert Product.objects.get().nombre == "Precio nuevo"


def test_an_upload_that_is_buried_frees_the_next_of_its_supplier(suppliers, send, worker):
    broken, next_one = send(suppliers[0], [1]), send(suppliers[0], [2])
    BulkUpload.objects.filter(pk=broken.pk).update(attempts=99)
    worker.step()
    worker.step()
    broken.refresh_from_db()
    next_one.refresh_from_db()
    assert (broken.status, broken.error_code, next_one.status) == ("failed", "attempts_exhausted", "completed")


def test_a_waiting_retry_blocks_only_its_own_supplier(suppliers, send, worker, monkeypatch):
    from bulk_upload import storage

    def down(key):
        raise storage.StorageDown("503")

    blocked = [send(suppliers[0], [1]), send(suppliers[0], [2])]
    with monkeypatch.context() as patch:
        patch.setattr(storage, "stream", down)
        worker.step()
    other = send(suppliers[1], [3])
    assert worker.step() is True
    assert worker.step() is False
    other.refresh_from_db()
    assert other.status == "completed"
    assert [BulkUpload.objects.get(pk=u.pk).status for u in blocked] == ["processing", "pending"]


@pytest.mark.processes
def test_with_one_worker_short_files_go_between_the_chunks_of_a_long_one(suppliers, send):
    rows = LONG[connection.vendor]
    long = send(suppliers[0], range(1, rows + 1))
    with supervised(1, BULK_UPLOAD_SHORT_BYTES=100_000):
        wait_for(lambda: BulkUpload.objects.get(pk=long.pk).exitosos)
        short = [send(owner, range(n * 100_000, n * 100_000 + 50)) for n, owner in enumerate(suppliers[1:4], 1)]
        not_short = send(suppliers[5], range(900_000, 904_000))
        wait_for(lambda: not BulkUpload.objects.unfinished().exists(), 120)
    for upload in (long, not_short, *short):
        upload.refresh_from_db()
    assert {upload.status for upload in (long, not_short, *short)} == {"completed"}
    assert max(upload.completed_at for upload in short) < long.completed_at < not_short.completed_at
    assert (long.claim_number, long.exitosos) == (1, rows)  # it was never given back


def test_a_file_that_is_not_as_short_as_it_looked_is_given_back(suppliers, send, worker, monkeypatch):
    monkeypatch.setattr(Attempt, "is_longer_than", lambda attempt, seconds: True)
    long = send(suppliers[0], range(1, 6_001))
    other = send(suppliers[1], range(10_001, 16_001))
    worker.step()
    long.refresh_from_db()
    other.refresh_from_db()
    assert (long.status, long.claim_number) == ("completed", 1)
    assert (other.status, other.claim_number, other.attempts) == ("processing", 1, 0)
    assert other.completed_at is None
    assert other.lease_until <= database_now()
