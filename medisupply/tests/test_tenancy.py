"""Who gets what from every route of the API. A route that is not named here makes the test fail."""

from __future__ import annotations

import re
import uuid
from contextlib import contextmanager
from itertools import product

import pytest
from django.contrib.auth.models import Permission, User
from django.db import transaction
from django.urls import get_resolver
from rest_framework.authtoken.models import Token
from rest_framework.test import APIClient

from bulk_upload.models import BulkUpload, RememberedMapping, UploadDraft
from bulk_upload.tests.helpers.rows import csv_bytes, row
from bulk_upload.tests.helpers.upload_api import a_file
from catalog.models import StockLot, Supplier, Warehouse
from medisupply.tests.api_routes import routes

pytestmark = pytest.mark.django_db

ACTORS = ("owner", "nobody", "stranger", "inactive", "staff", "clerk", "admin", "removed", "unassigned")

# Route and method → the code for each actor:
#   owner       a user of the supplier to which everything belongs
#   nobody      no token
#   stranger    another supplier's token
#   inactive    a user of the same supplier, had it not been switched off
#   staff       staff without permission
#   clerk       staff with the permissions to see, not to change, for all suppliers
#   admin       staff with all permissions
#   removed     staff with all permissions but the one for all suppliers, and no supplier any more
#   unassigned  a user with all permissions who is no staff and has no supplier
#
# 404 says "not yours" and "not there" with one word. What lists or creates has nothing to hide.
MATRIX = {
    ("bulk-upload", "get"): (200, 401, 200, 200, 200, 200, 200, 200, 200),
    ("bulk-upload/template", "get"): (200, 401, 200, 200, 200, 200, 200, 200, 200),
    ("bulk-upload/columns", "get"): (200, 401, 200, 200, 200, 200, 200, 200, 200),
    ("bulk-upload/status/{task_id}", "get"): (200, 401, 404, 404, 404, 200, 200, 404, 404),
    ("bulk-upload/{task_id}", "get"): (200, 401, 404, 404, 404, 200, 200, 404, 404),
    ("bulk-upload/{task_id}/errors", "get"): (200, 401, 404, 404, 404, 200, 200, 404, 404),
    ("bulk-upload/{task_id}/errors.csv", "get"): (200, 401, 404, 404, 404, 200, 200, 404, 404),
    ("bulk-upload/{task_id}/errors.xlsx", "get"): (200, 401, 404, 404, 404, 200, 200, 404, 404),
    ("bulk-upload/{task_id}/errors.json", "get"): (200, 401, 404, 404, 404, 200, 200, 404, 404),
    ("bulk-upload/{task_id}/corrections", "get"): (409, 401, 404, 404, 404, 409, 409, 404, 404),
    ("bulk-upload/{task_id}/file", "get"): (200, 401, 404, 404, 404, 200, 200, 404, 404),
    ("bulk-upload/{task_id}/cancel", "post"): (202, 401, 404, 404, 404, 403, 202, 404, 404),
    ("bulk-upload/{task_id}/retry", "post"): (409, 401, 404, 404, 404, 403, 409, 404, 404),
    ("bulk-upload/{plan_id}/plan", "get"): (200, 401, 404, 404, 404, 200, 200, 404, 404),
    ("bulk-upload/{plan_id}/plan.xlsx", "get"): (200, 401, 404, 404, 404, 200, 200, 404, 404),
    ("bulk-upload/{plan_id}/apply", "post"): (202, 401, 404, 404, 404, 403, 202, 404, 404),
    ("bulk-upload/{task_id}/preview", "get"): (202, 401, 404, 404, 404, 202, 202, 404, 404),
    # It is an upload already: the same task.
    ("bulk-upload/{task_id}/start", "post"): (202, 401, 404, 404, 404, 403, 202, 404, 404),
    ("bulk-upload/{draft_id}/preview", "get"): (202, 401, 404, 404, 404, 202, 202, 404, 404),
    ("bulk-upload/{draft_id}/start", "post"): (202, 401, 404, 404, 404, 403, 202, 404, 404),
    ("bulk-upload/mappings", "get"): (200, 401, 200, 200, 200, 200, 200, 200, 200),
    ("bulk-upload/mappings/{mapping_id}", "get"): (200, 401, 404, 404, 404, 200, 200, 404, 404),
    ("bulk-upload/mappings/{mapping_id}", "delete"): (204, 401, 404, 404, 404, 403, 204, 404, 404),
    ("bulk-upload/{task_id}/undo", "get"): (403, 401, 404, 404, 404, 403, 200, 404, 404),
    ("bulk-upload/{task_id}/undo", "post"): (403, 401, 404, 404, 404, 403, 409, 404, 404),
    ("items/bulk-upload", "post"): (202, 401, 403, 403, 403, 403, 202, 403, 403),
    ("items", "get"): (200, 401, 200, 200, 200, 200, 200, 200, 200),
    ("items", "post"): (400, 401, 403, 403, 403, 403, 400, 403, 403),
    ("items/{item_id}", "get"): (200, 401, 404, 404, 404, 200, 200, 404, 404),
    ("items/{item_id}", "put"): (400, 401, 404, 404, 404, 403, 400, 404, 404),
    ("items/{item_id}", "patch"): (200, 401, 404, 404, 404, 403, 200, 404, 404),
    ("items/{item_id}", "delete"): (204, 401, 404, 404, 404, 403, 204, 404, 404),
    ("items/{item_id}/history", "get"): (200, 401, 404, 404, 404, 200, 200, 404, 404),
    ("categories", "get"): (200, 401, 200, 200, 200, 200, 200, 200, 200),
    ("suppliers", "get"): (200, 401, 200, 200, 200, 200, 200, 200, 200),
    ("suppliers/{proveedor_id}/history", "get"): (200, 401, 404, 404, 404, 200, 200, 404, 404),
}
# Of the addresses beside those of the catalogue. Who may not see an entry of a list gets the list without it.
OF_WAREHOUSES = {
    ("bodegas", "get"): (200, 401, 200, 200, 200, 200, 200, 200, 200),
    ("bodegas", "post"): (403, 401, 403, 403, 403, 403, 400, 400, 403),
    ("bodegas/{bodega_id}", "get"): (200, 401, 200, 200, 200, 200, 200, 200, 200),
    ("inventory/bodega/{bodega_id}/productos", "get"): (200, 401, 200, 200, 200, 200, 200, 200, 200),
    ("inventory/bodega/{bodega_id}/productos/history", "get"): (200, 401, 404, 404, 404, 200, 200, 404, 404),
    ("inventory/bulk-upload", "post"): (202, 401, 403, 403, 403, 403, 202, 403, 403),
    # No supplier's own: only staff with every permission that it takes.
    ("proveedores/bulk-upload", "post"): (403, 401, 403, 403, 403, 403, 202, 403, 403),
}
# Open to everybody, and outside the families.
PUBLIC = {
    ("api/schema", "get"): 200,
    ("api/docs", "get"): 200,
    ("api/v1/auth/token", "post"): 400,
}
FAMILIES = ("api/v1/catalog/", "api/catalog/")
WAREHOUSE_FAMILIES = ("api/v1/", "api/")


