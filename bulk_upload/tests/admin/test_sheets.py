"""The admin's pages for every declared sheet: what is offered to whom, and that each page is about its own sheet."""

from __future__ import annotations

import re

import pytest
from django.contrib.auth.models import Group, User
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from bulk_upload.models import BulkUpload
from bulk_upload.tests.helpers.admin_people import ALL_OF_UPLOADS, address, make_upload, person, signed_in
from bulk_upload.tests.helpers.rows import row
from catalog.models import Supplier, Warehouse
from catalog.sheets.stock import STOCK
from catalog.sheets.suppliers import SUPPLIERS
from medisupply.supplier_group import GROUP

ADD, LIST, GUIDE = (f"/admin/bulk_upload/bulkupload/{end}" for end in ("add/", "", "guia/"))
SENT_BY_STAFF = ("add_supplier", "change_supplier")
STOCK_FILE = b"producto_id,bodega,cantidad\nPROD00001,BOG_CENTRAL,7\n"
SUPPLIER_FILE = b"codigo,nombre,pais\nPROV009,Gasas SAS,CO\n"


@pytest.fixture
def clerk(supplier: Supplier) -> Client:
    user = User.objects.create_user("maria", is_staff=True)
    user.groups.add(Group.objects.get(name=GROUP))
    supplier.usuarios.add(user)
    return signed_in(user)


@pytest.fixture
def keeper(db: None) -> Client:
    """A person of MediSupply who may also send suppliers."""
    return signed_in(person("jefa", *ALL_OF_UPLOADS, *SENT_BY_STAFF, "view_supplier", "view_stocklot"))


@pytest.fixture
def stored(run_import, supplier):
    """A product whose lots are imported, and a warehouse."""
    run_import([row(1, requiere_lote="no", requiere_vencimiento="no")])
    Warehouse.objects.create(codigo="BOG_CENTRAL", nombre="Centro", pais="CO", ciudad="Bogotá")
    return supplier


def lot(**cells):
    return {"producto_id": "PROD00001", "bodega": "BOG_CENTRAL", "lote": "L1", "cantidad": "7", **cells}


def text_of(client: Client, place: str) -> str:
    response = client.get(place)
    assert response.status_code == 200, place
    return response.content.decode()


def choices(page: str) -> list[str]:
    nav = re.search(r'<nav class="opciones" aria-labelledby="contenido">(.*?)</nav>', page, re.DOTALL)
    return re.findall(r'href="\?hoja=(\w+)"', nav[1]) if nav else []


def posted(name: str, content: bytes, **fields: str) -> dict[str, object]:
    return {"hoja": name, "file": SimpleUploadedFile(f"{name}.csv", content), **fields}


def ended(**fields) -> BulkUpload:
    return make_upload(None, status="completed", completed_at=timezone.now(), **fields)


@pytest.mark.parametrize("place", [ADD, GUIDE])
def test_a_clerk_is_offered_the_sheets_of_suppliers_only(clerk, place):
    page = text_of(clerk, place)
    assert choices(page) == ["productos", "existencias"]
    assert "hoja=proveedores" not in page
    assert clerk.get(f"{place}?hoja=proveedores").status_code == 404


@pytest.mark.parametrize("place", [ADD, GUIDE])
def test_staff_with_the_permissions_is_offered_suppliers_too(keeper, place):
    assert choices(text_of(keeper, place)) == ["productos", "existencias", "proveedores"]


@pytest.mark.parametrize("name", ["productos", "existencias", "proveedores"])
def test_everything_on_the_upload_page_is_about_the_chosen_sheet(keeper, supplier, name):
    page = text_of(keeper, f"{ADD}?hoja={name}")
    assert f"<h1>Cargar {name}</h1>" in page
    assert re.findall(r'hoja=(\w+)" aria-current="page"', page) == [name]
    assert f'<input type="hidden" name="hoja" value="{name}"' in page
    for link in (address("guide"), address("template", "vacia"), address("template", "ejemplo")):
        assert f'href="{link}?hoja={name}"' in page
    assert ('name="proveedor"' in page) == (name != "proveedores")


def test_columns_of_which_one_is_needed_are_named(clerk):
    for place in (ADD, GUIDE):
        page = text_of(clerk, f"{place}?hoja=existencias")
        assert "una, y solo una, de estas columnas: <code>producto_id</code>, <code>producto_codigo</code>." in page
        assert "solo una, de estas" not in text_of(clerk, place)


def test_what_the_owner_of_a_sheet_advises_stands_on_form_and_guide(clerk):
    for place in (ADD, GUIDE):
        page = text_of(clerk, f"{place}?hoja=existencias")
        assert "cargue primero los productos nuevos" in page
        assert "únicos entre todos los proveedores" not in page


