"""Uploads and stored files: what is missing, replaced, set aside, or of no upload."""

from __future__ import annotations

import io
import uuid
from datetime import timedelta

import pytest
from django.core.files.storage import default_storage
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from bulk_upload import storage, storage_keys
from bulk_upload.consuming import orphans
from bulk_upload.models import BulkUpload, PreparedFile, lease
from bulk_upload.tests.helpers.rows import csv_bytes, row

pytestmark = pytest.mark.django_db


def store(content=b"id\n", key=None, days_ago=0):
    day = timezone.now() - timedelta(days=days_ago)
    return storage.save(io.BytesIO(content), key or storage_keys.upload_key(uuid.uuid4(), "csv", day))


def replace(key, content):
    default_storage.delete(key)
    return store(content, key)


def is_set_aside(key):
    return default_storage.exists(storage_keys.orphan_key(key)) and not default_storage.exists(key)


@pytest.fixture
def waits(accept):
    return accept(csv_bytes([row(1)]))


@pytest.fixture
def completed(accept, worker):
    upload = accept(csv_bytes([row(2)]))
    worker.step()
    upload.refresh_from_db()
    assert upload.status == "completed"
    return upload


def test_an_unfinished_upload_without_its_file_fails_in_words(waits, check):
    default_storage.delete(waits.s3_key)
    line = (
        f"La carga {waits.pk} (PROV001, «productos.csv», en espera) no tiene su archivo en el almacén "
        f"({waits.s3_key}): no se puede importar."
    )
    would = "Con --repair se da por fallida, en palabras, y el proveedor puede subirlo otra vez."
    counts = ["Cargas sin terminar cuyo archivo falta: 1", "Diferencias que quedan: 1"]
    assert check() == (1, [f"{line} {would}", *counts])
    waits.refresh_from_db()
    assert waits.status == "pending"
    status, lines = check("--repair")
    assert (status, lines[0]) == (0, f"{line} Reparado: se dio por fallida.")
    waits.refresh_from_db()
    assert (waits.status, waits.error_code) == ("failed", "file_missing")
    # It says itself that its file is missing, and its message is gone, too.
    assert check()[0] == 0


def test_the_worker_that_has_it_is_not_disturbed(waits, check):
    default_storage.delete(waits.s3_key)
    BulkUpload.objects.claim(waits.pk, lease())
    status, lines = check("--repair")
    assert status == 1
    assert lines[0].endswith("No se reparó: un trabajador la tiene ahora, o la cola no la toma; repita la orden.")
    waits.refresh_from_db()
    assert waits.status == "processing"


def test_a_finished_upload_without_its_file_is_said_and_stays(completed, check):
    default_storage.delete(completed.s3_key)
    status, lines = check("--repair")
    assert status == 1
    assert lines[0] == (
        f"La carga {completed.pk} (PROV001, «productos.csv», completada) no tiene su archivo en el almacén "
        f"({completed.s3_key}): ni el original ni sus filas por corregir se pueden descargar. Si el bucket guarda "
        "versiones, recupere la anterior."
    )
    completed.refresh_from_db()
    assert completed.status == "completed"


def test_a_file_that_was_set_aside_is_brought_back_before_the_bucket_removes_it(completed, check):
    storage.set_aside(completed.s3_key)
    status, lines = check()
    assert status == 1
    assert "tiene su archivo apartado como huérfano" in lines[0]
    assert not default_storage.exists(completed.s3_key)
    assert check("--repair")[0] == 0
    assert default_storage.exists(completed.s3_key)
    assert check()[0] == 0


@pytest.mark.parametrize(("content", "how"), [(b"id\n", "3 bytes en vez de"), (None, "su SHA-256 es otro")])
def test_a_file_that_is_another_one(completed, waits, check, content, how):
    deep = [] if content else ["--deep"]
    for upload in (waits, completed):
        replace(upload.s3_key, content or b"x" * upload.size)
    if deep:
        assert check()[0] == 0
    status, lines = check("--repair", *deep)
    assert status == 1
    assert sum(how in line for line in lines) == 2
    assert {
        "Cargas sin terminar cuyo archivo es otro: 1, reparado: 1",
        "Cargas terminadas cuyo archivo es otro: 1, reparado: 0",
    } <= set(lines)
    waits.refresh_from_db()
    assert (waits.status, waits.error_code) == ("failed", "file_replaced")


