"""The process may end at any step of intake and of the worker: one upload at most, one end, nothing left over."""

from __future__ import annotations

import subprocess
import sys
from datetime import timedelta

import pytest
from django.conf import settings as django_settings
from django.core.files.storage import default_storage
from rest_framework.authtoken.models import Token

from bulk_upload.consuming import orphans
from bulk_upload.models import BulkUpload
from bulk_upload.tests.helpers.outcomes import ended, eventful_file, outcome, prepare_catalogue
from bulk_upload.tests.helpers.processes import environment, wait_for, worker_process
from bulk_upload.tests.helpers.queues import empty_queue
from catalog.models import Product

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.processes]

ROWS = 900

# A patched program: what is wrapped ends the process before or after it has run.
PROGRAM = """
import functools, os, sys
import django
django.setup()
from django.conf import settings
from bulk_upload import intake, queue, storage
from bulk_upload.importing import chunk
from bulk_upload.importing.writing import writer
from bulk_upload.models import BulkUpload, BulkUploadQuerySet
from django.db.models.query import QuerySet

def ends(owner, name, *, after, times=1):
    real, calls = getattr(owner, name), []
    @functools.wraps(real)
    def wrapped(*args, **more):
        calls.append(1)
        if len(calls) == times and not after:
            os._exit(7)
        answer = real(*args, **more)
        if len(calls) == times:
            os._exit(7)
        return answer
    setattr(owner, name, wrapped)

{patch}
{action}
"""

POST = """
from django.core.files.uploadedfile import SimpleUploadedFile
from rest_framework.test import APIClient
client = APIClient()
client.credentials(HTTP_AUTHORIZATION="Token {token}")
file = SimpleUploadedFile("a.csv", open(sys.argv[1], "rb").read())
answer = client.post("/api/v1/catalog/items/bulk-upload?reemplazar_duplicados=true", {{"file": file}})
assert answer.status_code == 202, answer.content
"""

WORK = """
from django.core.management import call_command
call_command("consume_bulk_uploads", "--max-messages", "9", "--wait", "1")
"""


def run(patch: str, action: str, *arguments: str) -> int:
    program = PROGRAM.format(patch=patch, action=action)
    command = [sys.executable, "-c", program, *arguments]
    variables = {"DJANGO_SETTINGS_MODULE": "medisupply.settings", "ALLOWED_HOSTS": "testserver"}
    return subprocess.run(command, cwd=django_settings.BASE_DIR, env=environment(**variables), timeout=60).returncode


def keys():
    return {item.key for item in default_storage.bucket.objects.filter(Prefix="medisupply/uploads/")}


@pytest.fixture(scope="module")
def undisturbed():
    """Holds what the file came to, so that each process of the tests imports it but once."""
    return []


@pytest.fixture
def expected(accept, supplier, undisturbed):
    """What the file comes to when nothing goes wrong; the catalogue is set back afterwards."""
    if not undisturbed:
        prepare_catalogue(ROWS, supplier)
        upload = accept(eventful_file(ROWS), replace=True)
        with worker_process("--max-messages", "1") as worker:
            assert worker.wait(30) == 0
        undisturbed.append(outcome(upload))
        Product.objects.all().delete()
        BulkUpload.objects.all().delete()
    prepare_catalogue(ROWS, supplier)
    return undisturbed[0]


INTAKE = {
    "after the file is stored": 'ends(storage, "save", after=True)',
    "after the row": 'ends(intake, "publish", after=False)',
    "before the send": 'ends(queue, "publish", after=False)',
    "after the send": 'ends(queue, "publish", after=True)',
}


@pytest.mark.parametrize("step", INTAKE)
def test_intake_ends(expected, user, tmp_path, step, monkeypatch):
    token = Token.objects.create(user=user).key
    file = tmp_path / "a.csv"
    file.write_bytes(eventful_file(ROWS))
    before = keys()
    assert run(INTAKE[step], POST.format(token=token), str(file)) == 7
    uploads = list(BulkUpload.objects.all())
    assert len(uploads) == (0 if step == "after the file is stored" else 1)
    assert len(keys() - before) == 1
    monkeypatch.setattr(orphans, "ORPHAN_AGE", timedelta(0))
    orphans.set_aside_orphans(300)  # also those that other tests have left
    assert len(keys() - before) == len(uploads)
    with worker_process():
        for upload in uploads:
            wait_for(lambda: ended(upload))  # noqa: B023  # called at once
            assert outcome(upload) == expected
        wait_for(empty_queue)


WORKER = {
    "after the claim": 'ends(BulkUploadQuerySet, "claim", after=True)',
    "in a chunk": 'ends(writer, "write", after=True, times=2)',
    "before the commit": 'ends(BulkUpload, "checkpoint", after=True, times=2)',
    "after the commit": 'ends(chunk.Chunk, "commit", after=True, times=2)',
    "before the end": 'ends(BulkUpload, "complete", after=False)',
    "before the delete": 'ends(queue, "delete", after=False)',
    "after the delete": 'ends(queue, "delete", after=True)',
}


@pytest.mark.parametrize("step", WORKER)
def test_the_worker_ends(expected, accept, step):
    upload = accept(eventful_file(ROWS), replace=True)
    assert run(WORKER[step], WORK) == 7
    with worker_process():
        wait_for(lambda: ended(upload))
        wait_for(empty_queue)
    assert outcome(upload) == expected
    assert BulkUpload.objects.count() == 1
