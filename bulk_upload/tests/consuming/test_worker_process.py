"""The real thing: `manage.py consume_bulk_uploads` in a process of its own, moto over HTTP, a real .xlsx."""

from __future__ import annotations

import signal
import subprocess
import sys
import time

import pytest
from django.conf import settings

from bulk_upload.models import BulkUpload
from bulk_upload.tests.helpers.processes import environment, supervised, wait_for, worker_process
from bulk_upload.tests.helpers.rows import csv_bytes, row
from catalog.models import Product

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.processes]


@pytest.fixture
def example():
    return (settings.BASE_DIR / "fixtures" / "plantilla_productos_ejemplo.xlsx").read_bytes()


def test_a_worker_process_imports_a_real_workbook(accept, example):
    upload = accept(example, "plantilla_productos_ejemplo.xlsx")
    with worker_process("--max-messages", "1") as worker:
        assert worker.wait(30) == 0
    upload.refresh_from_db()
    assert (upload.status, upload.total, upload.creados) == ("completed", 10, 10)
    assert Product.objects.count() == 10


def test_a_worker_loads_neither_the_admin_nor_the_api_nor_openpyxl_nor_what_serves_metrics():
    start = "import django, sys; django.setup(); import bulk_upload.management.commands.consume_bulk_uploads"
    command = [sys.executable, "-c", f"{start}; print(*sys.modules)"]
    variables = environment(DJANGO_SETTINGS_MODULE="medisupply.settings")
    loaded = subprocess.run(command, env=variables, cwd=settings.BASE_DIR, check=True, capture_output=True, text=True)
    unused = {"catalog.admin", "bulk_upload.admin", "medisupply.urls", "rest_framework.views", "openpyxl"}
    unused |= {"rich", "django_structlog"}  # only of the web and of commands for people
    unused |= {"prometheus_client"}  # only where Prometheus asks
    assert unused & set(loaded.stdout.split()) == set()


def test_once_means_one_message(accept):
    uploads = [accept(csv_bytes([row(n)])) for n in (1, 2)]
    with worker_process("--once") as worker:
        assert worker.wait(30) == 0
    assert [BulkUpload.objects.get(pk=upload.pk).status for upload in uploads] == ["completed", "pending"]


def test_an_idle_worker_leaves_in_the_middle_of_its_poll(accept, example):
    upload = accept(example, "ejemplo.xlsx")
    with worker_process("--wait", "20") as worker:
        wait_for(lambda: BulkUpload.objects.get(pk=upload.pk).is_final)
        time.sleep(0.5)
        worker.send_signal(signal.SIGTERM)
        assert worker.wait(5) == 0  # a poll takes 20 s


def test_a_busy_worker_leaves_after_its_chunk_and_another_goes_on_at_the_checkpoint(accept):
    upload = accept(csv_bytes([row(n) for n in range(1, 100_001)]))
    with worker_process() as worker:
        wait_for(lambda: BulkUpload.objects.get(pk=upload.pk).exitosos > 1000)
        worker.send_signal(signal.SIGTERM)
        assert worker.wait(10) == 0
    stopped = BulkUpload.objects.get(pk=upload.pk)
    assert (stopped.status, stopped.attempts) == ("processing", 0)
    with worker_process():
        wait_for(lambda: BulkUpload.objects.get(pk=upload.pk).next_row > stopped.next_row, 15)
        upload.refresh_from_db()
        assert upload.claim_number == 2
        assert upload.exitosos == upload.next_row - 2  # no row was done twice
        assert upload.cancel()
    assert Product.objects.count() == BulkUpload.objects.get(pk=upload.pk).exitosos


def test_a_second_signal_leaves_at_once(accept):
    upload = accept(csv_bytes([row(n) for n in range(1, 50_001)]))
    with worker_process(BULK_UPLOAD_CHUNK_ROWS=50_000, BULK_UPLOAD_LEASE_SECONDS=300) as worker:
        wait_for(lambda: BulkUpload.objects.get(pk=upload.pk).total)
        worker.send_signal(signal.SIGTERM)
        time.sleep(0.05)
        worker.send_signal(signal.SIGTERM)
        assert worker.wait(5) == 0
    assert BulkUpload.objects.get(pk=upload.pk).exitosos == 0


def test_workers_under_supervisor_start_work_and_stop(accept, example):
    with supervised(2) as workers:
        upload = accept(example, "ejemplo.xlsx")
        wait_for(lambda: BulkUpload.objects.get(pk=upload.pk).is_final)
        assert len(workers.pids()) == 2
        assert workers.stop() == 0
