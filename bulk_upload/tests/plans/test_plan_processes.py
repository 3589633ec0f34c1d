"""Plans and their application by real workers, through the queue: killed, asked for twice, and beside other imports."""

from __future__ import annotations

import os
import random
import signal
import time
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connection
from rest_framework.authtoken.models import Token
from rest_framework.test import APIClient

from bulk_upload.intake import accept_upload
from bulk_upload.models import BulkUpload, Operation
from bulk_upload.plans import rows as plan_rows
from bulk_upload.plans.apply import apply_plan
from bulk_upload.tests.helpers.outcomes import clear, ended, eventful_file, outcome, prepare_catalogue
from bulk_upload.tests.helpers.processes import LEASE_SECONDS, supervised, wait_for
from bulk_upload.tests.helpers.queues import empty_queue
from bulk_upload.tests.helpers.rows import csv_bytes, row
from bulk_upload.tests.helpers.upload_api import a_file
from catalog.models import Product
from catalog.sheets.products import PRODUCTS

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.processes]

ROWS, CHUNK_ROWS = 3_000, 100


@pytest.fixture
def workers(aws):
    with supervised(2, BULK_UPLOAD_CHUNK_ROWS=CHUNK_ROWS) as workers:
        yield workers


@pytest.fixture
def expected(workers, accept, supplier):
    """What the import of the eventful file comes to; what it changed is as before again."""
    prepare_catalogue(ROWS, supplier)
    direct = accept(eventful_file(ROWS), replace=True)
    wait_for(lambda: ended(direct), 60)
    found = outcome(direct)
    clear()
    prepare_catalogue(ROWS, supplier)
    return found


def planned_by_workers(accept, content, **options):
    plan = accept(content, plan=True, **options)
    wait_for(lambda: ended(plan), 60)
    plan.refresh_from_db()
    return plan


def kill_in_the_middle(workers, upload):
    wait_for(lambda: BulkUpload.objects.filter(pk=upload.pk, total__gt=0).exists(), pause=0.01)
    least = random.randrange(ROWS // 2)
    wait_for(lambda: BulkUpload.objects.filter(pk=upload.pk, exitosos__gt=least).exists(), pause=0.01)
    time.sleep(random.uniform(0, 0.05))
    for pid in workers.pids():
        os.kill(pid, signal.SIGKILL)


def test_killed_in_the_middle_of_the_plan_and_of_its_application(workers, expected, accept, user):
    before = list(Product.objects.order_by("pk").values())
    plan = accept(eventful_file(ROWS), replace=True, plan=True)
    kill_in_the_middle(workers, plan)
    wait_for(lambda: ended(plan), 90)
    planned = outcome(plan)
    assert (planned["counts"], planned["problems"]) == (expected["counts"], expected["problems"])
    assert plan.claim_number > 1
    assert [one.fila for one in plan_rows.every(plan)] == list(range(2, ROWS + 2))
    assert list(Product.objects.order_by("pk").values()) == before
    applied = apply_plan(plan, user)
    kill_in_the_middle(workers, applied)
    wait_for(lambda: ended(applied), 90)
    assert outcome(applied) == expected
    assert applied.claim_number > 1
    wait_for(empty_queue, LEASE_SECONDS + 5)


def test_of_two_who_apply_at_once_one_does(workers, accept, user):
    plan = planned_by_workers(accept, csv_bytes([row(1)]))
    key = Token.objects.create(user=user).key
    together = Barrier(2, timeout=30)

    def ask(_number):
        client = APIClient(headers={"Authorization": f"Token {key}"})
        together.wait()
        try:
            return client.post(f"/api/v1/catalog/bulk-upload/{plan.pk}/apply").status_code
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(ask, range(2))) == [202, 409]
    applied = BulkUpload.objects.get(operation=Operation.APPLY)
    wait_for(lambda: ended(applied))
    assert Product.objects.count() == 1


def test_what_an_import_has_changed_first_is_left(workers, accept, user):
    rows = [row(n, precio_unitario="9.99") for n in range(1, 401)]
    plan = planned_by_workers(accept, csv_bytes(rows), replace=True)
    first = accept(csv_bytes([row(n, precio_unitario="5.00") for n in range(1, 201)]), "otra.csv")
    applied = apply_plan(plan, user)
    wait_for(lambda: ended(first, applied), 60)
    applied.refresh_from_db()
    assert (applied.creados, applied.rechazados) == (200, 200)
    assert set(applied.row_errors.filter(severity="error").values_list("codigo", flat=True)) == {"changed_since_plan"}
    assert Product.objects.filter(changed_by_upload=first.pk, precio_unitario="5.00").count() == 200


def test_beside_an_import_of_the_same_rows_by_another_supplier(workers, accept, user, other_supplier):
    """Whoever comes first has a product: none is lost, none is of both, and both uploads say what became of each."""
    content = csv_bytes(row(n) for n in range(1, ROWS + 1))
    plan = planned_by_workers(accept, content)
    applied = apply_plan(plan, user)
    others = accept_upload(
        file=a_file("ajena.csv", content),
        sheet=PRODUCTS,
        owner=other_supplier,
        user=user,
        reemplazar_duplicados=True,
    )
    wait_for(lambda: ended(applied, others), 90)
    for upload, owner in ((applied, "PROV001"), (others, "PROV002")):
        upload.refresh_from_db()
        assert (upload.status, upload.creados + upload.rechazados) == ("completed", ROWS)
        assert Product.objects.filter(proveedor=owner, changed_by_upload=upload.pk).count() == upload.creados
    assert Product.objects.count() == ROWS
