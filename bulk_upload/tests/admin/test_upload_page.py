"""The admin's upload page: what it says, what it takes, and how it refuses."""

from __future__ import annotations

import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from bulk_upload import storage
from bulk_upload.models import BulkUpload
from bulk_upload.reading.compound_files import MAGIC
from bulk_upload.tests.helpers.admin_people import ALL_OF_UPLOADS, address, person, signed_in
from bulk_upload.tests.helpers.rows import csv_bytes, row

ADD = "/admin/bulk_upload/bulkupload/add/"
JSON = {"accept": "application/json"}


def form(name="productos.csv", content=None, **fields):
    content = csv_bytes([row(1)]) if content is None else content
    return {"proveedor": "PROV001", "file": SimpleUploadedFile(name, content), **fields}


def test_the_page_tells_limits_formats_and_templates_before_choosing(staff, supplier):
    page = staff.get(ADD).content.decode()
    assert ".xlsx" in page
    assert ".csv" in page
    assert "200 MB" in page
    assert address("template", "vacia") in page
    assert address("template", "ejemplo") in page


def test_a_form_without_javascript_leads_to_the_uploads_page(staff, supplier, aws):
    response = staff.post(ADD, form(reemplazar_duplicados="on"))
    upload = BulkUpload.objects.get()
    assert response.status_code == 302
    assert response.url == address("change", upload.pk)
    assert (upload.filename, upload.proveedor_id, upload.reemplazar_duplicados) == ("productos.csv", "PROV001", True)


def test_the_script_gets_the_address_of_the_uploads_page(staff, supplier, aws):
    response = staff.post(ADD, form(), headers=JSON)
    assert response.status_code == 201
    assert response.json() == {"address": address("change", BulkUpload.objects.get().pk)}


def test_a_refused_file_keeps_the_form_filled_and_says_why_beside_the_field(staff, supplier, other_supplier):
    response = staff.post(ADD, form("precios.pdf", proveedor="PROV002", reemplazar_duplicados="on"))
    page = response.content.decode()
    assert response.status_code == 415
    assert '<option value="PROV002" selected>' in page
    assert "checked" in page
    assert "Se admiten archivos .xlsx, .xls, .xlsb, .ods, .csv y .zip; «precios.pdf» no lo es" in page
    assert 'aria-describedby="id_file_error"' in page
    assert 'id="id_file_error"' in page


def test_a_workbook_under_a_password_is_refused_with_what_to_do(staff, supplier):
    secret = MAGIC + bytes(504) + "EncryptedPackage".encode("utf-16-le")
    response = staff.post(ADD, form("precios.xlsx", content=secret))
    assert response.status_code == 415
    assert "protegido con contraseña: quítele la contraseña en Excel" in response.content.decode()


def test_the_script_gets_the_reasons_by_field(staff, supplier):
    response = staff.post(ADD, {"proveedor": ""}, headers=JSON)
    assert response.status_code == 400
    assert set(response.json()["errors"]) == {"proveedor", "file"}


def test_a_file_over_the_limit_is_refused_without_a_trace(staff, supplier, settings, aws):
    settings.BULK_UPLOAD_MAX_BYTES = 100
    response = staff.post(ADD, form(content=b"x" * 101))
    assert response.status_code == 413
    assert "divídalo en varios" in response.content.decode()
    assert not BulkUpload.objects.exists()


def test_a_store_that_is_down_is_told_beside_the_file(staff, supplier, monkeypatch):
    def down(*args):
        raise storage.StorageDown("no")

    monkeypatch.setattr(storage, "save", down)
    response = staff.post(ADD, form())
    assert response.status_code == 503
    assert "El almacén de archivos no responde" in response.content.decode()


@pytest.mark.parametrize("content_length", ["", "99999999999"])
def test_a_post_without_the_csrf_token_does_nothing(staff, supplier, content_length):
    staff.handler.enforce_csrf_checks = True
    more = {"CONTENT_LENGTH": content_length} if content_length else {}
    assert staff.post(ADD, form(), **more).status_code in (403, 413)
    assert not BulkUpload.objects.exists()


def test_only_suppliers_that_the_person_may_act_for_are_offered(supplier_person, supplier, other_supplier):
    page = supplier_person.get(ADD).content.decode()
    assert "PROV001" in page
    assert "PROV002" not in page


def test_an_inactive_supplier_is_not_offered(staff, supplier):
    supplier.activo = False
    supplier.save()
    assert 'value="PROV001"' not in staff.get(ADD).content.decode()


def test_a_supplier_of_others_cannot_be_chosen_by_hand(supplier_person, other_supplier):
    response = supplier_person.post(ADD, form(proveedor="PROV002"))
    assert response.status_code == 400
    assert not BulkUpload.objects.exists()


def test_staff_without_the_permission_get_neither_page_nor_button(bystander, supplier):
    assert bystander.get(ADD).status_code == 403
    assert bystander.post(ADD, form()).status_code == 403
    assert ADD not in bystander.get("/admin/catalog/product/").content.decode()


@pytest.mark.parametrize("listing", ["/admin/bulk_upload/bulkupload/", "/admin/catalog/product/"])
def test_the_button_stands_on_both_lists(staff, listing):
    assert f'href="{ADD}' in staff.get(listing).content.decode()


def test_a_hostile_file_name_is_shown_as_text(staff, supplier):
    page = staff.post(ADD, form('<img src=x onerror="alert(1)">.pdf')).content.decode()
    assert "<img src=x" not in page
    assert "&lt;img src=x" in page


def test_the_page_speaks_english_on_request(supplier):
    page = signed_in(person("smith", *ALL_OF_UPLOADS), "en").get(ADD).content.decode()
    assert "Upload products" in page
    assert "Cargar" not in page
    assert "What does the file contain?" in page


def test_what_replacing_does_is_said_beside_the_choice(staff, supplier):
    page = staff.get(ADD).content.decode()
    assert re.search(r'<input type="checkbox"[^>]*aria-describedby="id_reemplazar_duplicados_helptext"', page)
    beside = re.search(r'id="id_reemplazar_duplicados_helptext">(.*?)</div>', page, re.DOTALL)[1]
    assert "Marcado: lo que ya existe se actualiza" in beside
    assert "Sin marcar: esa fila se rechaza" in beside


def test_the_form_and_the_guide_say_that_keys_are_unique_over_all_suppliers_and_that_one_sheet_is_read(staff, supplier):
    form, guide = (staff.get(address(name)).content.decode() for name in ("add", "guide"))
    assert "«id» y «codigo» son únicos entre todos los proveedores" in form
    assert "«id» y «codigo» son únicos entre todos los proveedores" in guide
    assert "Si hay datos en varias, el libro no se importa y se nombran las hojas" in form
    assert "Una sola hoja." in guide
    assert f'href="{address("guide")}?hoja=productos"' in form
