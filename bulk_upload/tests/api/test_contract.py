"""The wire, key by key, for every state: clients exist that know these names."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bulk_upload import intake, progress, snapshots
from bulk_upload.models import BulkUpload
from bulk_upload.tests.helpers.rows import csv_bytes, row
from bulk_upload.tests.helpers.upload_api import a_file

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("aws")]

UPLOAD = "/api/v1/catalog/items/bulk-upload"
# The design's section on the wire, with the type that each key has.
STATE = {
    "task_id": str,
    "status": str,
    "filename": str,
    "proveedor_id": str,
    "s3_key": str,
    "created_at": str,
    "updated_at": str,
    "completed_at": (str, type(None)),
    "progress": dict,
    "result": (dict, type(None)),
    "error": (str, type(None)),
}
PROGRESS = ["total", "processed", "successful", "failed"]
RESULT = {
    "mensaje": str,
    "resumen": dict,
    "productos_creados": list,
    "productos_actualizados": list,
    "errores": list,
    "advertencias": list,
    "listas_truncadas": bool,
}
RESUMEN = [
    *("total", "exitosos", "rechazados", "duplicados", "productos_creados", "productos_actualizados"),
    *("sin_cambios", "sin_procesar"),
]
DETAIL = {"columna": str, "codigo": str, "mensaje": str, "valor": str}


def assert_has(body, keys):
    assert {name: type(body[name]) for name in keys if not isinstance(body[name], keys[name])} == {}


@pytest.fixture(params=["/api/v1/catalog/bulk-upload/status/", "/api/catalog/bulk-upload/"])
def state(api, request):
    """Asks for an upload's state, at both path families and both addresses."""

    def ask(upload, **headers):
        answer = api.get(f"{request.param}{upload.pk}", headers=headers)
        assert answer.status_code == 200
        body = answer.json()
        assert_has(body, STATE)
        assert all(type(body["progress"][name]) is int for name in PROGRESS)
        return body

    return ask


def test_the_202_is_what_the_design_says(api):
    answer = api.post(f"{UPLOAD}?proveedor_id=PROV001&reemplazar_duplicados=false", {"file": a_file()})
    body = answer.json()
    assert list(body) == ["message", "task_id", "status", "status_url", "filename", "proveedor_id"]
    assert (answer.status_code, body["status"]) == (202, "pending")
    assert body["status_url"] == answer["Location"] == f"/api/catalog/bulk-upload/status/{body['task_id']}"


def test_pending(accept, state):
    body = state(accept(csv_bytes([row(1)])))
    assert (body["status"], body["result"], body["error"], body["completed_at"]) == ("pending", None, None, None)


def test_processing(accept, state):
    upload = accept(csv_bytes([row(1)]))
    claimed = BulkUpload.objects.claim(upload.pk, timedelta(seconds=60))
    progress.put(snapshots.of(claimed))
    body = state(upload)
    assert (body["status"], body["result"], body["error"], body["completed_at"]) == ("processing", None, None, None)


def test_completed(accept, worker, state):
    upload = accept(csv_bytes([row(1), row(2, certificado_sanitario="")]))
    worker.step()
    body = state(upload)
    assert (body["status"], body["error"]) == ("completed", None)
    assert_has(body["result"], RESULT)
    assert all(type(body["result"]["resumen"][name]) is int for name in RESUMEN)
    (problem,) = body["result"]["errores"]
    assert (problem["fila"], problem["error"]) == (3, "Campos obligatorios vacíos: certificado_sanitario")
    assert_has(problem["detalles"][0], DETAIL)
    assert body["result"]["errores_url"] == f"/api/catalog/bulk-upload/{upload.pk}/errors"


def test_failed(accept, worker, state):
    upload = accept(b"nada,que,ver\n1,2,3\n")
    worker.step()
    body = state(upload)
    assert body["status"] == "failed"
    assert "encabezados" in body["error"]
    assert_has(body["result"], RESULT)


def test_cancelled(accept, state):
    upload = accept(csv_bytes([row(1)]))
    intake.cancel_upload(upload)
    body = state(upload)
    assert (body["status"], body["result"]["mensaje"]) == ("cancelled", "Carga masiva cancelada")


def test_progress_says_how_far_how_fast_and_how_long_still(accept, state):
    upload = accept(csv_bytes([row(1)]))
    claimed = BulkUpload.objects.claim(upload.pk, timedelta(seconds=60))
    snapshot = snapshots.of(claimed)
    snapshot["counts"] |= {"total": 300, "procesados": 100, "exitosos": 100}
    progress.put({**snapshot, "rows_per_second": 50.0})
    assert state(upload)["progress"] == {
        "total": 300,
        "processed": 100,
        "successful": 100,
        "failed": 0,
        "percent": 33.3,
        "rows_per_second": 50.0,
        "eta_seconds": 4,
    }


def test_every_error_has_the_one_shape(api):
    for answer in (api.get("/api/catalog/bulk-upload/x"), api.post(UPLOAD), api.put(UPLOAD), api.get("/api/nada")):
        body = answer.json()
        assert list(body) == ["code", "message", "errors"]
        assert all(list(error) == ["field", "code", "message"] for error in body["errors"])
