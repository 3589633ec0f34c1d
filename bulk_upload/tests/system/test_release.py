"""While a release is rolled out, processes of the last one work on the new schema: see docs/release.md."""

from __future__ import annotations

import subprocess
import sys
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection

from bulk_upload import queue
from bulk_upload.consuming import sweep
from bulk_upload.intake import accept_upload, retry_upload
from bulk_upload.models import BulkUpload, PreparedFile
from bulk_upload.tests.helpers.last_release import known_to_it
from bulk_upload.tests.helpers.outcomes import clear, eventful_file, outcome, prepare_catalogue
from bulk_upload.tests.helpers.processes import environment
from bulk_upload.tests.helpers.rows import csv_bytes, row
from bulk_upload.workbooks import prepared_files
from catalog.models import Product
from catalog.sheets.products import PRODUCTS
from catalog.sheets.stock import STOCK
from medisupply.backends.database import database_now

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.processes]

ROWS = 900

ACCEPT = """
import django
django.setup()
from django.contrib.auth.models import User
from django.core.files.uploadedfile import SimpleUploadedFile
from bulk_upload.intake import accept_upload, retry_upload
from catalog.models import Supplier
import sys
file = SimpleUploadedFile("a.csv", open(sys.argv[1], "rb").read())
supplier, user = Supplier.objects.get(pk="PROV001"), User.objects.get()
accept_upload(file=file, supplier=supplier, user=user, reemplazar_duplicados=True)
"""


def run(folder, *command):
    variables = environment(DJANGO_SETTINGS_MODULE="medisupply.settings")
    subprocess.run([sys.executable, *command], cwd=folder, env=variables, timeout=60, check=True)


def test_a_worker_of_the_last_release_imports_into_the_new_schema(last_release, accept, supplier, worker):
    def last_ones_worker():
        run(last_release, "manage.py", "consume_bulk_uploads", "--once")

    results = []
    for work in (worker.step, last_ones_worker):
        clear()
        prepare_catalogue(ROWS, supplier)
        upload = accept(eventful_file(ROWS), replace=True)
        work()
        results.append(known_to_it(outcome(upload)))
    assert results[0]["counts"]["status"] == "completed"
    assert results[0]["counts"]["creados"] > 0
    assert results[1] == results[0]


def test_a_message_for_a_file_is_lost_to_a_worker_of_the_last_release_and_sent_again(last_release, accept, worker):
    upload = accept(csv_bytes([row(1, nombre="")]))
    worker.step()
    upload.refresh_from_db()
    file = prepared_files.corrections_of(upload, "es")
    run(last_release, "manage.py", "consume_bulk_uploads", "--once")
    assert (queue.waiting_messages(), queue.dead_letters()) == (0, 0)
    earlier = database_now() - timedelta(minutes=5)
    PreparedFile.objects.filter(pk=file.pk).update(published_at=earlier, created_at=earlier)
    sweep.publish_waiting()
    worker.step()
    file.refresh_from_db()
    assert file.state == "ready"


def test_a_sheet_that_the_last_release_does_not_know_fails_there_and_is_retried_here(last_release, accept, worker):
    """So the workers of a release are restarted before its web."""
    upload = accept(b"producto_id,bodega,cantidad\nPROD00001,BOG_CENTRAL,4\n", sheet=STOCK)
    run(last_release, "manage.py", "consume_bulk_uploads", "--once")
    upload.refresh_from_db()
    assert (upload.status, upload.error_code) == ("failed", "no_header")
    assert retry_upload(upload)
    worker.step()
    upload.refresh_from_db()
    assert (upload.status, upload.total) == ("completed", 1)


@pytest.mark.skipif("connection.vendor != 'postgresql'", reason="SQLite has one process at a time")
def test_an_upload_that_the_last_release_accepts_has_its_place_in_the_order(
    last_release, aws, supplier, user, worker, tmp_path
):
    def accept_here(price):
        file = SimpleUploadedFile("a.csv", csv_bytes([row(1, precio_unitario=price)]))
        return accept_upload(file=file, sheet=PRODUCTS, owner=supplier, user=user, reemplazar_duplicados=True)

    first = accept_here("1")
    file = tmp_path / "a.csv"
    file.write_bytes(csv_bytes([row(1, precio_unitario="2")]))
    run(last_release, "-c", ACCEPT, str(file))
    last = accept_here("3")
    old = BulkUpload.objects.exclude(pk__in=[first.pk, last.pk]).get()
    assert first.number < old.number < last.number
    for _ in range(3):
        worker.step()
    assert set(BulkUpload.objects.values_list("status", "rechazados")) == {("completed", 0)}
    assert Product.objects.get().precio_unitario == 3


@pytest.fixture
def unknown_column():
    """A required column without a default: what no release may add, and somebody does."""
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE catalog_product ADD COLUMN peso integer NOT NULL DEFAULT 0")
        cursor.execute("ALTER TABLE catalog_product ALTER COLUMN peso DROP DEFAULT")
        try:
            yield
        finally:
            cursor.execute("ALTER TABLE catalog_product DROP COLUMN peso")


@pytest.mark.skipif("connection.vendor != 'postgresql'", reason="SQLite has one process at a time")
def test_a_required_column_that_the_worker_does_not_know_rejects_nothing(unknown_column, accept, worker):
    upload = accept(csv_bytes(row(n) for n in range(1, 601)))
    worker.step()
    upload.refresh_from_db()
    assert (upload.status, upload.rechazados, upload.exitosos, upload.row_errors.count()) == ("processing", 0, 0, 0)
    assert queue.waiting_messages() == 1
