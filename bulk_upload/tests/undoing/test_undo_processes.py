"""Undo by real workers, through the queue: killed, cancelled, and beside an import of somebody else."""

from __future__ import annotations

import os
import random
import signal
import time
from uuid import UUID

import pytest

from bulk_upload.intake import accept_upload, cancel_upload, retry_upload
from bulk_upload.models import BulkUpload
from bulk_upload.tests.helpers.processes import LEASE_SECONDS, supervised, wait_for
from bulk_upload.tests.helpers.queues import empty_queue
from bulk_upload.tests.helpers.rows import csv_bytes, row
from bulk_upload.tests.helpers.upload_api import a_file
from bulk_upload.undoing.request import request_undo
from catalog.models import Product
from catalog.sheets.products import PRODUCTS

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.processes]

ROWS, CHANGED, CHUNK_ROWS = 3_000, 1_500, 100
FIELDS = ("id", "nombre", "codigo", "precio_unitario", "categoria_id", "activo", "changed_by_upload")


def catalogue():
    return list(Product.objects.order_by("id").values_list(*FIELDS))


def ended(upload):
    upload.refresh_from_db()
    return upload.is_final


def undone_rows(undo, least):
    undo.refresh_from_db()
    return undo.actualizados >= least


def kill(workers):
    for pid in workers.pids():
        os.kill(pid, signal.SIGKILL)


@pytest.fixture
def workers(aws):
    with supervised(2, BULK_UPLOAD_CHUNK_ROWS=CHUNK_ROWS) as workers:
        yield workers


@pytest.fixture
def before(accept, workers):
    """The catalogue before the upload that is undone."""
    first = accept(csv_bytes([row(n) for n in range(1, CHANGED + 1)]), "antes.csv")
    wait_for(lambda: ended(first), 60)
    return catalogue()


@pytest.fixture
def upload(accept, workers, before):
    """Changed half of its 3,000 rows and created the others."""
    rows = [row(n, nombre="Otro", precio_unitario="7.77") for n in range(1, ROWS + 1)]
    upload = accept(csv_bytes(rows), "lista.csv", replace=True)
    wait_for(lambda: ended(upload), 60)
    assert (upload.creados, upload.actualizados) == (ROWS - CHANGED, CHANGED)
    return upload


def test_a_worker_killed_in_the_middle_of_an_undo_changes_nothing(workers, before, upload, user):
    undo = request_undo(upload, user)
    wait_for(lambda: undone_rows(undo, random.randrange(ROWS // 4)), pause=0.01)
    time.sleep(random.uniform(0, 0.05))
    kill(workers)
    wait_for(lambda: ended(undo), 90)
    assert catalogue() == before
    assert (undo.status, undo.total, undo.actualizados, undo.eliminados) == ("completed", ROWS, ROWS, ROWS - CHANGED)
    assert undo.claim_number > 1
    wait_for(empty_queue, LEASE_SECONDS + 5)


def test_a_cancelled_undo_goes_on_where_it_was(workers, before, upload, user):
    undo = request_undo(upload, user)
    wait_for(lambda: undone_rows(undo, 1), pause=0.01)
    assert cancel_upload(undo)
    wait_for(lambda: undo.refresh_from_db() or undo.sin_procesar, 10)
    assert 0 < undo.actualizados < ROWS
    assert retry_upload(undo)
    wait_for(lambda: ended(undo), 60)
    assert catalogue() == before
    assert (undo.status, undo.actualizados, undo.rechazados) == ("completed", ROWS, 0)


def test_an_upload_that_was_killed_and_resumed_is_undone_as_one(accept, workers, before, user):
    rows = [row(n, nombre="Otro") for n in range(1, ROWS + 1)]
    upload = accept(csv_bytes(rows), "lista.csv", replace=True)
    wait_for(lambda: BulkUpload.objects.filter(pk=upload.pk, next_row__gt=ROWS // 3).exists(), pause=0.01)
    kill(workers)
    wait_for(lambda: ended(upload), 90)
    assert upload.claim_number > 1
    undo = request_undo(upload, user)
    wait_for(lambda: ended(undo), 60)
    assert catalogue() == before
    assert (undo.total, undo.actualizados, undo.rechazados) == (ROWS, ROWS, 0)


def test_beside_an_import_of_the_same_codes_by_another_supplier(workers, before, upload, user, other_supplier):
    """Whoever comes first has a code: no row is lost, none is of both, and each upload says what became of its rows."""
    rows = [row(n, nombre="Ajeno") for n in range(CHANGED + 1, ROWS + 1)]
    undo = request_undo(upload, user)
    others = accept_upload(
        file=a_file("ajena.csv", csv_bytes(rows)),
        sheet=PRODUCTS,
        owner=other_supplier,
        user=user,
        reemplazar_duplicados=True,
    )
    wait_for(lambda: ended(undo) and ended(others), 90)
    assert (undo.status, others.status) == ("completed", "completed")
    assert (undo.actualizados, undo.rechazados) == (ROWS, 0)
    mine, theirs = (Product.objects.filter(proveedor=owner).order_by("id") for owner in ("PROV001", "PROV002"))
    assert list(mine.values_list(*FIELDS)) == before
    assert theirs.count() == others.creados == ROWS - CHANGED - others.rechazados
    written: set[UUID | None] = set(theirs.values_list("changed_by_upload", flat=True))
    assert written <= {others.pk}