@pytest.mark.usefixtures("aws")
def test_the_form_carries_the_sheet(clerk, supplier):
    answer = clerk.post(f"{ADD}?hoja=existencias", posted("existencias", STOCK_FILE, proveedor="PROV001"))
    upload = BulkUpload.objects.get()
    assert answer.url == address("change", upload.pk)
    assert (upload.sheet_name, upload.proveedor_id) == ("existencias", "PROV001")


@pytest.mark.usefixtures("aws")
def test_a_sheet_of_nobody_is_uploaded_without_a_supplier(keeper):
    assert keeper.post(ADD, posted("proveedores", SUPPLIER_FILE)).status_code == 302
    upload = BulkUpload.objects.get()
    assert (upload.sheet_name, upload.proveedor_id) == ("proveedores", None)


def test_a_clerk_cannot_name_a_sheet_of_staff_by_hand(clerk, supplier):
    answer = clerk.post(ADD, posted("proveedores", SUPPLIER_FILE, proveedor="PROV001"))
    assert answer.status_code == 400
    assert "proveedores no es una de las opciones" in answer.content.decode()
    assert clerk.post(f"{ADD}?hoja=proveedores", posted("", SUPPLIER_FILE)).status_code == 404
    assert not BulkUpload.objects.exists()


def test_a_refused_form_stays_with_its_sheet(clerk, supplier):
    page = clerk.post(ADD, {"hoja": "existencias", "proveedor": "PROV001"}).content.decode()
    assert "<h1>Cargar existencias</h1>" in page
    assert 'name="hoja" value="existencias"' in page


def test_a_file_over_the_limit_is_refused_on_the_page_of_its_sheet(clerk, supplier, settings):
    settings.BULK_UPLOAD_MAX_BYTES = 1
    many = {"CONTENT_LENGTH": "99999999999"}
    page = clerk.post(f"{ADD}?hoja=existencias", posted("existencias", STOCK_FILE), **many)
    assert page.status_code == 413
    assert "<h1>Cargar existencias</h1>" in page.content.decode()


def test_home_offers_guide_and_templates_of_each_sheet(clerk, keeper):
    for client, names in ((clerk, ("productos", "existencias")), (keeper, ("existencias", "proveedores"))):
        page = text_of(client, "/admin/")
        for name in names:
            for link in (address("guide"), address("template", "vacia"), address("template", "ejemplo")):
                assert f'href="{link}?hoja={name}"' in page
    assert "hoja=proveedores" not in text_of(clerk, "/admin/")
    assert 'href="/admin/catalog/stocklot/"' in text_of(clerk, "/admin/")


def test_lists_show_what_each_upload_holds(keeper, supplier):
    make_upload(supplier, "lotes.csv", sheet_name="existencias")
    ended(name="empresas.csv", sheet_name="proveedores")
    page = text_of(keeper, LIST)
    assert 'lotes.csv <span class="contenido">Existencias</span>' in page
    assert 'empresas.csv <span class="contenido">Proveedores</span>' in page
    home = re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", text_of(keeper, "/admin/")))
    assert "lotes.csv Existencias · PROV001 ·" in home
    assert "empresas.csv Proveedores · " in home
    assert "None" not in home


def test_a_sheet_that_is_declared_no_more_is_named_as_it_is_kept(keeper, supplier):
    make_upload(supplier, "viejo.csv", sheet_name="tarifas")
    assert 'viejo.csv <span class="contenido">tarifas</span>' in text_of(keeper, LIST)


def test_the_list_is_filtered_by_content(keeper, clerk, supplier):
    make_upload(supplier, "lotes.csv", sheet_name="existencias")
    make_upload(supplier, "precios.csv")
    ended(name="empresas.csv", sheet_name="proveedores")
    for client, name, found in ((clerk, "existencias", "lotes"), (keeper, "proveedores", "empresas")):
        assert re.findall(r">(\w+)\.csv <", text_of(client, f"{LIST}?hoja={name}")) == [found]
    assert re.findall(r">(\w+)\.csv <", text_of(clerk, f"{LIST}?hoja=proveedores")) == []
    assert "?hoja=proveedores" not in text_of(clerk, LIST)


def test_who_acts_for_one_supplier_gets_no_filter_by_supplier(clerk, supplier):
    make_upload(supplier)
    assert "proveedor__isnull" not in text_of(clerk, LIST)


def test_the_result_leads_to_the_rows_that_were_created(clerk, keeper, run_import, stored):
    made = run_import([lot()], sheet=STOCK)
    link = f'href="/admin/catalog/stocklot/?created_by_upload={made.pk}"'
    assert link in text_of(clerk, address("change", made.pk))
    assert clerk.get(f"/admin/catalog/stocklot/?created_by_upload={made.pk}").context["cl"].result_count == 1
    auditor = signed_in(person("auditora", "view_bulkupload"))
    assert "Ver los creados" not in text_of(auditor, address("change", made.pk))
    sent = run_import([{"codigo": "PROV009", "nombre": "Gasas"}], sheet=SUPPLIERS, owner=None)
    assert f'href="/admin/catalog/supplier/?created_by_upload={sent.pk}"' in text_of(keeper, address("change", sent.pk))


