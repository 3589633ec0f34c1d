"""The status answer, key by key, at every stage; and who may see it."""

from __future__ import annotations

import uuid

import pytest
from django.contrib.auth.models import Permission, User
from rest_framework.authtoken.models import Token
from rest_framework.test import APIClient

from bulk_upload import progress
from bulk_upload.models import BulkUpload
from bulk_upload.tests.helpers.rows import csv_bytes, row

pytestmark = pytest.mark.django_db

KEYS = [
    *("task_id", "status", "filename", "proveedor_id", "s3_key", "created_at", "updated_at", "started_at"),
    *("completed_at", "detected", "progress", "result", "error", "error_code"),
    *("file_purged_at", "errors_purged_at", "solo_validar", "aplicable", "control"),
    *("hoja", "operacion", "basada_en", "deshecha_por"),
]


def status(api, upload, path="/api/catalog/bulk-upload/status/", **headers):
    answer = api.get(f"{path}{upload.pk}", **headers)
    assert answer.status_code == 200
    return answer.json()


def test_a_pending_upload(api, accept):
    upload = accept(csv_bytes([row(1)]))
    answer = api.get(f"/api/v1/catalog/bulk-upload/status/{upload.pk}")
    body = answer.json()
    assert list(body) == KEYS
    assert (body["status"], body["result"], body["error"], body["completed_at"]) == ("pending", None, None, None)
    assert body["progress"] == {
        "total": 0,
        "processed": 0,
        "successful": 0,
        "failed": 0,
        "percent": 0.0,
        "rows_per_second": None,
        "eta_seconds": None,
    }
    assert body["created_at"].endswith("Z")
    assert answer["Retry-After"] == "1"


def test_a_completed_upload(api, accept, worker):
    upload = accept(csv_bytes([row(1), row(2, certificado_sanitario=""), row(3, precio_unitario="1.250")]))
    worker.step()
    body = status(api, upload)
    assert list(body) == KEYS
    assert (body["status"], body["error"], body["s3_key"]) == ("completed", None, upload.s3_key)
    assert body["progress"].pop("rows_per_second") > 0
    assert body["progress"] == {
        "total": 3,
        "processed": 3,
        "successful": 1,
        "failed": 2,
        "percent": 100.0,
        "eta_seconds": None,
    }
    assert body["detected"] == {"sheet": "", "encoding": "utf-8", "delimiter": ","}
    result = body["result"]
    assert result["mensaje"] == "Carga masiva completada"
    assert result["resumen"] == {
        "total": 3,
        "exitosos": 1,
        "rechazados": 2,
        "duplicados": 0,
        "productos_creados": 1,
        "productos_actualizados": 0,
        "sin_cambios": 0,
        "sin_procesar": 0,
        "cambios_grandes_de_precio": 0,
        "eliminados": 0,
    }
    assert (result["productos_creados"], result["productos_actualizados"]) == (["PROD00001"], [])
    assert result["listas_truncadas"] is False
    assert result["errores"][0] == {
        "fila": 3,
        "error": "Campos obligatorios vacíos: certificado_sanitario",
        "detalles": [
            {
                "columna": "certificado_sanitario",
                "codigo": "required_blank",
                "mensaje": "El campo obligatorio «certificado_sanitario» está vacío: escriba un valor.",
                "valor": "",
                "celda": "G3",
            }
        ],
    }
    assert result["errores"][1]["error"] == (
        "«1.250» en «precio_unitario» puede leerse de dos maneras: escriba 1250 o 1.25."
    )
    assert result["advertencias"][0]["detalles"][0]["codigo"] == "new_category"


def test_a_completed_upload_in_english(api, accept, worker):
    upload = accept(csv_bytes([row(1, nombre="")]))
    worker.step()
    body = status(api, upload, HTTP_ACCEPT_LANGUAGE="en")
    assert body["result"]["mensaje"] == "Bulk upload completed"
    assert body["result"]["errores"][0]["error"] == "Required fields are blank: nombre"


def test_a_failed_upload_says_why(api, accept, worker):
    upload = accept(b"id,nombre,codgo,categoria,precio\n1,a,b,c,1\n")
    worker.step()
    body = status(api, upload)
    assert (body["status"], body["error_code"]) == ("failed", "missing_columns_similar")
    assert "«codgo» → codigo" in body["error"]
    assert body["result"]["resumen"]["total"] == 0


def test_lists_are_cut_at_a_thousand_rows(api, accept, worker):
    upload = accept(csv_bytes([row(n, nombre="", codigo="") for n in range(1, 1102)]))
    worker.step()
    result = status(api, upload)["result"]
    assert (len(result["errores"]), result["listas_truncadas"]) == (1000, True)
    assert len(result["errores"][0]["detalles"]) == 2


def test_the_same_answer_without_the_cache(api, accept, worker):
    upload = accept(csv_bytes([row(1), row(2, nombre="")]))
    worker.step()
    cached = status(api, upload)
    progress.forget(upload.pk)
    assert status(api, upload) == cached


def test_an_unknown_task_is_404(api):
    for key in (uuid.uuid4(), "no-es-un-uuid"):
        answer = api.get(f"/api/catalog/bulk-upload/status/{key}")
        assert (answer.status_code, answer.json()["code"]) == (404, "not_found")


def client_of(user):
    client = APIClient()
    client.credentials(HTTP_AUTHORIZATION=f"Token {Token.objects.create(user=user).key}")
    return client


@pytest.mark.parametrize("cached", [True, False])
def test_a_stranger_sees_404_and_staff_needs_the_permission(accept, other_supplier, cached):
    upload = accept(csv_bytes([row(1)]))
    if not cached:
        progress.forget(upload.pk)
    stranger, staff = User.objects.create_user("otro"), User.objects.create_user("staff", is_staff=True)
    other_supplier.usuarios.add(stranger)
    path = f"/api/catalog/bulk-upload/status/{upload.pk}"
    assert client_of(stranger).get(path).status_code == 404
    assert client_of(staff).get(path).status_code == 404
    staff.user_permissions.set(Permission.objects.filter(codename__in=["view_bulkupload", "all_suppliers"]))
    assert client_of(User.objects.create_user("x", is_superuser=True, is_staff=True)).get(path).status_code == 200
    Token.objects.filter(user=staff).delete()
    assert client_of(staff).get(path).status_code == 200
    assert APIClient().get(path).status_code == 401


def test_without_redis_upload_import_and_status_still_work(api, accept, worker, no_redis):
    upload = accept(csv_bytes([row(1)]))
    worker.step()
    assert status(api, upload)["status"] == "completed"
    assert BulkUpload.objects.get().exitosos == 1
