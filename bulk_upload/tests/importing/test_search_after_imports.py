"""What was imported is found at once, and a worker makes it ready for the index while it has nothing else to do."""

from __future__ import annotations

import time

import pytest
from django.db import connection

from bulk_upload.tests.helpers.processes import worker_process
from bulk_upload.tests.helpers.rows import csv_bytes, row
from catalog.search import has_unfilled

ITEMS = "/api/v1/catalog/items"

needs_postgresql = pytest.mark.skipif("connection.vendor != 'postgresql'", reason="SQLite fills nothing")


def found(api, text):
    return [item["id"] for item in api.get(ITEMS, {"q": text}).json()["items"]]


@pytest.mark.django_db
def test_products_are_found_right_after_their_import_and_after_they_were_filled(api, accept, worker):
    accept(csv_bytes([row(1, nombre="CATÉTER venoso"), row(2)]))
    worker.step()
    assert found(api, "cateter") == ["PROD00001"]
    worker.step()
    assert (has_unfilled(), found(api, "cateter")) == (False, ["PROD00001"])
    accept(csv_bytes([row(1, nombre="Cánula nasal")]), replace=True)
    worker.step()
    assert (found(api, "cateter"), found(api, "nasal canula")) == ([], ["PROD00001"])
    worker.step()
    assert (found(api, "cateter"), found(api, "nasal canula")) == ([], ["PROD00001"])


@needs_postgresql
@pytest.mark.django_db
def test_a_message_goes_before_the_filling(api, accept, worker):
    for number in (1, 2):
        accept(csv_bytes([row(number)]), name=f"{number}.csv")
        worker.step()
    assert has_unfilled()
    worker.step()
    assert not has_unfilled()


@needs_postgresql
@pytest.mark.processes
@pytest.mark.django_db(transaction=True)
def test_a_real_worker_fills(api, accept):
    upload = accept(csv_bytes([row(number) for number in range(700)]))
    with worker_process():
        deadline = time.monotonic() + 30
        while upload.status != "completed" or has_unfilled():
            assert time.monotonic() < deadline
            time.sleep(0.1)
            upload.refresh_from_db()
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM catalog_productsearch JOIN catalog_product ON id = product_id")
        assert cursor.fetchone()[0] == 700
    assert found(api, "699 guantes") == ["PROD00699"]
