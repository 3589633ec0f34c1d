"""Whatever people write into products, lots and suppliers is kept: who, where, and each value before and after.

A new way to write them makes a test here fail until it is named in `DOORS`, and keeps what it changes.
"""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.contrib import admin
from django.contrib.auth.models import User
from django.test import Client
from django.urls import get_resolver
from rest_framework.test import APIClient

from bulk_upload.history.edits import edited_fields, key_text_of, target_for, values_of
from bulk_upload.imports import registry
from bulk_upload.models import BulkUpload, RowEdit
from bulk_upload.tests.helpers.rows import row
from catalog.admin.imported import ImportedAdmin
from catalog.models import Category, Product, StockLot, Supplier
from catalog.tests.pages import Page
from catalog.tests.stock_rows import make_lot, make_product, make_warehouse
from medisupply.management.commands import bootstrap
from medisupply.tests.api_routes import routes

pytestmark = pytest.mark.django_db
MODELS = (Product, StockLot, Supplier)
ITEMS = "/api/v1/catalog/items"
ADMIN = "/admin/catalog/"


class Door:
    """A way in which a person writes rows. `api` and `browser` are a superuser's."""

    def __init__(self, boss: User) -> None:
        self.api = APIClient()
        self.api.force_authenticate(boss)
        self.browser = Client(headers={"accept-language": "es"})
        self.browser.force_login(boss)

    def api_post(self) -> None:
        assert self.api.post(f"{ITEMS}?proveedor_id=PROV001", row(9), format="json").status_code == 201

    def api_put(self) -> None:
        assert self.api.put(f"{ITEMS}/P1", row(1, id="P1"), format="json").status_code == 200

    def api_patch(self) -> None:
        changes = {"precio_unitario": "7", "activo": False}
        assert self.api.patch(f"{ITEMS}/P1", changes, format="json").status_code == 200

    def api_delete(self) -> None:
        assert self.api.delete(f"{ITEMS}/P2").status_code == 204

    def add_product(self) -> None:
        values = {name: value for name, value in row(9).items() if not name.startswith("requiere")}
        values |= {"proveedor": "PROV001", "categoria": "GASAS"}
        Page(self.browser, f"{ADMIN}product/add/").change(**values).save()

    def change_product(self) -> None:
        page = Page(self.browser, f"{ADMIN}product/P1/change/")
        page.change(precio_unitario="8", categoria="VENDAS").uncheck("activo").save()

    def delete_product(self) -> None:
        self._post("product/P2/delete/")

    def delete_products(self) -> None:
        self._post("product/", action="delete_selected", _selected_action=["P2", "P3"])

    def add_lot(self) -> None:
        page = Page(self.browser, f"{ADMIN}stocklot/add/")
        page.change(producto="P1", bodega="BOG_CENTRAL", lote="L9", cantidad="4", fecha_vencimiento="31/03/2030").save()

    def change_lot(self) -> None:
        Page(self.browser, f"{ADMIN}stocklot/7/change/").change(cantidad="3", fecha_vencimiento="").save()

    def delete_lot(self) -> None:
        self._post("stocklot/7/delete/")

    def delete_lots(self) -> None:
        self._post("stocklot/", action="delete_selected", _selected_action=["7"])

    def add_supplier(self) -> None:
        Page(self.browser, f"{ADMIN}supplier/add/").change(codigo="PROV009", nombre="Nuevo").save()

    def change_supplier(self) -> None:
        Page(self.browser, f"{ADMIN}supplier/PROV001/change/").change(nombre="Otro", telefono="1").save()

    def delete_supplier(self) -> None:
        self._post("supplier/PROV002/delete/")

    def delete_suppliers(self) -> None:
        self._post("supplier/", action="delete_selected", _selected_action=["PROV002"])

    def merge_categories(self) -> None:
        self._post("category/", action="merge_selected", _selected_action=["GASAS"], target="VENDAS", merge="1")

    def _post(self, place: str, **form: Any) -> None:
        assert self.browser.post(f"{ADMIN}{place}", {"post": "yes", **form}).status_code == 302


DOORS = [name for name in vars(Door) if not name.startswith("_")]
# Writing addresses of the API, and what they write of these models.
OF_THE_API = {
    ("items", "post"): "api_post",
    ("items/{item_id}", "put"): "api_put",
    ("items/{item_id}", "patch"): "api_patch",
    ("items/{item_id}", "delete"): "api_delete",
    # Uploads: what they write is kept by the import and by the undo.
    ("items/bulk-upload", "post"): "",
    ("bulk-upload/{task_id}/cancel", "post"): "",
    ("bulk-upload/{task_id}/retry", "post"): "",
    ("bulk-upload/{task_id}/undo", "post"): "",
    ("bulk-upload/{task_id}/apply", "post"): "",
    ("bulk-upload/{task_id}/start", "post"): "",
    # Other models.
    ("bulk-upload/mappings/{mapping_id}", "delete"): "",
    ("bodegas", "post"): "",
    ("inventory/bulk-upload", "post"): "",
    ("proveedores/bulk-upload", "post"): "",
    ("auth/token", "post"): "",
}
ACTIONS = {"delete_selected", "approve_selected", "merge_selected"}


