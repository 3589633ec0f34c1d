"""The catalogue in the admin: whose products, how found, how exported."""

from __future__ import annotations

import csv
import io
import json
import uuid

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test.utils import CaptureQueriesContext
from openpyxl import load_workbook

from bulk_upload.models import BulkUpload
from catalog.models import Category, Product, Supplier
from catalog.tests.pages import sign_in

LIST = "/admin/catalog/product/"


@pytest.fixture
def suppliers(db):
    return [Supplier.objects.create(codigo=f"PROV00{n}", nombre=f"Proveedor {n}") for n in (1, 2)]


@pytest.fixture
def staff(db):
    return sign_in("operadora", "view_product", "change_product", "view_supplier", "view_category", "view_bulkupload")


@pytest.fixture
def supplier_person(suppliers):
    return sign_in("uno", "view_product", "change_product", "view_supplier", supplier=suppliers[0])


def product(key, supplier, **fields):
    category, _ = Category.objects.get_or_create(nombre=fields.pop("category", "GASAS"))
    values = {"nombre": f"Producto {key}", "codigo": f"C{key}", "precio_unitario": "12.50", **fields}
    return Product.objects.create(id=key, categoria=category, proveedor=supplier, tiempo_entrega_dias=1, **values)


def exported(client, file_format, **query):
    response = client.get(f"{LIST}export/{file_format}/", query)
    assert response.status_code == 200
    return b"".join(response.streaming_content)


@pytest.mark.parametrize("term", ["P1", "CP1", "Producto P1"])
def test_a_product_is_found_by_id_code_and_name(staff, suppliers, term):
    product("P1", suppliers[0])
    product("Q2", suppliers[0])
    page = staff.get(LIST, {"q": term}).content.decode()
    assert "Producto P1" in page
    assert "Producto Q2" not in page


def test_the_list_takes_the_same_queries_for_one_product_and_for_many(staff, suppliers):
    product("P0", suppliers[0])
    with CaptureQueriesContext(connection) as few:
        staff.get(LIST)
    for number in range(1, 40):
        product(f"P{number}", suppliers[number % 2])
    with CaptureQueriesContext(connection) as many:
        staff.get(LIST)
    assert len(many) == len(few) <= 12


def test_the_uploads_that_made_a_product_are_linked(staff, suppliers):
    upload = BulkUpload.objects.create(
        proveedor=suppliers[0], filename="enero.csv", file_format="csv", s3_key="k", size=1
    )
    made = product("P1", suppliers[0], created_by_upload=upload.pk, changed_by_upload=uuid.UUID(int=7))
    page = staff.get(f"{LIST}{made.pk}/change/").content.decode()
    assert f'<a href="/admin/bulk_upload/bulkupload/{upload.pk}/change/">enero.csv</a>' in page
    assert str(uuid.UUID(int=7)) in page


def test_a_supplier_shows_its_people_and_its_last_uploads(staff, suppliers):
    upload = BulkUpload.objects.create(
        proveedor=suppliers[0], filename="enero.csv", file_format="csv", s3_key="k", size=1
    )
    suppliers[0].usuarios.add(User.objects.create_user("maria"))
    page = staff.get("/admin/catalog/supplier/PROV001/change/").content.decode()
    assert f"/admin/bulk_upload/bulkupload/{upload.pk}/change/" in page
    assert "maria" in page


def test_csv_is_the_filtered_list_with_the_sheets_own_columns(staff, suppliers):
    product("P1", suppliers[0])
    product("P2", suppliers[1])
    text = exported(staff, "csv", proveedor__codigo__exact="PROV001").decode("utf-8-sig")
    (line,) = csv.DictReader(io.StringIO(text), delimiter=";")
    assert (line["id"], line["codigo"], line["categoria"], line["precio_unitario"]) == ("P1", "CP1", "GASAS", "12.50")


def test_xlsx_is_the_filtered_list(staff, suppliers):
    product("007", suppliers[0])
    product("P2", suppliers[0])
    sheet = load_workbook(io.BytesIO(exported(staff, "xlsx", q="007"))).worksheets[0]
    header, line = sheet.iter_rows(values_only=True)
    assert (header[0], line[0], line[5], line[11]) == ("id", "007", 12.5, "no")


@pytest.mark.parametrize("count", [0, 1, 5])
def test_json_is_one_list_whatever_the_number(staff, suppliers, monkeypatch, count):
    monkeypatch.setattr("catalog.exports.BATCH", 2)
    for number in range(count):
        product(f"P{number}", suppliers[0])
    assert [item["id"] for item in json.loads(exported(staff, "json"))] == [f"P{n}" for n in range(count)]


@pytest.mark.parametrize("file_format", ["csv", "xlsx"])
def test_no_exported_text_is_a_formula(staff, suppliers, file_format):
    product("P1", suppliers[0], nombre="=1+1")
    body = exported(staff, file_format)
    if file_format == "csv":
        assert ';"\'=1+1";' in body.decode()
    else:
        cell = load_workbook(io.BytesIO(body)).worksheets[0]["B2"]
        assert (cell.value, cell.data_type, cell.quotePrefix) == ("=1+1", "s", True)


def test_an_unknown_format_is_not_found(staff):
    assert staff.get(f"{LIST}export/exe/").status_code == 404


def test_a_suppliers_person_sees_and_exports_only_its_own_products(supplier_person, suppliers):
    product("P1", suppliers[0])
    product("P2", suppliers[1])
    assert "Producto P2" not in supplier_person.get(LIST).content.decode()
    assert "Proveedor 2" not in supplier_person.get(LIST).content.decode()
    assert b"P2" not in exported(supplier_person, "csv")
    assert supplier_person.get(f"{LIST}P2/change/").status_code == 302
    assert "Proveedor 2" not in supplier_person.get("/admin/catalog/supplier/").content.decode()


def test_a_suppliers_person_cannot_give_a_product_to_another_supplier(supplier_person, suppliers):
    made = product("P1", suppliers[0])
    form = {
        **{f.name: getattr(made, f.attname) or "" for f in Product._meta.fields if f.editable},
        "proveedor": "PROV002",
    }
    response = supplier_person.post(f"{LIST}P1/change/", form)
    assert response.status_code == 200
    made.refresh_from_db()
    assert made.proveedor_id == "PROV001"


def test_exporting_needs_the_permission(suppliers):
    assert sign_in("otra").get(f"{LIST}export/csv/").status_code == 403


@pytest.mark.django_db
def test_the_page_for_a_new_product_shows_no_marks_that_it_does_not_have_yet(admin_client):
    page = admin_client.get("/admin/catalog/product/add/").content.decode()
    assert "DatabaseDefault" not in page
    assert "codigo" in page
