"""Ids that no address can hold are refused by the sheet, the API and the admin alike."""

from __future__ import annotations

import re
from urllib.parse import quote

import pytest
from django.urls import resolve

from bulk_upload.sheet.addressable_ids import RESERVED, is_addressable
from bulk_upload.sheet.problems import CellProblem
from bulk_upload.tests.helpers.row_errors import problems
from bulk_upload.tests.helpers.rows import row
from catalog import urls
from catalog.models import Product
from catalog.sheets.products import PRODUCTS
from catalog.tests.pages import Page

URL = "/api/v1/catalog/items"
REFUSED = ["bulk-upload", ".", "..", "A/", "/A", "A//B", "A/./B", "../A", "/", "A/history"]
TAKEN = ["A/B", "A.1", "...", "bulk-upload2", "BULK-UPLOAD", "a b", "ñ?#%", "bulk-upload/1", "history", "A/history/1"]


def test_the_reserved_ids_are_the_routes_below_items():
    literal = [re.fullmatch(r"\^items/([\w-]+)/\?\$", str(route.pattern)) for route in urls.urlpatterns]
    assert {match[1] for match in literal if match} == RESERVED


@pytest.mark.parametrize("product_id", TAKEN)
def test_an_id_that_is_taken_is_found_by_its_address(product_id):
    assert is_addressable(product_id)
    assert resolve(f"{URL}/{product_id}").kwargs == {"item_id": product_id}


@pytest.mark.parametrize("product_id", REFUSED)
def test_the_sheet_refuses_an_id_without_an_address(product_id):
    with pytest.raises(CellProblem) as caught:
        PRODUCTS.columns[0].parse(product_id)
    assert caught.value.code == "unaddressable_id"


@pytest.mark.django_db
def test_rows_with_such_ids_are_rejected(run_import):
    upload = run_import([row(n, id=product_id) for n, product_id in enumerate(REFUSED)] + [row(99)])
    assert problems(upload) == [(n, "id", "unaddressable_id") for n in range(2, 2 + len(REFUSED))]
    assert upload.creados == 1


@pytest.mark.django_db
@pytest.mark.parametrize("product_id", REFUSED)
def test_the_api_refuses_such_an_id(api, product_id):
    answer = api.post(URL, row(1, id=product_id), format="json")
    assert answer.status_code == 400
    assert [error["code"] for error in answer.json()["errors"]] == ["unaddressable_id"]


@pytest.mark.django_db
@pytest.mark.parametrize("product_id", ["bulk-upload", "A/"])
def test_the_admin_refuses_such_an_id(admin_client, supplier, product_id):
    page = Page(admin_client, "/admin/catalog/product/add/")
    page.change(
        **{name: value for name, value in row(1).items() if not name.startswith(("id", "requiere"))},
        id=product_id,
        proveedor=supplier.pk,
    )
    assert "no se puede usar en una dirección web" in page.post().content.decode()
    assert not Product.objects.exists()


@pytest.mark.django_db
def test_a_product_whose_id_is_from_before_the_rules_can_still_be_changed(api, run_import):
    run_import([row(1)])
    old = "A//\u200b1"
    Product.objects.update(id=old)
    address = f"{URL}/{quote(old)}"
    assert api.patch(address, {"nombre": "Gasa"}, format="json").json()["nombre"] == "Gasa"
    assert api.put(address, row(1, id=old, nombre="Venda"), format="json").status_code == 200
    assert api.patch(address, {"id": "A//\u200b2"}, format="json").status_code == 400
