"""PostgreSQL alone comes back, by the commands of docs/operacion.md: Redis and the queue are lost."""

from __future__ import annotations

import secrets
import shutil
import signal
import uuid

import pytest
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection

from bulk_upload import queue
from bulk_upload.intake import accept_upload, cancel_upload
from bulk_upload.models import BulkUpload, PreparedFile
from bulk_upload.tests.helpers.dumps import drop, rows_of
from bulk_upload.tests.helpers.operations_page import printed, run
from bulk_upload.tests.helpers.processes import environment, wait_for, worker_process
from bulk_upload.tests.helpers.queues import waiting
from bulk_upload.tests.helpers.rows import csv_bytes, row
from bulk_upload.tests.helpers.valkey import Valkey
from bulk_upload.workbooks import prepared_files
from catalog.models import Product
from catalog.sheets.products import PRODUCTS

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.processes,
    pytest.mark.skipif("connection.vendor != 'postgresql'", reason="it is about PostgreSQL's tools"),
    pytest.mark.skipif(not shutil.which("pg_restore"), reason="PostgreSQL's tools are not here"),
]
HALFWAY_ROWS = 6_000
UNFINISHED = (
    "SELECT (SELECT count(*) FROM bulk_upload_bulkupload WHERE status IN ('pending', 'processing')) + "
    "(SELECT count(*) FROM bulk_upload_preparedfile WHERE state IN ('pending', 'processing'))"
)
UPLOADS = (
    "SELECT task_id, status, total, creados, actualizados, sin_cambios, rechazados, sin_procesar, error_code "
    "FROM bulk_upload_bulkupload ORDER BY task_id"
)
ERRORS = (
    "SELECT upload_id, fila, columna, codigo, valor FROM bulk_upload_rowerror ORDER BY upload_id, fila, columna, codigo"
)
WRITTEN = (
    "SELECT id, codigo, nombre, precio_unitario, proveedor_id, version, created_by_upload, changed_by_upload "
    "FROM catalog_product ORDER BY id"
)


@pytest.fixture
def valkey():
    server = Valkey()
    yield server
    server.kill()


@pytest.fixture
def restored():
    """The name that the page's database gets here."""
    name = f"restored_{secrets.token_hex(4)}"
    yield name
    drop(name)


@pytest.fixture
def uploads(accept, supplier, other_supplier, user, age):
    """In every state: completed, in the middle, waiting, without a file, cancelled; and a file that is asked for."""
    completed = accept(csv_bytes([row(n, precio_unitario="caro" if n % 4 == 0 else "1") for n in range(20)]))
    with worker_process():
        wait_for(lambda: BulkUpload.objects.get(pk=completed.pk).is_final)
    completed.refresh_from_db()
    assert (completed.creados, completed.rechazados) == (15, 5)
    halfway = accept(csv_bytes([row(n) for n in range(100, 100 + HALFWAY_ROWS)]))
    # Killed, not stopped: the claim is that of a session which is no more.
    with worker_process() as worker:
        wait_for(lambda: BulkUpload.objects.get(pk=halfway.pk).exitosos > 0, pause=0.005)
        worker.send_signal(signal.SIGKILL)
        worker.wait(10)
    halfway.refresh_from_db()
    assert 0 < halfway.exitosos < HALFWAY_ROWS
    waits = accept(csv_bytes([row(n, nombre="Otro nombre") for n in range(10)]), replace=True)
    file = SimpleUploadedFile("otra.csv", csv_bytes([row(n) for n in range(90_000, 90_030)]))
    accept_upload(file=file, sheet=PRODUCTS, owner=other_supplier, user=user, reemplazar_duplicados=False)
    lost = accept(csv_bytes([row(80_000)]))
    default_storage.delete(lost.s3_key)
    assert cancel_upload(accept(csv_bytes([row(80_001)])))
    prepared_files.corrections_of(completed, "es")
    age()
    return {"halfway": halfway, "waits": waits, "lost": lost}


def finish(database, **variables):
    """A worker, until nothing is unfinished and its queue is empty."""
    name = variables.get("SQS_QUEUE_NAME", queue.queue_name())
    url = queue.client().get_queue_url(QueueName=name)["QueueUrl"]
    with worker_process(**variables):
        wait_for(lambda: rows_of(database, UNFINISHED) == [(0,)] and waiting(url) == (0, 0), 90)


def test_postgresql_alone_comes_back_and_every_upload_ends(uploads, restored, valkey, tmp_path):
    source = str(connection.settings_dict["NAME"])
    run(printed("copiar").splitlines()[0], environment(), cwd=tmp_path)
    assert printed("copiar").splitlines()[0].startswith("pg_dump ")
    lost_parts = {"REDIS_URL": valkey.url, "SQS_QUEUE_NAME": f"test-{uuid.uuid4()}.fifo"}
    script = printed("restaurar").replace("medisupply_restaurada", restored)
    said = run(script, environment(**lost_parts), cwd=tmp_path)

    assert "Cargas sin terminar cuyo archivo falta: 1, reparado: 1" in said
    assert "Cargas sin mensaje: 3, reparado: 3" in said
    assert "Archivos preparados sin mensaje: 1, reparado: 1" in said
    assert said.endswith("Todo lo que difería se reparó.\n")
    there = {**lost_parts, "DATABASE_URL": environment()["DATABASE_URL"].replace(f"/{source}", f"/{restored}")}
    again = run("manage.py check_consistency --repair", environment(**there))
    assert again.endswith("Base de datos, almacén, colas y caché están de acuerdo.\n")

    finish(restored, **there)
    finish(source)
    assert rows_of(restored, UPLOADS) == rows_of(source, UPLOADS)
    assert rows_of(restored, ERRORS) == rows_of(source, ERRORS)
    assert rows_of(restored, WRITTEN) == rows_of(source, WRITTEN)
    # Here, where nothing was restored: that all of it is as it should be, and each row was written once.
    ended = {name: BulkUpload.objects.get(pk=upload.pk) for name, upload in uploads.items()}
    assert (ended["halfway"].status, ended["halfway"].creados) == ("completed", HALFWAY_ROWS)
    assert (ended["waits"].status, ended["waits"].actualizados, ended["waits"].creados) == ("completed", 7, 3)
    assert (ended["lost"].status, ended["lost"].error_code) == ("failed", "file_missing")
    assert set(Product.objects.filter(nombre="Otro nombre").values_list("version", flat=True)) == {1, 2}
    assert PreparedFile.objects.get().state == "ready"
    assert "están de acuerdo" in run("manage.py check_consistency --deep", environment(**there))
