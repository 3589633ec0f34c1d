"""The history of a product, a lot or a supplier in the admin, and the way to it from each field."""

from __future__ import annotations

import re

import pytest
from django.contrib.auth.models import User

from bulk_upload.models import BulkUpload
from bulk_upload.tests.helpers.admin_people import address, signed_in
from bulk_upload.tests.helpers.rows import row
from catalog.tests.pages import Page, sign_in
from catalog.tests.stock_rows import make_lot, make_product, make_warehouse

pytestmark = pytest.mark.django_db
PRODUCT = "/admin/catalog/product/PROD00001/"


def text_of(response) -> str:
    """A page as it reads, without its tags."""
    assert response.status_code == 200
    body = response.content.decode().partition("<main")[2]
    return re.sub(r"\s+", " ", re.sub(r"<[^>]*>", " ", body))


@pytest.fixture
def imported(run_import, supplier) -> BulkUpload:
    maria = User.objects.create_user("maria")
    upload: BulkUpload = run_import([row(7), row(1, precio_unitario="1250.5")])
    BulkUpload.objects.filter(pk=upload.pk).update(filename="enero.xlsx", created_by=maria)
    return upload


def test_a_price_leads_to_the_file_and_row_that_it_came_from(person, imported):
    page = person.get(f"{PRODUCT}change/").content.decode()
    assert f'href="{PRODUCT}history/?campo=precio_unitario"' in page
    said = text_of(person.get(f"{PRODUCT}history/?campo=precio_unitario"))
    assert "¿De dónde salió «precio unitario»?" in said
    assert "Precio unitario: 1.250,50 Lo creó el archivo «enero.xlsx», fila 3, subido por maria, " in said
    assert "Guantes" not in said


def test_the_whole_history_has_what_people_did_beside_what_files_did(person, imported):
    Page(person, f"{PRODUCT}change/").change(precio_unitario="99").save()
    said = text_of(person.get(f"{PRODUCT}history/"))
    assert said.index("Cambiado en la administración, por admin") < said.index("Lo creó el archivo «enero.xlsx»")
    assert "Precio unitario: 1.250,50 → ahora 99,00" in said
    assert "Acciones en esta administración" in said
    assert "Modificado Precio unitario" in said


def test_it_reads_in_english(admin_user, imported):
    client = signed_in(admin_user, "en")
    said = text_of(client.get(f"{PRODUCT}history/?campo=precio_unitario"))
    assert "Created by the file “enero.xlsx”, row 3, uploaded by maria" in said
    assert "Where does it come from?" in text_of(client.get(f"{PRODUCT}change/"))


def test_the_upload_is_linked_for_who_may_see_it(imported, supplier):
    sees = sign_in("ve", "view_product", "view_bulkupload", supplier=supplier)
    not_uploads = sign_in("no", "view_product", supplier=supplier)
    link = address("change", imported.pk)
    assert link in sees.get(f"{PRODUCT}history/").content.decode()
    said = not_uploads.get(f"{PRODUCT}history/")
    assert link not in said.content.decode()
    assert "«enero.xlsx», fila 3" in text_of(said)


def test_who_may_only_look_has_the_way_at_each_field_too(imported, supplier):
    page = sign_in("ve", "view_product", supplier=supplier).get(f"{PRODUCT}change/").content.decode()
    fields = re.findall(r"\?campo=(\w+)", page)
    assert {"precio_unitario", "activo", "categoria"} <= set(fields)
    assert "id" not in fields


def test_another_suppliers_person_finds_neither(imported, other_supplier):
    clerk = sign_in("norte", "view_product", "change_product", supplier=other_supplier)
    for place in ("change/", "history/", "history/?campo=precio_unitario"):
        response = clerk.get(f"{PRODUCT}{place}", follow=True)
        assert "enero.xlsx" not in response.content.decode()
        assert response.redirect_chain


def test_a_page_that_adds_a_row_leads_to_no_history(person, supplier):
    assert "?campo=" not in person.get("/admin/catalog/product/add/").content.decode()


def test_a_long_history_comes_in_pages(person, imported, run_import, django_assert_max_num_queries):
    for price in range(1, 56):
        Page(person, f"{PRODUCT}change/").change(precio_unitario=str(price)).save()
    with django_assert_max_num_queries(20):
        first = text_of(person.get(f"{PRODUCT}history/"))
    assert (first.count("→ ahora"), "enero.xlsx" in first) == (50, False)
    assert "Lo creó el archivo «enero.xlsx»" in text_of(person.get(f"{PRODUCT}history/?pagina=2"))


def test_what_is_no_longer_kept_is_said(person, imported, run_import):
    for price in ("2", "3", "4"):
        run_import([row(1, precio_unitario=price)], replace=True).row_changes.all().delete()
    said = text_of(person.get(f"{PRODUCT}history/"))
    assert "Los valores ya no se conservan." in said
    assert "2 cambios más ya no se conservan" in said
    BulkUpload.objects.all().delete()
    said = text_of(person.get(f"{PRODUCT}history/"))
    assert f"Lo creó una carga que ya no se conserva ({imported.pk})" in said


@pytest.mark.parametrize("campo", ["color", "id", "version", "<script>"])
def test_a_field_that_there_is_not_shows_the_whole_history(person, imported, campo):
    said = text_of(person.get(f"{PRODUCT}history/", {"campo": campo}))
    assert "Acciones en esta administración" in said


def test_lots_and_suppliers_have_it_too(person, supplier):
    lot = make_lot(make_product("P1", supplier), make_warehouse())
    place = f"/admin/catalog/stocklot/{lot.pk}/"
    assert "?campo=cantidad" in person.get(f"{place}change/").content.decode()
    Page(person, f"{place}change/").change(cantidad="7").save()
    assert "Cantidad: 7 Cambiado en la administración, por admin" in text_of(
        person.get(f"{place}history/?campo=cantidad")
    )
    assert "?campo=nombre" in person.get("/admin/catalog/supplier/PROV001/change/").content.decode()
    said = text_of(person.get("/admin/catalog/supplier/PROV001/history/?campo=nombre"))
    assert "Creado; no se guardó de dónde salió" in said


def test_a_form_that_is_refused_still_leads_there(person, imported):
    again = Page(person, f"{PRODUCT}change/").change(precio_unitario="x").refused()
    assert "?campo=precio_unitario" in again.text
    assert "Introduzca un número" in again.text
