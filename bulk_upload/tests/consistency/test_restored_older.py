"""A database comes back as it was some time ago, while bucket, queue and cache have gone on."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from django.core.files.storage import default_storage
from django.db import connection

from bulk_upload import progress, storage, storage_keys
from bulk_upload.consuming import message_handler, sweep
from bulk_upload.consuming.message_handler import GiveBack
from bulk_upload.consuming.orphans import set_aside_orphans
from bulk_upload.models import BulkUpload
from bulk_upload.tests.helpers.dumps import Backup
from bulk_upload.tests.helpers.queues import dead_letters, waiting
from bulk_upload.tests.helpers.rows import csv_bytes, row
from catalog.models import Product
from medisupply.backends.database import database_now

pytestmark = [pytest.mark.django_db(transaction=True)]

WRITTEN = ("pk", "codigo", "nombre", "precio_unitario", "version", "created_by_upload", "changed_by_upload")
COUNTED = ("status", "total", "creados", "actualizados", "sin_cambios", "rechazados", "sin_procesar", "next_row")


@pytest.fixture(autouse=True)
def _small_chunks_at_once(settings, monkeypatch):
    settings.BULK_UPLOAD_CHUNK_ROWS = 10
    monkeypatch.setattr(message_handler, "UNKNOWN_DELAY", 0)


def import_until(worker, row_number, monkeypatch):
    """Let the worker stop between two chunks, behind that row."""
    go_on = worker._context.pause

    def pause(attempt):
        go_on(attempt)
        if attempt.upload.next_row >= row_number:
            raise GiveBack

    with monkeypatch.context() as patch:
        patch.setattr(worker._context, "pause", pause)
        worker.step()


def finish(worker):
    while worker.step():
        pass


def products():
    return list(Product.objects.order_by("pk").values_list(*WRITTEN))


def counts_of(upload):
    return BulkUpload.objects.filter(pk=upload.pk).values_list(*COUNTED).get()


@pytest.fixture
def halfway(accept, worker, monkeypatch):
    """At the time of the backup: 20 of 50 rows of a list that also changes five products are imported."""
    accept(csv_bytes([row(n, nombre="Viejo") for n in range(40, 45)]))
    worker.step()
    lines = [row(n, precio_unitario="caro" if n % 7 == 0 else "9") for n in range(1, 51)]
    upload = accept(csv_bytes(lines), replace=True)
    import_until(worker, 22, monkeypatch)
    upload.refresh_from_db()
    assert (upload.status, upload.next_row, upload.procesados) == ("processing", 22, 20)
    return upload


def test_what_was_accepted_after_the_backup_is_skipped_in_words_and_kept(
    accept, worker, halfway, check, age, tmp_path, caplog
):
    age()
    backup = Backup(tmp_path)
    finish(worker)
    expected, expected_counts = products(), counts_of(halfway)
    assert expected_counts == ("completed", 50, 39, 4, 0, 7, 0, 52)
    completed = accept(csv_bytes([row(n) for n in range(100, 130)]))
    finish(worker)
    waits = accept(csv_bytes([row(n) for n in range(200, 230)]))
    assert waiting() == (1, 0)

    with backup.restored():
        assert Product.objects.count() == 5 + 20 - 2
        for _ in range(5):
            worker.step()
        said = [record.msg["event"] for record in caplog.records if record.msg.get("task_id") == str(waits.pk)]
        unknown = "The database knows no such upload: its message"
        assert said[-5:] == [*[f"{unknown} is given back"] * 4, f"{unknown} goes to the dead letters"]
        set_aside_orphans(300)
        for upload in (completed, waits):
            assert not default_storage.exists(upload.s3_key)
            kept = b"".join(storage.stream(storage_keys.orphan_key(upload.s3_key)))
            assert len(kept) == upload.size

        status, lines = check("--repair")
        assert status == 0
        assert f"El mensaje muerto de la carga {waits.pk} (PROV001) no tiene carga: " in "\n".join(lines)
        assert sorted(lines[-5:]) == [
            "Cargas sin mensaje: 1, reparado: 1",
            "Estados en la caché de cargas desconocidas: 2, reparado: 2",
            "Estados en la caché que la base no conoce: 1, reparado: 1",
            "Mensajes de cargas desconocidas: 1, reparado: 1",
            "Todo lo que difería se reparó.",
        ]
        assert (dead_letters(), waiting()) == ([], (1, 0))
        assert check("--repair")[0] == 0
        assert progress.get(halfway.pk)["status"] == "processing"

        finish(worker)
        assert (products(), counts_of(halfway)) == (expected, expected_counts)
        assert check("--deep") == (0, ["Base de datos, almacén, colas y caché están de acuerdo."])

        # The supplier sends the lost list again, and a newer one after it: numbers that were given before do no harm.
        again = accept(csv_bytes([row(n) for n in range(200, 230)]))
        newer = accept(csv_bytes([row(n, nombre="Nuevo") for n in range(1, 51)]), replace=True)
        assert again.pk != waits.pk
        finish(worker)
        assert counts_of(again)[:3] == ("completed", 30, 30)
        assert counts_of(newer) == ("completed", 50, 6, 44, 0, 0, 0, 52)
        assert check()[0] == 0


def test_without_a_repair_everything_ends_as_well_only_later(accept, worker, halfway, age, tmp_path):
    age()
    backup = Backup(tmp_path)
    finish(worker)
    expected, expected_counts = products(), counts_of(halfway)
    waits = accept(csv_bytes([row(200)]))
    with backup.restored():
        BulkUpload.objects.filter(pk=halfway.pk).update(lease_until=database_now() - timedelta(minutes=10))
        for _ in range(5):
            worker.step()
        assert [json.loads(body)["task_id"] for body in dead_letters()] == [str(waits.pk)]
        sweep.publish_waiting()
        finish(worker)
        assert (products(), counts_of(halfway)) == (expected, expected_counts)


def test_a_database_that_comes_back_newer_finds_its_files_again(accept, worker, halfway, check, age, tmp_path):
    age()
    backup = Backup(tmp_path)
    finish(worker)
    completed = accept(csv_bytes([row(100)]))
    finish(worker)
    waits = accept(csv_bytes([row(200)]))
    age()
    newer = tmp_path / "newer"
    newer.mkdir()
    newer_backup = Backup(newer)
    with backup.restored():
        assert check("--repair")[0] == 0
        assert waiting() == (1, 0)
        finish(worker)
    with newer_backup.restored():
        connection.ensure_connection()
        assert {upload.pk for upload in BulkUpload.objects.all()} >= {completed.pk, waits.pk}
        lines = check("--repair")[1]
        assert "Archivos apartados que tienen carga: 2, reparado: 2" in lines
        assert "Cargas sin mensaje: 1, reparado: 1" in lines
        finish(worker)
        assert counts_of(waits)[:3] == ("completed", 1, 1)
        assert check() == (0, ["Base de datos, almacén, colas y caché están de acuerdo."])