def test_the_matrix_names_every_route():
    found = {(path, method) for path, methods in routes(get_resolver().url_patterns) for method in methods}
    found.discard(("api(?:/|$)", "get"))  # what answers 404 for all that is not there
    # Plans and drafts have the addresses of uploads.
    catalogue = {(re.sub(r"{(plan|draft)_id}", "{task_id}", path), method) for path, method in MATRIX}
    named = {(family + path, method) for family in FAMILIES for path, method in catalogue} | set(PUBLIC)
    named |= {(family + path, method) for family in WAREHOUSE_FAMILIES for path, method in OF_WAREHOUSES}
    assert found == named, f"not in the matrix: {found - named}; gone: {named - found}"


@pytest.fixture
def things(supplier, run_import, accept):
    """Of PROV001: an upload that waits, with its file, a finished plan, a draft, a remembered mapping, a product, and
    a lot of another one."""
    run_import([row(1), row(5)])
    mine = {"proveedor": supplier, "sheet_name": "productos"}
    warehouse = Warehouse.objects.create(codigo="BOG_CENTRAL", nombre="Bogotá", pais="CO")
    StockLot.objects.create(producto_id="PROD00005", bodega=warehouse, cantidad=1)
    plan = run_import([row(1, nombre="Otro")], replace=True, only_plan=True)
    # The plan's file is stored: its application takes a copy.
    file = accept(csv_bytes([row(4)]))
    BulkUpload.objects.filter(pk=plan.pk).update(s3_key=file.s3_key)
    return {
        "task_id": accept(csv_bytes([row(2)])).pk,
        "plan_id": plan.pk,
        "draft_id": UploadDraft.objects.create(**mine, filename="a.csv", file_format="csv", s3_key="k", size=1).pk,
        "mapping_id": RememberedMapping.objects.create(**mine, name="ERP", signature="x").pk,
        "item_id": "PROD00001",
        "bodega_id": "BOG_CENTRAL",
        "proveedor_id": "PROV001",
    }


