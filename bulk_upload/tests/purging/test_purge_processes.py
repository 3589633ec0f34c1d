"""Purges as real processes: two at once, beside an import, killed anywhere, and again and again until a signal."""

from __future__ import annotations

import signal
import subprocess
import sys

import pytest
from django.conf import settings as django_settings
from django.core.files.storage import default_storage

from bulk_upload.models import BulkUpload, RowError, UnfinishedPurge
from bulk_upload.sheet.columns import ORIGINAL_ROW
from bulk_upload.tests.helpers.processes import environment, free_port, wait_for, worker_process
from bulk_upload.tests.helpers.purging import age, counts, kept, purge, removed, start_purge, with_rows
from bulk_upload.tests.helpers.rows import csv_bytes, row
from catalog.models import Product

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.processes, pytest.mark.usefixtures("aws")]

ERRORS = 2_000


def ended_well(process):
    said, complaint = process.communicate(timeout=120)
    assert (process.returncode, complaint) == (0, "")
    return removed(said)


def test_two_at_once_do_together_what_one_does(ended):
    uploads = [ended(800, errors=ERRORS, changes=300) for _ in range(6)]
    expected = purge("--dry-run")
    assert counts(expected) == (6, 0, 6 * ERRORS, 1_800, 6, 0)
    found = [ended_well(each) for each in [start_purge(BULK_UPLOAD_PURGE_ROWS=100) for _ in range(2)]]
    assert {kind: tuple(map(sum, zip(*(each[kind] for each in found), strict=True))) for kind in expected} == expected
    assert [kept(upload) for upload in uploads] == [(False, 0, 0, 0)] * 6
    assert not any(default_storage.exists(upload.s3_key) for upload in uploads)


def test_beside_an_import_that_marks_the_errors_which_are_being_purged(accept, ended):
    """The errors of the first upload go while its correction is imported, which marks them chunk by chunk."""
    rows = 3_000
    first = ended(100, errors=0, total=rows, rechazados=rows)
    RowError.objects.bulk_create(
        RowError(upload=first, severity="error", fila=2 + n, codigo="required_blank") for n in range(rows)
    )
    header, *lines = csv_bytes([row(n) for n in range(1, rows + 1)]).decode().splitlines()
    content = "\n".join([f"{header},{ORIGINAL_ROW} {first.pk}", *(f"{line},{n}" for n, line in enumerate(lines, 2))])
    correction = accept(content.encode(), "corregido.csv")
    other = accept(csv_bytes([row(n, precio_unitario="caro") for n in range(rows + 1, rows + 101)]))
    with worker_process(BULK_UPLOAD_CHUNK_ROWS=100):
        wait_for(lambda: RowError.objects.filter(upload=first, corregida=True).exists(), pause=0.01)
        found = ended_well(start_purge(BULK_UPLOAD_PURGE_ROWS=50))
        wait_for(lambda: BulkUpload.objects.filter(pk__in=[correction.pk, other.pk], status="completed").count() == 2)
    assert counts(found)[0] == 1
    # What the import held is left for the next purge.
    assert counts(found)[2] + counts(purge())[2] == rows
    assert not UnfinishedPurge.objects.exists()
    correction.refresh_from_db()
    assert (correction.creados, correction.corrects_id, Product.objects.count()) == (rows, first.pk, rows)
    assert kept(other) == (True, 100, 0, 0)


# The command, patched: what is wrapped ends the process before or after it has run, as SIGKILL would.
PROGRAM = """
import os
import django
django.setup()
from django.core.management import call_command
from bulk_upload import storage
from bulk_upload.purging import purge, rows

def ends(owner, name, *, after):
    real = getattr(owner, name)
    def wrapped(*args, **more):
        if after:
            real(*args, **more)
        os._exit(7)
    setattr(owner, name, wrapped)

ends({})
call_command("purge_bulk_uploads")
"""
STEPS = {
    "between the mark and the file": ('storage, "remove", after=False', 1, 8, True),
    "between the file and its note": ('storage, "remove", after=True', 1, 8, False),
    "between the errors and their note": ('rows, "_finish", after=False', 0, 0, False),
    "before the upload": ('purge, "purge_uploads", after=False', 0, 0, False),
}


