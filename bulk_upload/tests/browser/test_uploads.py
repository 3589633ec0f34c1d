"""A person in a real browser, a real server, a real worker: from the file to the corrected file."""

from __future__ import annotations

import io
import re
from datetime import timedelta

import pytest
from django.contrib.auth.models import Permission, User
from django.db import connection
from django.utils import timezone
from openpyxl import load_workbook
from playwright.sync_api import Page, expect

from bulk_upload.models import BulkUpload, ChangeGuard
from bulk_upload.tests.helpers.admin_people import ALL_OF_UPLOADS, address, make_upload, person
from bulk_upload.tests.helpers.browser import Visit, accessible, chromium, drop, fits, visit  # noqa: F401 - fixtures
from bulk_upload.tests.helpers.processes import wait_for, worker_process
from bulk_upload.tests.helpers.rows import csv_bytes, row
from catalog.models import Category, Product, Supplier

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.processes]

ADD = "/admin/bulk_upload/bulkupload/add/"
LIST = "/admin/bulk_upload/bulkupload/"
RESULT_SECONDS = 60_000


@pytest.fixture
def operator(supplier, other_supplier, aws) -> User:
    return person("operadora", *ALL_OF_UPLOADS, "view_product")


def choose(page: Page, content: bytes, name: str = "productos.csv", supplier: str = "PROV001") -> None:
    page.select_option("#id_proveedor", supplier)
    page.set_input_files("#id_file", {"name": name, "mimeType": "text/csv", "buffer": content})


def submit(page: Page) -> None:
    page.click(".submit-row input")
    page.wait_for_url(re.compile("/change/"))


def wait_for_state(page: Page, state: str) -> None:
    expect(page.locator(".resultado .estado")).to_contain_text(state, timeout=RESULT_SECONDS)


def rows(count: int, bad: int = 0) -> bytes:
    return csv_bytes(row(n, precio_unitario="caro" if n <= bad else "10") for n in range(1, count + 1))


def test_a_dropped_file_is_watched_while_it_moves_and_understood_at_the_end(visit, operator):  # noqa: F811
    page = visit(operator, LIST)
    accessible(page)
    page.click(f'a[href="{ADD}"]')
    accessible(page)
    page.select_option("#id_proveedor", "PROV001")
    drop(page, "productos.csv", rows(20_000, bad=40).decode())
    expect(page.locator("#chosen")).to_contain_text("productos.csv")
    submit(page)
    expect(page.locator("#state")).to_have_text("En espera")
    accessible(page)
    page.evaluate(
        """() => {
            window.seen = [];
            const watch = () => window.seen.push(document.getElementById("rows").textContent);
            new MutationObserver(watch).observe(document.getElementById("rows"), {childList: true});
        }"""
    )
    # Slow enough to be watched: the page asks about once a second.
    chunk_rows = 500 if connection.vendor == "sqlite" else 20
    with worker_process("--wait", "1", BULK_UPLOAD_CHUNK_ROWS=chunk_rows, BULK_UPLOAD_LEASE_SECONDS=30):
        wait_for(lambda: len([text for text in page.evaluate("window.seen") if text[0] in "123456789"]) >= 4)
        accessible(page)
        assert "%" in page.text_content("#percent")
        assert "filas por segundo" in page.text_content("#rate")
        wait_for_state(page, "Completada")
    accessible(page)
    assert page.locator(".cuentas dd").all_text_contents() == ["19.960", "0", "0", "40"]
    assert "No es un número" in page.text_content(".tipos")
    assert page.locator(".tipos > li").first.locator("ul li").count() == 3
    page.select_option("#tipo", "new_category")
    page.click(".filtro button")
    expect(page.locator(".tabla tbody tr")).to_have_count(1)


