"""The serializers are the schema and make the answers: what they make is what their fields declare."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.urls import re_path
from drf_spectacular.generators import SchemaGenerator
from rest_framework import serializers
from rest_framework.renderers import JSONRenderer

from bulk_upload import progress, snapshots
from bulk_upload.api.columns import Column
from bulk_upload.api.downloads import Preparation
from bulk_upload.api.row_errors import Problem
from bulk_upload.api.status import State
from bulk_upload.api.upload import Accepted, UploadView, accepted
from bulk_upload.api.upload_list import Listed
from bulk_upload.imports import SheetImport, registry
from bulk_upload.models import RowError
from bulk_upload.tests.helpers.date_column import DATES
from bulk_upload.tests.helpers.rows import csv_bytes, row
from bulk_upload.wording import worded_error
from bulk_upload.workbooks import prepared_files

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("aws")]

PATH = "/api/v1/catalog/bulk-upload"


def assert_fits(shape: Any, body: Any) -> None:
    """The JSON of `body` is what the fields of `shape` would make of it."""
    assert_made(shape, json.loads(JSONRenderer().render(body)), type(shape).__name__)


def assert_made(field: Any, value: Any, name: str) -> None:
    """The value is what the field would make of it, to the last key of nested ones, in their order."""
    if value is None:
        assert field.allow_null or isinstance(field, serializers.JSONField), name
    elif isinstance(field, serializers.ListSerializer):
        for each in value:
            assert_made(field.child, each, name)
    elif isinstance(field, serializers.Serializer):
        assert list(value) == list(field.fields), name
        for key, each in field.fields.items():
            assert_made(each, value[key], f"{name}.{key}")
    else:
        made = field.to_representation(value)
        assert (made, type(made)) == (value, type(value)), name


@pytest.fixture
def upload(accept, worker):
    """One with an error, a row with several, and a warning."""
    bad = [row(1, nombre=""), row(2, nombre="", codigo="", precio_unitario="x"), row(3, stock_critico=99), row(4)]
    done = accept(csv_bytes(bad))
    worker.step()
    done.refresh_from_db()
    return done


@pytest.mark.parametrize("language", ["es", "en"])
def test_a_state_is_what_its_fields_declare(upload, accept, language):
    done = State.render(snapshots.of(upload), language)
    assert done["result"]["errores"]
    assert done["result"]["advertencias"]
    assert_fits(State(), done)
    assert_fits(State(), State.render(snapshots.of(accept(csv_bytes([row(5)]))), language))


def test_the_state_of_a_file_that_failed_is_what_its_fields_declare(accept, worker):
    upload = accept(b"nada,que,ver\n1,2,3\n")
    worker.step()
    upload.refresh_from_db()
    assert_fits(State(), State.render(snapshots.of(upload)))


def test_the_other_answers_are_what_their_fields_declare(upload):
    assert_fits(Listed(), Listed.render(snapshots.head(upload)))
    for problem in RowError.objects.all():
        assert_fits(Problem(), worded_error(problem, upload.header_positions, "es"))
    for declared in registry.imports.values():
        for column in declared.sheet.columns:
            assert_fits(Column(), Column.render(column))
    assert_fits(Preparation(), Preparation.render(prepared_files.corrections_of(upload, "es")))
    assert_fits(Accepted(), accepted(upload, "Recibido"))


def test_a_page_of_problems_costs_the_same_queries_for_many(api, upload, django_assert_max_num_queries):
    with django_assert_max_num_queries(6):
        assert len(api.get(f"{PATH}/{upload.pk}/errors").json()["items"]) > 3


def test_states_and_lists_name_the_sheet_and_what_is_done_with_it(api, upload):
    (listed,) = api.get(PATH).json()["items"]
    state = api.get(f"{PATH}/status/{upload.pk}").json()
    assert list(listed)[-3:] == ["hoja", "operacion", "basada_en"]
    assert [listed[name] for name in list(listed)[-3:]] == ["productos", "import", None]
    assert {**state, **listed, "deshecha_por": None} == {**listed, **state}


def test_the_state_of_a_sheet_of_nobody_is_kept_in_the_cache(upload):
    snapshot = {**snapshots.of(upload), "proveedor_id": None, "revision": upload.revision + 1}
    progress.put(snapshot)
    assert progress.get(upload.pk) == snapshot
    assert_fits(State(), State.render(snapshot))


@pytest.mark.parametrize("path", ["columns", "template"])
def test_a_sheet_that_does_not_exist_is_named(api, path):
    answer = api.get(f"{PATH}/{path}", {"hoja": "clientes"})
    (error,) = answer.json()["errors"]
    assert (answer.status_code, error["field"], error["code"]) == (400, "hoja", "unknown_sheet")


# Further sheets, in the schema


def operation(monkeypatch: pytest.MonkeyPatch, *, is_owned: bool, **names: str) -> dict[str, Any]:
    declared = type("DateImport", (SheetImport,), {"sheet": DATES, "is_owned": is_owned})
    monkeypatch.setitem(registry.imports, DATES.name, declared)
    view = UploadView.as_view(sheet_name=DATES.name, **names)
    products = UploadView.as_view(sheet_name="productos")
    make: Any = SchemaGenerator
    patterns = [re_path(r"^api/v1/fechas/?$", view), re_path(r"^api/v1/productos/?$", products)]
    paths = make(patterns=patterns).get_schema(request=None, public=True)["paths"]
    assert paths["/api/v1/productos"]["post"]["operationId"] == "enviar_productos"
    described: dict[str, Any] = paths["/api/v1/fechas"]["post"]
    return described


def test_a_further_sheet_names_its_operation(monkeypatch):
    described = operation(monkeypatch, is_owned=True)
    assert (described["operationId"], described["summary"]) == ("enviar_fechas", "Enviar fechas")
    (example,) = described["responses"]["202"]["content"]["application/json"]["examples"].values()
    assert example["value"]["filename"] == "fechas.xlsx"


def test_a_name_that_clients_know_stays(monkeypatch):
    described = operation(monkeypatch, is_owned=True, operation_id="mandar_dias", summary="Mandar días")
    assert (described["operationId"], described["summary"]) == ("mandar_dias", "Mandar días")


def test_a_sheet_of_nobody_asks_for_no_supplier(monkeypatch):
    described = operation(monkeypatch, is_owned=False)
    form = described["requestBody"]["content"]["multipart/form-data"]["schema"]["properties"]
    assert "proveedor_id" not in {*form, *(parameter["name"] for parameter in described["parameters"])}
    assert "unknown_supplier" not in str(described)
