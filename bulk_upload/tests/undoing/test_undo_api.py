"""Undo over the API: what it would find, who may ask for it, and how both uploads show it."""

from __future__ import annotations

import threading

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Permission
from django.db import connection

from bulk_upload.models import BulkUpload
from bulk_upload.tests.helpers.rows import csv_bytes, row
from catalog.models import Product
from medisupply.web.history import in_words

pytestmark = pytest.mark.django_db

PATH = "/api/v1/catalog/bulk-upload"


@pytest.fixture
def undoer(api, user):
    """A client that may undo uploads of PROV001."""
    user.user_permissions.set(Permission.objects.filter(codename="undo_bulkupload"))
    return api


@pytest.fixture
def upload(accept, worker):
    """Of ten new products, one of which somebody has changed since."""
    upload = accept(csv_bytes([row(n) for n in range(1, 11)]))
    worker.step()
    Product.objects.filter(pk="PROD00001").update(changed_by_upload=None)
    upload.refresh_from_db()
    return upload


def code_of(answer):
    return answer.status_code, answer.json()["code"]


@pytest.mark.parametrize("family", ["/api/v1/catalog", "/api/catalog"])
def test_what_an_undo_would_find(undoer, upload, family):
    answer = undoer.get(f"{family}/bulk-upload/{upload.pk}/undo")
    assert answer.json() == {
        "se_puede": True,
        "codigo": None,
        "motivo": None,
        "creados": 10,
        "actualizados": 0,
        "cambiados_despues": 1,
        "creados_al_paso": 0,
    }


def test_an_undo_is_an_upload_of_its_own(undoer, upload, worker):
    answer = undoer.post(f"{PATH}/{upload.pk}/undo")
    asked = answer.json()
    assert (answer.status_code, asked["status"], asked["filename"]) == (202, "pending", "productos.csv")
    assert answer["Location"] == asked["status_url"]
    worker.step()
    state = undoer.get(asked["status_url"]).json()
    assert (state["operacion"], state["basada_en"], state["s3_key"]) == ("undo", str(upload.pk), "")
    assert state["result"]["mensaje"] == "Se deshizo la carga «productos.csv»"
    summary = state["result"]["resumen"]
    assert [summary[name] for name in ("total", "productos_actualizados", "eliminados", "rechazados")] == [10, 9, 9, 1]
    (kept,) = state["result"]["errores"]
    assert (kept["fila"], kept["detalles"][0]["codigo"]) == (2, "kept_changed_by_person")
    assert list(Product.objects.values_list("pk", flat=True)) == ["PROD00001"]


def test_the_upload_shows_what_undoes_it_also_to_who_has_its_state(undoer, upload):
    address = f"{PATH}/{upload.pk}"
    before = undoer.get(address)
    assert before.json()["deshecha_por"] is None
    undo = undoer.post(f"{address}/undo").json()["task_id"]
    after = undoer.get(address, headers={"If-None-Match": before["ETag"]})
    assert (after.status_code, after.json()["deshecha_por"]) == (200, undo)


def test_what_undoes_an_upload_is_shown_without_a_query(undoer, upload, django_assert_num_queries):
    undoer.post(f"{PATH}/{upload.pk}/undo")
    undoer.get(f"{PATH}/{upload.pk}")
    with django_assert_num_queries(0):
        assert undoer.get(f"{PATH}/{upload.pk}").json()["deshecha_por"]


def test_an_upload_is_undone_once(undoer, upload):
    undoer.post(f"{PATH}/{upload.pk}/undo")
    assert code_of(undoer.post(f"{PATH}/{upload.pk}/undo")) == (409, "already_undone")
    preview = undoer.get(f"{PATH}/{upload.pk}/undo").json()
    assert (preview["se_puede"], preview["codigo"]) == (False, "already_undone")
    assert preview["motivo"] == "Esta carga ya se deshizo, o se está deshaciendo."


def test_what_has_not_ended_is_not_undone(undoer, accept):
    running = accept(csv_bytes([row(1)]))
    assert code_of(undoer.post(f"{PATH}/{running.pk}/undo")) == (409, "not_ended")


def test_who_may_upload_may_not_undo_without_the_permission(api, upload):
    assert code_of(api.post(f"{PATH}/{upload.pk}/undo")) == (403, "permission_denied")
    assert code_of(api.get(f"{PATH}/{upload.pk}/undo")) == (403, "permission_denied")


def test_the_history_of_both_uploads_says_it(undoer, upload, user):
    undo = undoer.post(f"{PATH}/{upload.pk}/undo").json()["task_id"]
    said = {entry.object_id: in_words(entry) for entry in LogEntry.objects.filter(user=user)}
    assert said == {str(upload.pk): "Se pidió deshacer esta carga.", undo: "Se pidió deshacer otra carga."}


def test_the_list_is_filtered_by_what_is_done(undoer, upload):
    undo = undoer.post(f"{PATH}/{upload.pk}/undo").json()["task_id"]
    found = {
        kind: [item["task_id"] for item in undoer.get(PATH, {"operacion": kind}).json()["items"]]
        for kind in ("import", "undo", "plan")
    }
    assert found == {"import": [str(upload.pk)], "undo": [undo], "plan": []}


@pytest.mark.django_db(transaction=True)
def test_two_requests_at_once_make_one_undo(undoer, upload):
    if connection.vendor == "sqlite":
        pytest.skip("one writer at a time")
    answers = []

    def ask():
        try:
            answers.append(undoer.post(f"{PATH}/{upload.pk}/undo").status_code)
        finally:
            connection.close()

    threads = [threading.Thread(target=ask) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert sorted(answers) == [202, 409]
    assert BulkUpload.objects.filter(based_on=upload).count() == 1