def test_the_corrected_workbook_goes_up_again_and_the_first_upload_tells(visit, operator):  # noqa: F811
    page = visit(operator, ADD)
    choose(page, rows(60, bad=40))
    submit(page)
    with worker_process("--wait", "1"):
        wait_for_state(page, "Completada")
        first = page.url
        with page.expect_download() as download:
            page.click("text=Descargar las filas por corregir")
        workbook = load_workbook(io.BytesIO(download.value.path().read_bytes()))
        for line in range(2, 39):
            workbook.worksheets[0].cell(line, 6).value = 1250.5
        saved = io.BytesIO()
        workbook.save(saved)
        page.goto(ADD)
        choose(page, saved.getvalue(), download.value.suggested_filename)
        submit(page)
        wait_for_state(page, "Completada")
    assert "Corrige las filas rechazadas de productos.csv" in page.inner_text(".resultado")
    page.goto(first)
    expect(page.locator(".corregidas")).to_contain_text("37 de 40 filas corregidas")
    accessible(page)


def test_the_page_waits_for_the_rows_to_correct_and_takes_them_when_they_are_ready(visit, operator):  # noqa: F811
    page = visit(operator, ADD)
    choose(page, rows(20, bad=5))
    submit(page)
    with worker_process("--wait", "1"):
        wait_for_state(page, "Completada")
    page.click("text=Descargar las filas por corregir")
    expect(page.locator("#text")).to_have_text("Las filas por corregir se prepararán enseguida…")
    accessible(page)
    fits(page)
    with page.expect_download(timeout=RESULT_SECONDS) as download, worker_process("--wait", "1"):
        download.value  # noqa: B018  # waits for it
    assert load_workbook(io.BytesIO(download.value.path().read_bytes())).worksheets[0].max_row == 6
    expect(page.locator("#text")).to_have_text("El libro está listo: se descarga.")
    expect(page.locator("#again")).to_have_text("Descargar otra vez")
    accessible(page)


def test_the_rows_to_correct_come_without_javascript(visit, operator):  # noqa: F811
    page = visit(operator, ADD, java_script_enabled=False)
    choose(page, rows(20, bad=5))
    submit(page)
    with worker_process("--wait", "1"):
        wait_for_state(page, "Completada")
    page.click("text=Descargar las filas por corregir")
    expect(page.locator("#text")).to_have_text("Las filas por corregir se prepararán enseguida…")
    assert "la descarga empieza cuando el libro esté listo" in page.inner_text("#content-main")
    with page.expect_download(timeout=RESULT_SECONDS) as download, worker_process("--wait", "1"):
        download.value  # noqa: B018  # waits for it
    assert load_workbook(io.BytesIO(download.value.path().read_bytes())).worksheets[0].max_row == 6
    with page.expect_download():
        page.click("#again")


def test_an_import_is_cancelled_midway_after_a_question(visit, operator):  # noqa: F811
    page = visit(operator, ADD)
    choose(page, rows(20_000))
    submit(page)
    with worker_process("--wait", "1", BULK_UPLOAD_CHUNK_ROWS=100, BULK_UPLOAD_LEASE_SECONDS=30):
        expect(page.locator("#good")).not_to_have_text("0", timeout=RESULT_SECONDS)
        page.click("text=Cancelar la carga…")
        expect(page.locator("#content-main")).to_contain_text("Las filas ya importadas se conservan")
        accessible(page)
        page.click("text=Sí, cancelar la carga")
        wait_for_state(page, "Cancelada")
    upload = BulkUpload.objects.get()
    assert 0 < upload.creados < 20_000
    assert f"{upload.sin_procesar:,} quedaron sin procesar".replace(",", ".") in page.inner_text(".resultado")
    expect(page.locator("text=Reintentar la carga…")).to_be_visible()


def test_everything_works_without_javascript(visit, operator):  # noqa: F811
    page = visit(operator, ADD, java_script_enabled=False)
    choose(page, b"", "precios.pdf")
    page.click(".submit-row input")
    expect(page.locator("#id_file_error")).to_contain_text("Se admiten archivos")
    choose(page, rows(30, bad=1))
    submit(page)
    assert "Esta página se actualiza sola" in page.inner_text("#content-main")
    with worker_process("--wait", "1"):
        wait_for_state(page, "Completada")
    assert page.locator(".cuentas dd").all_text_contents() == ["29", "0", "0", "1"]


