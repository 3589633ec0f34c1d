"""A query parameter that is nonsense is refused in words, by every operation of the schema that has one."""

from __future__ import annotations

import pytest
import yaml
from django.conf import settings
from django.contrib.auth.models import User
from rest_framework.test import APIClient

from bulk_upload.tests.helpers.rows import csv_bytes, row
from bulk_upload.tests.helpers.upload_api import a_file
from catalog.models import StockLot, Warehouse

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("aws")]

DOCUMENT = yaml.load((settings.BASE_DIR / "docs" / "openapi.yaml").read_bytes(), Loader=yaml.CSafeLoader)


def is_free_text(schema):
    return schema.get("type") == "string" and not {"enum", "format", "pattern"} & set(schema)


CASES = [
    (method, path, parameter["name"])
    for path, methods in DOCUMENT["paths"].items()
    for method, operation in methods.items()
    for parameter in operation.get("parameters", [])
    if parameter["in"] == "query" and not is_free_text(parameter["schema"])
]
# What an operation does not answer without.
REQUIRED = {"proveedor_id": "PROV001", "producto_id": "PROD00001"}


@pytest.fixture
def paths(supplier, run_import, accept):
    run_import([row(1)])
    warehouse = Warehouse.objects.create(codigo="BOG", nombre="Bogotá", pais="CO")
    StockLot.objects.create(producto_id="PROD00001", bodega=warehouse, cantidad=1)
    upload = accept(csv_bytes([row(2)]))
    return {"task_id": upload.pk, "item_id": "PROD00001", "bodega_id": "BOG", "proveedor_id": "PROV001"}


@pytest.fixture
def staff(db):
    client = APIClient()
    client.force_login(User.objects.create_superuser("jefa"))
    return client


def test_there_are_such_parameters():
    assert len(CASES) > 25


@pytest.mark.parametrize(("method", "path", "name"), CASES)
def test_nonsense_is_refused(method, path, name, paths, staff):
    body = {"file": a_file()} if method == "post" else {}
    query = "&".join(f"{key}={value}" for key, value in {**REQUIRED, name: "%C2%BFqu%C3%A9%3F"}.items())
    answer = getattr(staff, method)(f"{path.format(**paths)}?{query}", body)
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (400, name), answer.content.decode()