def test_links_of_a_result_stay_with_the_sheet(clerk, run_import, stored):
    page = text_of(clerk, address("change", run_import([lot(), lot(lote="L2", cantidad="x")], sheet=STOCK).pk))
    assert f'<a class="button" href="{ADD}?hoja=existencias">Cargar el archivo corregido</a>' in page
    page = text_of(clerk, address("change", run_import([lot(lote="L3")], sheet=STOCK).pk))
    assert f'<a class="button paso" href="{ADD}?hoja=existencias">Cargar otro archivo</a>' in page


def test_rows_of_what_exists_lead_to_replacing_in_every_sheet(clerk, run_import, stored):
    run_import([lot()], sheet=STOCK)
    upload = run_import([lot(cantidad="8")], sheet=STOCK)
    assert f'class="button paso" href="{address("replace", upload.pk)}"' in text_of(clerk, address("change", upload.pk))


def test_changed_dates_and_blanks_are_written_for_people(clerk, run_import, stored):
    run_import([lot(condiciones="Nevera")], sheet=STOCK)
    upload = run_import([lot(cantidad="12000", fecha_vencimiento="2027-03-31")], sheet=STOCK, replace=True)
    response = clerk.get(address("changes", upload.pk))
    (line,) = response.context["lines"]
    assert (line.key, line.address) == ("PROD00001 · BOG_CENTRAL · L1", "")
    assert {cell.column: (cell.before, cell.after) for cell in line.cells} == {
        "cantidad": ("7", "12.000"),
        "fecha_vencimiento": ("(vacío)", "31 de marzo de 2027"),
    }
    page = response.content.decode()
    assert '<th scope="col">Lote en bodega</th>' in page
    assert "precio" not in page


def test_a_changed_supplier_is_named_and_linked(keeper, run_import, supplier):
    rows = [{"codigo": "PROV001", "nombre": "Andina SAS", "activo": "no"}]
    upload = run_import(rows, sheet=SUPPLIERS, owner=None, replace=True)
    page = text_of(keeper, address("changes", upload.pk))
    assert '<a href="/admin/catalog/supplier/PROV001/change/">PROV001</a><br>Andina SAS' in page


@pytest.mark.parametrize("status", ["pending", "processing", "completed", "failed", "cancelled"])
def test_pages_of_an_upload_without_a_supplier(keeper, status):
    final = {"completed_at": timezone.now()} if status in ("completed", "failed", "cancelled") else {}
    make_upload(None, "antes.xlsx", sheet_name="proveedores")
    upload = make_upload(None, sheet_name="proveedores", status=status, **final)
    names = {"pending": "cancel", "processing": "cancel", "failed": "retry", "cancelled": "retry"}
    for name in ("change", "history", "changes", names.get(status, "replace")):
        page = text_of(keeper, address(name, upload.pk))
        assert "None" not in page, name
        assert "Proveedor</dt>" not in page
    if status == "pending":
        assert "Delante hay 1 carga del mismo contenido" in text_of(keeper, address("change", upload.pk))


def test_uploads_without_a_supplier_are_not_there_for_others(clerk, supplier_person):
    upload = ended(name="empresas.csv", sheet_name="proveedores")
    for client in (clerk, supplier_person):
        assert "empresas" not in text_of(client, LIST) + text_of(client, "/admin/")
        for name in ("change", "history", "changes", "replace", "corrections", "cancel"):
            assert client.get(address(name, upload.pk)).status_code in (302, 404)


@pytest.mark.usefixtures("aws")
def test_an_upload_without_a_supplier_is_corrected_replaced_cancelled_and_retried(keeper, worker, supplier):
    content = SUPPLIER_FILE + b"PROV001,Andina,CO\nPROV010,,CO\n"
    keeper.post(ADD, posted("proveedores", content))
    worker.step()
    upload = BulkUpload.objects.get()
    assert (upload.creados, upload.rechazados) == (1, 2)
    keeper.get(address("corrections", upload.pk))
    worker.step()
    assert keeper.get(address("corrections", upload.pk))["Content-Disposition"].startswith("attachment")
    assert keeper.post(address("replace", upload.pk)).status_code == 302
    again = BulkUpload.objects.exclude(pk=upload.pk).get()
    assert (again.sheet_name, again.proveedor_id, again.reemplazar_duplicados) == ("proveedores", None, True)
    for name, status in (("cancel", "cancelled"), ("retry", "pending")):
        keeper.post(address(name, again.pk))
        again.refresh_from_db()
        assert again.status == status