@pytest.mark.parametrize("step", STEPS)
def test_killed_anywhere_it_leaves_what_is_said_in_words_and_the_next_one_does(ended, api, step):
    patch, files, errors, is_stored = STEPS[step]
    upload = ended(800)
    command = [sys.executable, "-c", PROGRAM.format(patch)]
    variables = environment(DJANGO_SETTINGS_MODULE="medisupply.settings")
    done = subprocess.run(command, cwd=django_settings.BASE_DIR, env=variables, capture_output=True, timeout=60)
    assert (done.returncode, done.stderr) == (7, b"")
    assert (kept(upload)[:2], default_storage.exists(upload.s3_key)) == ((True, errors), is_stored)
    answer = api.get(f"/api/v1/catalog/bulk-upload/{upload.pk}/file")
    assert (answer.status_code, answer.json()["code"]) == (410, "file_purged")
    expected = purge("--dry-run")
    assert counts(expected)[:3] == (files, 0, errors)
    assert purge() == expected
    assert kept(upload) == (False, 0, 0, 0)
    assert (default_storage.exists(upload.s3_key), UnfinishedPurge.objects.count()) == (False, 0)


def test_killed_between_two_slices(ended):
    upload = ended(800, errors=ERRORS)
    process = start_purge(BULK_UPLOAD_PURGE_ROWS=10, BULK_UPLOAD_PURGE_PAUSE_MILLISECONDS=50)
    wait_for(lambda: 0 < kept(upload)[1] < ERRORS, pause=0.01)
    process.kill()
    process.wait(10)
    left = kept(upload)[1]
    assert 0 < left < ERRORS
    assert not default_storage.exists(upload.s3_key)
    expected = purge("--dry-run")
    assert counts(expected) == (0, 0, left, 3, 1, 0)
    assert purge() == expected
    assert kept(upload) == (False, 0, 0, 0)


def test_a_signal_ends_it_after_its_slice_and_says_so(ended):
    upload = ended(800, errors=ERRORS)
    process = start_purge(BULK_UPLOAD_PURGE_ROWS=10, BULK_UPLOAD_PURGE_PAUSE_MILLISECONDS=50)
    wait_for(lambda: 0 < kept(upload)[1] < ERRORS, pause=0.01)
    process.send_signal(signal.SIGTERM)
    said, _ = process.communicate(timeout=30)
    assert process.returncode == 0
    assert "Se detuvo antes de terminar: lo que falta se borra la próxima vez." in said
    left = kept(upload)[1]
    assert counts(removed(said)) == (1, 0, ERRORS - left, 0, 0, 0)
    assert counts(purge()) == (0, 0, left, 3, 1, 0)


def test_again_and_again_until_a_signal_that_ends_the_wait_at_once(ended, accept):
    first = ended(800)
    process = start_purge("--every", "1s")
    try:
        wait_for(lambda: not kept(first)[0])
        second = with_rows(age(accept(csv_bytes([row(50)])), 800, status="completed"), 5)
        wait_for(lambda: not kept(second)[0])
    finally:
        process.terminate()
    said, complaint = process.communicate(timeout=10)
    assert (process.returncode, complaint) == (0, "")
    assert said.count("Se borró:") >= 2


def test_a_fault_does_not_end_the_repetition(aws):
    process = start_purge("--every", "1s", AWS_ENDPOINT_URL_SQS=f"http://127.0.0.1:{free_port()}")
    assert [process.stderr.readline().split(" (")[0] for _ in range(2)] == ["SQS no responde"] * 2
    process.terminate()
    process.communicate(timeout=10)
    assert process.returncode == 0


def test_a_wait_of_a_day_ends_at_once(aws):
    process = start_purge("--every", "24h")
    line = process.stdout.readline()
    assert line == "Se borró:\n"
    process.terminate()
    process.communicate(timeout=10)
    assert process.returncode == 0
