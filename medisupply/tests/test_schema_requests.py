"""Requests made from the schema: none is answered with a failure, no answer is outside it."""

from __future__ import annotations

import itertools
from secrets import token_hex

import pytest
import schemathesis
import yaml
from django.conf import settings
from django.contrib.auth.models import Permission
from django.core.signals import request_finished, request_started
from django.db import close_old_connections
from hypothesis import HealthCheck, Phase
from hypothesis import settings as hypothesis_settings
from rest_framework.authtoken.models import Token
from schemathesis.checks import not_a_server_error
from schemathesis.pytest.lazy import get_all_tests
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from bulk_upload.previews.request import PreviewAnswer
from bulk_upload.tests.helpers.drafts import PREVIEW, make_draft, make_mapping
from bulk_upload.tests.helpers.rows import csv_bytes, row
from catalog.models import StockLot, Warehouse
from medisupply.wsgi import application

DOCUMENT = yaml.load((settings.BASE_DIR / "docs" / "openapi.yaml").read_bytes(), Loader=yaml.CSafeLoader)
OPERATIONS = [
    (method, path)
    for path, methods in DOCUMENT["paths"].items()
    for method in methods
    if method in {"get", "post", "put", "patch", "delete"}
]
CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]


@pytest.fixture
def one_connection(db):
    """As Django's own test client does: a request's end must not close the connection of the test."""
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    yield
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


@pytest.fixture
def tasks(accept, worker):
    """Uploads in several states, whose ids take the place of invented ones; a product of them with a lot."""
    done = accept(csv_bytes([row(1), row(2, nombre="")]))
    worker.step()
    warehouse = Warehouse.objects.create(codigo="BOG_CENTRAL", nombre="Bogotá", pais="CO")
    StockLot.objects.create(producto_id="PROD00001", bodega=warehouse, cantidad=1)
    plan = accept(csv_bytes([row(1, precio_unitario="9.99"), row(3), row(4, nombre="")]), replace=True, plan=True)
    worker.step()
    looked_at, waiting = (make_draft(done.proveedor, answer) for answer in (PreviewAnswer({}, PREVIEW), None))
    ids = [done.pk, plan.pk, accept(csv_bytes([row(3)])).pk, looked_at.pk, waiting.pk]
    return itertools.cycle(map(str, ids))


@pytest.mark.parametrize(("method", "path"), OPERATIONS)
@pytest.mark.django_db
def test_no_request_is_answered_with_a_failure_or_outside_the_schema(method, path, user, tasks, one_connection):
    user.user_permissions.set(Permission.objects.filter(codename="undo_bulkupload"))
    token, _made = Token.objects.get_or_create(user=user)

    @hypothesis_settings(
        max_examples=12,
        derandomize=True,
        phases=[Phase.explicit, Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    def ask(case):
        name_what_is_there(case, tasks, user)
        headers = {"Authorization": f"Token {token.key}"} if "auth/token" not in case.path else {}
        case.call_and_validate(headers=headers, checks=CHECKS)

    requests_of(method, path, ask)()


def name_what_is_there(case, tasks, user):
    """Uploads always, other things in half of the requests."""
    names = case.path_parameters or {}
    if "task_id" in names:
        names["task_id"] = next(tasks)
    if "mapping_id" in names:
        names["mapping_id"] = str(make_mapping(user.suppliers.get(), *[token_hex(8)] * 2).pk)
    for name, value in (("item_id", "PROD00001"), ("proveedor_id", "PROV001")):
        if len(names.get(name, "")) % 2:
            names[name] = value
    if case.path.endswith("productos/history") and (case.query or {}).get("producto_id"):
        names["bodega_id"] = "BOG_CENTRAL"
        case.query |= {"producto_id": "PROD00001", "lote": ""}


def requests_of(method, path, ask):
    """As `schema.parametrize()`, which makes all requests while tests are collected: seconds in each process."""
    schema = schemathesis.openapi.from_dict(DOCUMENT).include(method=method.upper(), path=path)
    schema.app = application
    (result,) = get_all_tests(schema=schema, test_func=ask, settings=None, given_kwargs=None)
    _operation, requests = result.ok()
    return requests
