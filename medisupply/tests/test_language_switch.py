"""A person reads the admin in the language that they have chosen on any of its pages."""

from __future__ import annotations

import io

import pytest
from django.test import Client
from openpyxl import load_workbook

from bulk_upload.models import PreparedFile
from bulk_upload.tests.helpers.admin_people import address
from bulk_upload.tests.helpers.rows import csv_bytes, row

pytestmark = pytest.mark.django_db

SWITCH = 'action="/idioma/"'


@pytest.mark.parametrize("place", ["/admin/login/", "/nada/", "/admin/", "/admin/bulk_upload/bulkupload/add/"])
def test_each_page_offers_the_other_language(supplier_person, place):
    client = Client(headers={"accept-language": "es"}) if place in ("/admin/login/", "/nada/") else supplier_person
    page = client.get(place).content.decode()
    assert SWITCH in page
    assert 'value="en" lang="en">English<' in page
    answer = client.post("/idioma/", {"language": "en", "next": f"{place}?a=1"})
    assert (answer.status_code, answer["Location"]) == (302, f"{place}?a=1")
    page = client.get(place).content.decode()  # the browser asks for Spanish
    assert '<html lang="en"' in page
    assert 'value="es" lang="es">Español<' in page


def test_only_the_form_of_a_page_changes_it():
    client = Client(enforce_csrf_checks=True)
    assert client.post("/idioma/", {"language": "en"}).status_code == 403
    assert "django_language" not in client.cookies


def test_it_leads_to_no_other_site(client):
    assert client.post("/idioma/", {"language": "en", "next": "https://mala.example/"})["Location"] == "/"


def test_files_are_made_in_the_persons_language(supplier_person, accept, worker):
    upload = accept(csv_bytes([row(1, precio_unitario="caro")]))
    worker.step()
    supplier_person.post("/idioma/", {"language": "en"})
    supplier_person.get(address("corrections", upload.pk))
    worker.step()
    assert PreparedFile.objects.get().language == "en"
    book = b"".join(supplier_person.get(address("corrections", upload.pk)).streaming_content)
    assert load_workbook(io.BytesIO(book)).sheetnames == ["Rows to correct"]
    template = b"".join(supplier_person.get(address("template", "ejemplo")).streaming_content)
    assert "Name of the product." in load_workbook(io.BytesIO(template)).worksheets[0]["B1"].comment.text
    filled = accept(template, "productos.xlsx")
    worker.step()
    filled.refresh_from_db()
    assert (filled.status, filled.rechazados, filled.creados) == ("completed", 0, 10)