def test_the_whole_way_in_english_on_a_telephone_by_keyboard_alone(visit, operator):  # noqa: F811
    page = visit(operator, ADD, language="en", width=375)
    fits(page)
    accessible(page)
    page.focus("#id_proveedor")
    page.keyboard.type("PROV001")
    page.keyboard.press("Tab")
    expect(page.locator("#id_file")).to_be_focused()
    with page.expect_file_chooser() as chooser:
        page.keyboard.press("Space")
    chooser.value.set_files({"name": "products.csv", "mimeType": "text/csv", "buffer": rows(30, bad=2)})
    page.keyboard.press("Tab")
    page.keyboard.press("Space")
    assert page.is_checked("#id_reemplazar_duplicados")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile("/change/"))
    expect(page.locator("#state")).to_have_text("Waiting")
    fits(page)
    with worker_process("--wait", "1"):
        wait_for_state(page, "Completed")
    fits(page)
    accessible(page)
    assert "Not a number" in page.inner_text(".tipos")
    for listing in (LIST, "/admin/catalog/product/"):
        page.goto(listing)
        accessible(page)


def test_the_bytes_are_seen_going_up(visit, operator):  # noqa: F811
    page = visit(operator, ADD)
    slow = {"offline": False, "latency": 0, "downloadThroughput": -1, "uploadThroughput": 1024 * 1024}
    page.context.new_cdp_session(page).send("Network.emulateNetworkConditions", slow)
    choose(page, rows(10_000))
    page.click(".submit-row input")
    expect(page.locator("#transfer-text")).to_contain_text(re.compile("Enviando: [1-9][0-9]? %"))
    page.wait_for_url(re.compile("/change/"))


def test_a_file_that_the_server_refuses_is_told_beside_the_field_and_the_form_stays(visit, operator):  # noqa: F811
    page = visit(operator, ADD)
    choose(page, b"no es un libro", "falso.xlsx", "PROV002")
    page.check("#id_reemplazar_duplicados")
    page.click(".submit-row input")
    expect(page.locator("[data-field=file] .errorlist")).to_contain_text("no es un libro de Excel")
    assert page.input_value("#id_proveedor") == "PROV002"
    assert page.is_checked("#id_reemplazar_duplicados")
    assert page.input_value("#id_file").endswith("falso.xlsx")
    accessible(page)


def test_a_wrong_file_is_told_before_a_byte_is_sent(visit, operator):  # noqa: F811
    page = visit(operator, ADD)
    choose(page, b"x", "foto.png")
    expect(page.locator("[data-field=file] .errorlist")).to_contain_text("«foto.png» no lo es")


def test_a_lost_connection_is_told_and_survived(visit, operator, supplier):  # noqa: F811
    page = visit(operator, address("change", make_upload(supplier).pk))
    expect(page.locator("#queued")).to_contain_text("s")
    page.context.set_offline(True)
    expect(page.locator("#offline")).to_contain_text("Sin conexión")
    page.context.set_offline(False)
    expect(page.locator("#offline")).to_be_hidden()


def test_a_worker_that_gives_no_sign_is_told_in_plain_words(visit, operator, supplier):  # noqa: F811
    silent = timezone.now() - timedelta(seconds=35)
    upload = make_upload(supplier, status="processing", total=10, started_at=silent, updated_at=silent)
    page = visit(operator, address("change", upload.pk), color_scheme="dark")
    expect(page.locator("#stalled")).to_contain_text("El proceso de importación no da señales desde las")
    expect(page.locator("#stalled")).to_contain_text("otro lo retomará antes de las")
    accessible(page)


@pytest.mark.parametrize("page_of", ["supplier", "category", "product"])
def test_the_catalogues_pages_are_accessible(visit, db, page_of):  # noqa: F811
    root = User.objects.create_superuser("root")
    supplier = Supplier.objects.create(codigo="PROV009", nombre="Accesible")
    supplier.usuarios.add(root)
    values = {**row(1), "requiere_lote": True, "requiere_vencimiento": False}
    category = Category.objects.create(nombre=values.pop("categoria"))
    Product.objects.create(**values, categoria=category, proveedor=supplier)
    key = {"supplier": "PROV009", "category": "GUANTES", "product": "PROD00001"}[page_of]
    accessible(visit(root, f"/admin/catalog/{page_of}/"))
    accessible(visit(root, f"/admin/catalog/{page_of}/{key}/change/"))