@pytest.fixture
def door(admin_user, supplier, other_supplier) -> Door:
    for key in ("P1", "P2", "P3"):
        make_product(key, supplier)
    Category.objects.create(nombre="VENDAS")
    make_lot(Product.objects.get(pk="P1"), make_warehouse(), pk=7, lote="L1", fecha_vencimiento=date(2029, 1, 1))
    return Door(admin_user)


def rows() -> dict[tuple[str, str], dict[str, Any]]:
    """The values of all rows, by sheet and key."""
    found = {}
    for model in MODELS:
        target = target_for(model)
        for one in model.objects.all():
            found[target.sheet.name, key_text_of(target, one)] = values_of(one)
    return found


def difference(before: dict[Any, Any], after: dict[Any, Any]) -> dict[Any, Any]:
    """What changed in each row, as `RowEdit.cambios` has it."""
    found = {}
    for key in before.keys() | after.keys():
        old, new = before.get(key, {}), after.get(key, {})
        names = {name for name in old.keys() | new.keys() if old.get(name, key) != new.get(name, key)}
        if names:
            found[key] = {name: [old.get(name), new.get(name)] for name in names}
    return found


@pytest.mark.parametrize("name", DOORS)
def test_all_that_a_person_writes_is_kept_and_nothing_else(door, admin_user, name):
    before = rows()
    getattr(door, name)()
    changed = difference(before, rows())
    assert changed
    edits = {(edit.sheet_name, edit.producto): edit for edit in RowEdit.objects.all()}
    assert {key: edit.cambios for key, edit in edits.items()} == changed
    source = "api" if name.startswith("api") else "admin"
    assert {(edit.user, edit.username, edit.source) for edit in edits.values()} == {(admin_user, "admin", source)}
    for key, edit in edits.items():
        action = "changed" if key in before and key in rows() else "removed" if key in before else "created"
        assert edit.action == action


def test_every_writing_address_of_the_api_is_named_here():
    found = {
        (path.removeprefix("api/").removeprefix("v1/").removeprefix("catalog/"), method)
        for path, methods in routes(get_resolver().url_patterns)
        for method in methods
        if method != "get"
    }
    assert found == set(OF_THE_API)
    assert {name for name in OF_THE_API.values() if name} <= set(DOORS)


def test_every_model_that_has_a_sheet_has_admin_pages_that_keep_what_they_change():
    assert {declared.model for declared in registry.imports.values()} == set(MODELS)
    for model in MODELS:
        assert isinstance(admin.site._registry[model], ImportedAdmin)


def test_no_page_of_the_admin_has_an_action_or_a_list_form_that_is_not_named_here(rf, admin_user):
    request = rf.get("/")
    request.user = admin_user
    for model, pages in admin.site._registry.items():
        assert set(pages.get_actions(request)) <= ACTIONS, model
        assert not pages.list_editable, model
        assert not [inline for inline in pages.inlines if inline.model in MODELS], model


def test_what_stays_as_it_is_is_no_change(door):
    assert door.api.patch(f"{ITEMS}/P1", {"precio_unitario": "12.5"}, format="json").status_code == 200
    Page(door.browser, f"{ADMIN}product/P1/change/").save()
    assert not RowEdit.objects.exists()


def test_what_is_refused_leaves_nothing(door):
    assert door.api.delete(f"{ITEMS}/P1").status_code == 409
    assert door.api.patch(f"{ITEMS}/P1", {"codigo": "C-P2"}, format="json").status_code == 409
    assert Page(door.browser, f"{ADMIN}product/P1/change/").change(codigo="C-P2").post().status_code == 200
    assert door.browser.post(f"{ADMIN}product/P1/delete/", {"post": "yes"}).status_code in (200, 403)
    assert not RowEdit.objects.exists()


def test_a_removed_row_says_which_upload_had_created_it(run_import, admin_user):
    upload = run_import([row(1)])
    Door(admin_user)._post("product/PROD00001/delete/")
    assert RowEdit.objects.get().creado_por == upload.pk


def test_many_products_of_a_merged_category_ask_the_database_as_often_as_one(
    door, supplier, django_assert_max_num_queries
):
    for number in range(40):
        make_product(f"M{number}", supplier)
    with django_assert_max_num_queries(40):
        door.merge_categories()
    assert RowEdit.objects.count() == 43


def test_suppliers_of_the_fixtures_are_the_systems(db):
    bootstrap._load_fixtures()
    edits = RowEdit.objects.values_list("sheet_name", "source", "action", "username")
    assert set(edits) == {("proveedores", "system", "created", "")}
    assert RowEdit.objects.count() == Supplier.objects.count()
    bootstrap._load_fixtures()
    assert RowEdit.objects.count() == Supplier.objects.count()


def test_the_fields_that_are_kept_are_those_that_people_fill_in():
    names = {field.name for field in edited_fields(Product)}
    assert {"precio_unitario", "categoria", "proveedor", "activo"} <= names
    assert not names & {"version", "updated_at", "created_at", "changed_by_upload", "change_number"}
    assert "id" not in {field.name for field in edited_fields(StockLot)}


def test_uploads_are_no_edits(run_import):
    run_import([row(1)])
    run_import([row(1, precio_unitario="2")], replace=True)
    assert BulkUpload.objects.count() == 2
    assert not RowEdit.objects.exists()
