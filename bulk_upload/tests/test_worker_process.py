"""The real thing: `manage.py consume_bulk_uploads` in a process of its own, moto over HTTP, a real .xlsx."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from django.conf import settings as django_settings
from django.db import connection

from bulk_upload.models import BulkUpload
from catalog.models import Product

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.processes]

EXAMPLE = Path("fixtures/plantilla_productos_ejemplo.xlsx")


def database_url() -> str:
    """The address of the database that this test uses, for another process."""
    db = connection.settings_dict
    if connection.vendor == "sqlite":
        return f"sqlite:///{db['NAME']}"
    return f"postgres://{db['USER']}:{db['PASSWORD']}@{db['HOST']}:{db['PORT']}/{db['NAME']}"


def start_worker(*arguments: str) -> subprocess.Popen:
    return subprocess.Popen(
        [sys.executable, "manage.py", "consume_bulk_uploads", *arguments],
        env={**os.environ, "DATABASE_URL": database_url()},
        cwd=django_settings.BASE_DIR,
    )


def wait_for(condition, seconds=20.0):
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.05)


def test_a_worker_process_imports_a_real_workbook(accept):
    upload = accept((django_settings.BASE_DIR / EXAMPLE).read_bytes(), "plantilla_productos_ejemplo.xlsx")
    process = start_worker("--max-messages", "1")
    assert process.wait(30) == 0
    upload.refresh_from_db()
    assert (upload.status, upload.total, upload.creados) == ("completed", 10, 10)
    assert Product.objects.count() == 10


def test_an_idle_worker_leaves_at_once_on_sigterm(accept):
    upload = accept((django_settings.BASE_DIR / EXAMPLE).read_bytes(), "ejemplo.xlsx")
    process = start_worker("--wait", "20")
    wait_for(lambda: BulkUpload.objects.get(pk=upload.pk).is_final)
    time.sleep(1)
    process.send_signal(signal.SIGTERM)
    assert process.wait(5) == 0