def test_what_a_file_would_change_is_looked_at_and_then_applied_by_the_keyboard(visit, operator, accept):  # noqa: F811
    accept(csv_bytes([row(1), row(2)]), "antes.csv")
    page = visit(operator, f"{ADD}?hoja=productos")
    choose(page, csv_bytes([row(1, precio_unitario="9.99"), row(3), row(4, nombre="")]), "lista.csv")
    page.check("#id_reemplazar_duplicados")
    page.focus("#id_solo_validar")
    page.keyboard.press("Space")
    submit(page)
    with worker_process("--wait", "1"):
        wait_for_state(page, "Plan: nada se importó")
        assert page.locator(".cuentas dd").all_text_contents() == ["1", "1", "0", "1"]
        expect(page.locator(".cambios")).to_contain_text("1.250,50")
        accessible(page)
        page.set_viewport_size({"width": 390, "height": 900})
        fits(page)
        page.click(".opciones a:text('Se rechazarían')")
        expect(page.locator(".cambios tbody tr")).to_have_count(1)
        assert Product.objects.count() == 2
        page.focus("input.paso")
        page.keyboard.press("Enter")
        wait_for_state(page, "Completada con errores")
    assert str(Product.objects.get(pk="PROD00001").precio_unitario) == "9.99"
    page.click(".resultado p:has-text('Aplica el plan') a")
    expect(page.locator(".corregidas")).to_contain_text("Este plan se aplicó con la carga lista.csv")
    accessible(page)


def test_a_second_person_applies_what_the_guard_stopped(visit, operator, accept, supplier):  # noqa: F811
    ChangeGuard.objects.create(proveedor=supplier, sheet_name="productos", max_price_percent=30)
    accept(csv_bytes([row(1)]), "antes.csv")
    page = visit(operator, ADD)
    choose(page, csv_bytes([row(1, precio_unitario="1.00")]))
    page.check("#id_reemplazar_duplicados")
    submit(page)
    with worker_process("--wait", "1"):
        wait_for_state(page, "Detenida por el control de cambios")
        expect(page.locator(".nota")).to_contain_text("en la fila 2")
        assert page.locator("input.paso").count() == 0
        accessible(page)
        second = visit(person("segunda", *ALL_OF_UPLOADS, "approve_bulkupload"), page.url)
        second.click("text=Aplicar este plan")
        wait_for_state(second, "Completada")
    assert str(Product.objects.get(pk="PROD00001").precio_unitario) == "1.00"


def test_an_upload_is_undone_after_its_numbers_were_shown(visit, operator, accept):  # noqa: F811
    operator.user_permissions.add(Permission.objects.get(codename="undo_bulkupload"))
    upload = accept(rows(300), "lista.csv")
    with worker_process("--wait", "1"):
        wait_for(lambda: BulkUpload.objects.filter(pk=upload.pk, status="completed").exists(), 60)
        Product.objects.filter(pk="PROD00007").update(changed_by_upload=None)
        page = visit(operator, address("change", upload.pk))
        page.click("text=Deshacer esta carga…")
        assert page.locator(".cuentas dd").all_text_contents() == ["300", "0", "1"]
        accessible(page)
        fits(page)
        page.click("text=Sí, deshacer la carga")
        wait_for_state(page, "Deshecha en parte")
    assert list(Product.objects.values_list("pk", flat=True)) == ["PROD00007"]
    expect(page.locator(".resultado")).to_contain_text(
        "Deshechas: 299 (299 eliminadas, 0 restauradas); conservadas: 1."
    )
    accessible(page)
    fits(page)
    page.click(".resultado a:text('lista.csv')")
    expect(page.locator(".resultado")).to_contain_text("Esta carga se deshizo: Deshecha en parte.")
    accessible(page)
