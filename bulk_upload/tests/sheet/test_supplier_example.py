"""The example template's ids carry the supplier's code: two suppliers can try it one after the other."""

from __future__ import annotations

import io

import pytest
from django.contrib.auth.models import User
from openpyxl import load_workbook
from rest_framework.test import APIClient

from bulk_upload.tests.helpers.admin_people import ALL_OF_UPLOADS, address, person, signed_in
from catalog.examples import example_products_for

TEMPLATE = "/api/v1/catalog/bulk-upload/template"


def keys(workbook: bytes) -> list[tuple[str, str]]:
    sheet = load_workbook(io.BytesIO(workbook)).worksheets[0]
    return [(line[0], line[2]) for line in sheet.iter_rows(min_row=2, values_only=True) if line[0]]


def test_a_person_of_one_supplier_gets_ids_and_codes_of_its_own(supplier_person):
    answer = supplier_person.get(address("template", "ejemplo"))
    assert keys(b"".join(answer.streaming_content))[0] == ("PROV001-PROD001", "PROV001-7701234560010")


def test_the_api_gives_the_same_example(api: APIClient):
    answer = api.get(TEMPLATE, {"ejemplo": "true"})
    content = b"".join(answer.streaming_content) if answer.streaming else answer.content
    assert keys(content)[0] == ("PROV001-PROD001", "PROV001-7701234560010")


def test_staff_and_people_of_two_suppliers_get_it_as_it_is(staff, supplier, other_supplier):
    both = User.objects.create_user("ambas")
    both.suppliers.add(supplier, other_supplier)
    assert example_products_for(both)[0]["id"] == "PROD001"
    assert keys(b"".join(staff.get(address("template", "ejemplo")).streaming_content))[0][0] == "PROD001"


@pytest.mark.django_db
def test_the_examples_of_two_suppliers_land_both(supplier, other_supplier, run_import):
    for owner in (supplier, other_supplier):
        user = User.objects.create_user(owner.pk)
        owner.usuarios.add(user)
        rows = [{name: str(value) for name, value in line.items()} for line in example_products_for(user)]
        upload = run_import(rows, owner=owner)
        assert (upload.creados, upload.rechazados) == (10, 0)


def test_the_form_says_what_happens_and_which_columns_are_required(supplier):
    page = signed_in(person("andina", *ALL_OF_UPLOADS, supplier=supplier)).get(address("add")).content.decode()
    for text in ("únicos entre todos los proveedores", "<code>certificado_sanitario</code>", address("guide")):
        assert text in page
    assert "<code>stock_minimo</code>" not in page