def test_a_file_without_an_upload_is_set_aside_however_old(completed, check):
    found = [store(), store(days_ago=400)]
    status, lines = check()
    assert status == 1
    assert sorted(line.split()[2] for line in lines[:2]) == sorted(found)
    assert not any(map(is_set_aside, found))
    assert check("--repair")[0] == 0
    assert all(map(is_set_aside, found))
    assert default_storage.exists(completed.s3_key)
    assert check("--repair") == check() == (0, ["Base de datos, almacén, colas y caché están de acuerdo."])


def test_a_file_that_has_just_been_stored_is_not_judged(completed, check, monkeypatch):
    monkeypatch.setattr(orphans, "ORPHAN_AGE", timedelta(hours=1))
    store()
    assert check()[0] == 0


def test_what_is_not_an_upload_of_this_system_is_never_touched(completed, check, settings):
    today = f"{timezone.now():%Y/%m/%d}"
    others = [
        store(key=f"otro-sistema/uploads/{today}/{uuid.uuid4()}.csv"),
        store(key=f"{settings.S3_KEY_PREFIX}/uploads/{today}/precios.csv"),
        store(key=f"{settings.S3_KEY_PREFIX}/facturas/{today}/{uuid.uuid4()}.csv"),
    ]
    assert check("--repair")[0] == 0
    assert all(map(default_storage.exists, others))


def test_under_an_empty_database_no_file_is_set_aside(check):
    """It is hardly the database that these files belong to."""
    key = store()
    status, lines = check("--repair")
    assert status == 1
    assert "No se aparta nada mientras la base no conozca ninguna carga" in lines[0]
    assert default_storage.exists(key)


def test_uploads_of_before_there_was_a_prefix_are_found_where_they_are(accept, worker, check, settings):
    keys = []
    for prefix, number in ((settings.S3_KEY_PREFIX, 1), ("", 2), ("a/b", 3), (settings.S3_KEY_PREFIX, 4)):
        settings.S3_KEY_PREFIX, own = prefix, settings.S3_KEY_PREFIX
        keys.append(accept(csv_bytes([row(number)])).s3_key)
        settings.S3_KEY_PREFIX = own
        worker.step()
    assert check()[0] == 0
    default_storage.delete(keys[1])
    upload = BulkUpload.objects.get(s3_key=keys[2])
    BulkUpload.objects.filter(pk=upload.pk).update(s3_key="raro.csv")
    status, lines = check("--repair")
    assert (status, lines[-2]) == (1, "Cargas terminadas cuyo archivo falta: 2, reparado: 0")
    assert default_storage.exists(keys[2])


def test_only_the_last_days_are_looked_at_when_asked_for(completed, check):
    old, recent = store(days_ago=20), store(days_ago=2)
    default_storage.delete(completed.s3_key)
    BulkUpload.objects.update(created_at=timezone.now() - timedelta(days=10))
    status, lines = check("--days", "5", "--repair")
    assert (status, lines[-2]) == (0, "Archivos sin carga: 1, reparado: 1")
    assert (is_set_aside(recent), is_set_aside(old)) == (True, False)


def test_s3_away_is_said_and_nothing_is_taken_for_missing(waits, check, monkeypatch):
    monkeypatch.setattr(storage, "_bucket", lambda: "no-such-bucket")
    status, lines = check("--repair")
    assert status == 2
    assert any(line.startswith("[archivos] No se pudo mirar hasta el final: S3 no responde (") for line in lines)
    waits.refresh_from_db()
    assert waits.status == "pending"


def test_a_prepared_file_that_is_gone_before_its_time_is_made_again_when_asked_for(accept, worker, corrections, check):
    upload = accept(csv_bytes([row(1, precio_unitario="caro")]))
    worker.step()
    upload.refresh_from_db()
    corrections(upload)
    file = PreparedFile.objects.get()
    default_storage.delete(file.s3_key)
    assert check()[1][0] == (
        f"El archivo preparado {file.pk} de la carga {upload.pk} figura como listo y no está en el almacén "
        f"({file.s3_key}). Con --repair se olvida y se hace de nuevo cuando alguien lo pida."
    )
    assert check("--repair")[0] == 0
    assert corrections(upload)
    PreparedFile.objects.update(updated_at=timezone.now() - timedelta(days=8))
    default_storage.delete(PreparedFile.objects.get().s3_key)
    assert check()[0] == 0


def test_a_slice_of_uploads_and_files_costs_as_many_queries_as_one_of_them(accept, worker, check):
    def queries():
        with CaptureQueriesContext(connection) as asked:
            assert check()[0] == 0
        return len(asked)

    accept(csv_bytes([row(0)]))
    worker.step()
    check()  # what a process asks the first time only
    one = queries()
    for number in range(1, 9):
        accept(csv_bytes([row(number)]))
        worker.step()
    assert queries() == one
