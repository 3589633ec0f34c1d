"""What nobody has disturbed agrees, and a look at it changes nothing."""

from __future__ import annotations

import pytest

from bulk_upload.intake import cancel_upload, retry_upload
from bulk_upload.models import BulkUpload, lease
from bulk_upload.plans.apply import apply_plan
from bulk_upload.tests.helpers.queues import waiting
from bulk_upload.tests.helpers.rows import csv_bytes, row
from bulk_upload.undoing.request import request_undo
from bulk_upload.undoing.undo import undo
from catalog.models import Product

pytestmark = pytest.mark.django_db

AGREES = ["Base de datos, almacén, colas y caché están de acuerdo."]


def test_an_empty_system_agrees(check):
    assert check() == (0, AGREES)


@pytest.mark.parametrize("options", [[], ["--repair"], ["--deep"], ["--days", "1"], ["--repair", "--deep", "--all"]])
def test_uploads_in_every_state_agree(accept, worker, corrections, check, options):
    lines = [row(n, precio_unitario="caro" if n % 3 == 0 else "1") for n in range(1, 21)]
    completed = accept(csv_bytes([*lines, row(1), row(2, categoria="")]))
    worker.step()
    completed.refresh_from_db()
    assert (completed.status, completed.rechazados) == ("completed", 8)
    corrections(completed)
    failed = accept(b"x,y\n1,2\n")
    worker.step()
    failed.refresh_from_db()
    assert failed.status == "failed"
    cancelled = accept(csv_bytes([row(31)]))
    assert cancel_upload(cancelled)
    assert retry_upload(failed)
    while worker.step():
        pass
    waits = accept(csv_bytes([row(33)]))
    before = list(BulkUpload.objects.order_by("pk").values())
    assert check(*options) == (0, AGREES)
    assert list(BulkUpload.objects.order_by("pk").values()) == before
    assert waiting() == (1, 0)
    worker.step()
    waits.refresh_from_db()
    assert waits.status == "completed"


@pytest.mark.parametrize("options", [[], ["--repair", "--deep", "--all"]])
def test_plans_and_undos_agree_finished_and_halfway(accept, worker, user, settings, check, options):
    """An undo has no file, and goes from the end of the upload's file to its beginning."""
    settings.BULK_UPLOAD_CHUNK_ROWS = 5
    plan = accept(csv_bytes([row(n) for n in range(1, 21)]), plan=True)
    worker.step()
    plan.refresh_from_db()
    applied = apply_plan(plan, user)
    worker.step()
    applied.refresh_from_db()
    undone = request_undo(applied, user)
    claimed = BulkUpload.objects.claim(undone.pk, lease())

    def stop():
        if Product.objects.count() <= 5:
            raise InterruptedError

    with pytest.raises(InterruptedError):
        undo(claimed, after_chunk=stop)
    claimed.give_back()
    assert claimed.procesados == 15
    assert check(*options) == (0, AGREES)
    worker.step()
    undone.refresh_from_db()
    assert (undone.status, undone.eliminados) == ("completed", 20)
    assert check(*options) == (0, AGREES)
