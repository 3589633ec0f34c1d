"""What nobody has disturbed agrees, and a look at it changes nothing."""

from __future__ import annotations

import pytest

from bulk_upload.intake import cancel_upload, retry_upload
from bulk_upload.models import BulkUpload
from bulk_upload.tests.helpers.queues import waiting
from bulk_upload.tests.helpers.rows import csv_bytes, row

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
