"""What the cache shows of uploads is what the database says, also after an older one was restored."""

from __future__ import annotations

import pytest

from bulk_upload import progress
from bulk_upload.consistency import cached
from bulk_upload.models import BulkUpload
from bulk_upload.tests.helpers.rows import csv_bytes, row
from medisupply.backends import shared_cache

pytestmark = pytest.mark.django_db


@pytest.fixture
def restored(accept, worker):
    """An upload that had been completed when a database was restored to which it was new."""
    upload = accept(csv_bytes([row(1)]))
    before = BulkUpload.objects.get(pk=upload.pk)
    worker.step()
    upload.refresh_from_db()
    assert progress.get(upload.pk)["status"] == "completed"
    before.save()
    return before


def test_a_state_that_is_ahead_of_the_database_is_replaced(restored, check, api):
    status, lines = check()
    assert status == 1
    assert lines[0] == (
        f"La carga {restored.pk} (PROV001, «productos.csv», en espera) se muestra como «completed» desde la caché, de "
        "otro momento de la base. Con --repair se pone el de la base."
    )
    assert check("--repair")[1][-2] == "Estados en la caché que la base no conoce: 1, reparado: 1"
    assert progress.get(restored.pk)["status"] == "pending"
    assert api.get(f"/api/catalog/bulk-upload/status/{restored.pk}").json()["status"] == "pending"
    assert check()[0] == 0


def test_another_state_of_the_same_revision_is_replaced(restored, check):
    revision = progress.get(restored.pk)["revision"]
    BulkUpload.objects.update(revision=revision)
    assert check("--repair")[1][-2] == "Estados en la caché que la base no conoce: 1, reparado: 1"
    assert progress.get(restored.pk)["status"] == "pending"


def test_an_older_state_is_left_to_time(accept, check):
    upload = accept(csv_bytes([row(1)]))
    BulkUpload.objects.filter(pk=upload.pk).update(revision=5)
    assert check()[0] == 0


def test_states_of_unknown_uploads_are_removed(accept, check):
    upload = accept(csv_bytes([row(1)]))
    known = accept(csv_bytes([row(2)]))
    BulkUpload.objects.filter(pk=upload.pk).delete()
    lines = check("--repair")[1]
    assert f"La caché muestra «pending» de la carga {upload.pk}, que la base no conoce. Reparado: se borró." in lines
    assert (progress.get(upload.pk), progress.get(known.pk)["status"]) == (None, "pending")


def test_a_value_that_is_no_state_is_ignored(check):
    shared_cache.write("upload-status:x", [1], 60)
    assert check("--repair")[0] == 0


def test_more_states_than_are_read_at_once_are_all_compared(accept, check, monkeypatch):
    monkeypatch.setattr(cached, "AT_ONCE", 2)
    for number in range(7):
        accept(csv_bytes([row(number)]))
    BulkUpload.objects.update(revision=0)
    assert check("--repair")[1][-2] == "Estados en la caché que la base no conoce: 7, reparado: 7"


@pytest.mark.usefixtures("no_redis")
def test_a_cache_that_is_away_is_said(check):
    status, lines = check()
    assert (status, lines[-1]) == (2, "No todo se pudo mirar.")
    assert lines[0].startswith("[caché] No se pudo mirar hasta el final: Redis no responde (")
