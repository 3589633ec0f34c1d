"""The sheet "proveedores": sent by MediSupply's own people, for no supplier."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.auth.models import Permission, User
from django.core.files.uploadedfile import SimpleUploadedFile
from rest_framework.test import APIClient

from bulk_upload.models import BulkUpload, RowError
from catalog.models import Supplier
from catalog.sheets.suppliers import SUPPLIERS

pytestmark = pytest.mark.django_db

URL = "/api/v1/proveedores/bulk-upload"
FILE = b"codigo,nombre,contacto_email,pais,activo\nPROV009,Gasas SAS,ventas@gasas.example,co,no\n"


def client_of(*permissions: str, staff: bool = True) -> APIClient:
    user = User.objects.create_user("ana", is_staff=staff)
    user.user_permissions.set(Permission.objects.filter(codename__in=permissions))
    client = APIClient(headers={"accept-language": "es"})
    client.force_authenticate(user)
    return client


def staff() -> APIClient:
    return client_of("add_supplier", "change_supplier", "all_suppliers", "view_bulkupload")


def send(client: APIClient, content: bytes = FILE, query: str = "") -> Any:
    return client.post(URL + query, {"file": SimpleUploadedFile("proveedores.csv", content)})


def problems(upload: BulkUpload) -> list[tuple[int, str, str]]:
    return list(RowError.objects.filter(upload=upload).order_by("fila", "pk").values_list("fila", "columna", "codigo"))


@pytest.mark.usefixtures("aws")
def test_staff_sends_suppliers_and_follows_the_import(worker):
    client = staff()
    answer = send(client)
    assert (answer.status_code, answer.json()["proveedor_id"]) == (202, None)
    worker.step()
    status = client.get(answer.json()["status_url"]).json()
    assert (status["status"], status["result"]["resumen"]["productos_creados"]) == ("completed", 1)
    supplier = Supplier.objects.get(pk="PROV009")
    assert (supplier.contacto_email, supplier.pais, supplier.activo) == ("ventas@gasas.example", "CO", False)
    assert [item["task_id"] for item in client.get("/api/v1/catalog/bulk-upload").json()["items"]] == [
        status["task_id"]
    ]


@pytest.mark.usefixtures("aws")
def test_the_required_columns_are_enough_of_a_header(worker):
    task = send(staff(), b"Proveedores de 2026\nCodigo,Nombre\nPROV010,Vendas SAS\n").json()["task_id"]
    worker.step()
    assert (BulkUpload.objects.get(pk=task).status, Supplier.objects.get(pk="PROV010").nombre) == (
        "completed",
        "Vendas SAS",
    )


@pytest.mark.usefixtures("aws")
@pytest.mark.parametrize(
    ("permissions", "is_staff"),
    [
        (["add_supplier", "change_supplier"], True),
        (["add_bulkupload", "all_suppliers"], True),
        (["add_supplier", "change_supplier", "all_suppliers"], False),
    ],
)
def test_nobody_else_may(permissions, is_staff):
    answer = send(client_of(*permissions, staff=is_staff))
    assert (answer.status_code, answer.json()["code"]) == (403, "permission_denied")
    assert "«proveedores»" in answer.json()["message"]
    assert not BulkUpload.objects.exists()


@pytest.mark.usefixtures("aws")
def test_what_others_sent_does_not_exist_for_a_supplier(supplier):
    task = send(staff()).json()["task_id"]
    person = User.objects.create_user("clerk")
    supplier.usuarios.add(person)
    client = APIClient()
    client.force_authenticate(person)
    for address in (f"bulk-upload/{task}", f"bulk-upload/status/{task}", f"bulk-upload/{task}/file"):
        assert client.get(f"/api/v1/catalog/{address}").status_code == 404
    assert client.post(f"/api/v1/catalog/bulk-upload/{task}/cancel").status_code == 404
    assert client.get("/api/v1/catalog/bulk-upload").json()["items"] == []


@pytest.mark.usefixtures("aws")
def test_the_same_file_sent_twice_is_the_same_task():
    client = staff()
    assert send(client).json()["task_id"] == send(client).json()["task_id"]
    assert BulkUpload.objects.count() == 1


@pytest.mark.parametrize(
    ("cells", "column", "code"),
    [
        ({"contacto_email": "dos@a.example, uno@b.example"}, "contacto_email", "wrong_form"),
        ({"pais": "C1"}, "pais", "wrong_form"),
        ({"pais": "CHN"}, "pais", "wrong_form"),  # shortened it would be another country
        ({"contacto_email": f"{'a' * 250}@b.example"}, "contacto_email", "too_long"),
        ({"activo": "quizás"}, "activo", "not_a_boolean"),
        ({"nombre": None}, "nombre", "required_blank"),
    ],
)
def test_what_is_wrong_with_a_row_costs_that_row_only(run_import, cells, column, code):
    rows = [{"codigo": f"PROV{n}", "nombre": "Uno"} for n in (7, 8)]
    upload = run_import([rows[0], {**rows[1], **cells}], sheet=SUPPLIERS, owner=None)
    assert problems(upload) == [(3, column, code)]
    assert Supplier.objects.filter(pk="PROV7").exists()