@pytest.fixture
def client_of(supplier, other_supplier, user):
    def client(actor):
        client = APIClient()
        if actor == "nobody":
            return client
        someone = {"owner": user, "inactive": user}.get(actor) or User.objects.create_user(
            actor, is_staff=actor in ("staff", "clerk", "admin", "removed")
        )
        if actor == "stranger":
            other_supplier.usuarios.add(someone)
        if actor == "inactive":
            Supplier.objects.filter(pk=supplier.pk).update(activo=False)
        apps = Permission.objects.filter(content_type__app_label__in=["catalog", "bulk_upload"])
        if actor == "clerk":
            someone.user_permissions.set(apps.filter(codename__regex="^view_|^all_suppliers$"))
        elif actor in ("admin", "unassigned"):
            someone.user_permissions.set(apps)
        elif actor == "removed":
            someone.user_permissions.set(apps.exclude(codename="all_suppliers"))
            supplier.usuarios.add(someone)
            supplier.usuarios.remove(someone)
        client.credentials(HTTP_AUTHORIZATION=f"Token {Token.objects.create(user=someone).key}")
        return client

    return client


def ask(client, family, path, method, things):
    address = f"/{family}{path.format(**things)}"
    if path.endswith("/bulk-upload"):
        return client.post(f"{address}?proveedor_id=PROV001", {"file": a_file(content=csv_bytes([row(3)]))})
    if path.endswith("productos/history"):
        return client.get(address, {"producto_id": "PROD00005"})
    if method == "post" and path == "items":
        address += "?proveedor_id=PROV001"
    return getattr(client, method)(address, {} if method in ("post", "put", "patch") else None, format="json")


@contextmanager
def undone():
    """What was done to the database within is taken back at the end: the next actor finds it as it was."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def actors(families, expected):
    """The status for each family and actor; the second family is another name of the first, so three actors do."""
    first, second = families
    asked = [*product([first], ACTORS), *product([second], ACTORS[:3])]
    return {(family, actor): expected[ACTORS.index(actor)] for family, actor in asked}


@pytest.mark.usefixtures("aws")
@pytest.mark.parametrize(("path", "method"), MATRIX)
def test_each_actor_gets_what_the_matrix_says(client_of, things, path, method):
    expected, found = actors(FAMILIES, MATRIX[path, method]), {}
    before = list(BulkUpload.objects.values_list("pk", "revision"))
    for family, actor in expected:
        with undone():
            answer = ask(client_of(actor), family, path, method, things)
            found[family, actor] = answer.status_code
            if answer.status_code in (401, 403, 404):
                assert list(BulkUpload.objects.values_list("pk", "revision")) == before, (family, actor)
                told = [key for key in ("task_id", "plan_id") if str(things[key]) in answer.content.decode()]
                assert not told, (family, actor)
    assert found == expected


@pytest.mark.usefixtures("aws")
@pytest.mark.parametrize(("path", "method"), OF_WAREHOUSES)
def test_each_actor_gets_of_warehouses_what_the_matrix_says(client_of, things, path, method):
    expected, found = actors(WAREHOUSE_FAMILIES, OF_WAREHOUSES[path, method]), {}
    for family, actor in expected:
        with undone():
            found[family, actor] = ask(client_of(actor), family, path, method, things).status_code
    assert found == expected


@pytest.mark.usefixtures("aws")
@pytest.mark.parametrize("actor", ACTORS[2:])
def test_the_lots_of_others_are_in_nobodys_list(client_of, things, actor):
    items = client_of(actor).get("/api/inventory/bodega/BOG_CENTRAL/productos").json()["items"]
    assert bool(items) == (actor in ("clerk", "admin"))


@pytest.mark.usefixtures("aws")
@pytest.mark.parametrize("actor", ["stranger", "inactive", "staff", "removed", "unassigned"])
@pytest.mark.parametrize("path", ["bulk-upload", "items"])
def test_lists_show_nothing_of_others(client_of, things, path, actor):
    assert client_of(actor).get(f"/api/catalog/{path}").json()["items"] == []


def test_a_supplier_sees_only_its_own_suppliers(client_of):
    codes = {
        actor: [item["codigo"] for item in client_of(actor).get("/api/v1/catalog/suppliers").json()["items"]]
        for actor in ("owner", "stranger", "staff", "removed", "unassigned")
    }
    assert codes == {"owner": ["PROV001"], "stranger": ["PROV002"], "staff": [], "removed": [], "unassigned": []}
    clerk = client_of("clerk").get("/api/v1/catalog/suppliers").json()["items"]
    assert [item["codigo"] for item in clerk] == ["PROV001", "PROV002"]


@pytest.mark.parametrize(("path", "method"), PUBLIC)
def test_what_is_public_asks_for_no_token(client, path, method):
    assert getattr(client, method)(f"/{path}", content_type="application/json").status_code == PUBLIC[path, method]


def test_what_does_not_exist_answers_as_what_is_of_others(client_of, things):
    stranger = client_of("stranger")
    answers = [stranger.get(f"/api/catalog/bulk-upload/{key}").json() for key in (things["task_id"], uuid.uuid4(), "x")]
    assert answers[0] == answers[1] == answers[2]
