"""A supplier's clerk in a real browser: from signing in to the corrected file, on a desk and on a phone."""

from __future__ import annotations

import io
import re

import pytest
from django.contrib.auth.models import Group, User
from django.utils import timezone
from openpyxl import load_workbook
from playwright.sync_api import Page, expect

from bulk_upload.tests.helpers.admin_people import make_upload
from bulk_upload.tests.helpers.browser import Visit, accessible, chromium, fits, lies_within, visit  # noqa: F401 - fixtures
from bulk_upload.tests.helpers.processes import worker_process
from bulk_upload.tests.helpers.rows import csv_bytes, row
from catalog.models import Product, StockLot, Supplier, Warehouse
from medisupply.supplier_group import GROUP

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.processes]

LIST = "/admin/bulk_upload/bulkupload/"
DESK, PHONE = 1366, 390


@pytest.fixture
def clerk(supplier: Supplier, other_supplier: Supplier, aws: None) -> User:
    user = User.objects.create_user("maria", password="maria", is_staff=True)
    user.groups.add(Group.objects.get(name=GROUP))
    supplier.usuarios.add(user)
    return user


@pytest.mark.parametrize("width", [DESK, PHONE])
def test_the_list_shows_every_column_without_scrolling_sideways(visit, clerk, supplier, width):  # noqa: F811
    ended = {"completed_at": timezone.now(), "total": 260_000, "creados": 259_000, "rechazados": 1_000}
    for name in ("catalogo_completo_de_productos_enero_2026_version_final.xlsx", "a.csv"):
        make_upload(supplier, name, status="completed", **ended)
    page = visit(clerk, LIST, width=width)
    for field in ("estado", "archivo", "codigo_proveedor", "recibida", "filas", "rechazadas"):
        cells = f"#result_list .field-{field}"
        assert page.locator(cells).count() == 2
        assert page.locator(cells).first.is_visible()
        assert lies_within(page, cells), field
    fits(page)
    accessible(page)


@pytest.mark.parametrize("width", [DESK, PHONE])
@pytest.mark.parametrize("place", ["bulk_upload/bulkupload", "catalog/product", "catalog/supplier"])
def test_a_title_does_not_lie_under_the_buttons(visit, clerk, place, width):  # noqa: F811
    page = visit(clerk, f"/admin/{place}/", width=width)
    title = page.locator("#content > h1").bounding_box()
    assert title
    for tool in page.locator(".object-tools a").all():
        box = tool.bounding_box()
        assert box
        assert box["y"] >= title["y"] + title["height"]
    fits(page)


@pytest.mark.parametrize("width", [DESK, PHONE])
@pytest.mark.parametrize("language", ["es", "en"])
def test_home_and_guide_are_accessible_and_fit(visit, clerk, supplier, width, language):  # noqa: F811
    make_upload(supplier, "catalogo_completo_de_productos_enero_2026_version_final.xlsx")
    for place in ("/", f"{LIST}guia/", f"{LIST}guia/?hoja=existencias", f"{LIST}?hoja=existencias"):
        page = visit(clerk, place, width=width, language=language)
        fits(page)
        accessible(page)


def tab_to(page: Page, selector: str) -> None:
    """Press the tabulator key until what is looked for has the focus, as who has no mouse does."""
    for _ in range(60):
        if page.evaluate("(selector) => document.activeElement.matches(selector)", selector):
            return
        page.keyboard.press("Tab")
    pytest.fail(f"{page.url}: the tabulator key does not reach {selector}")


def press(page: Page, selector: str) -> None:
    """Follow a link or push a button as the keyboard does."""
    tab_to(page, selector)
    page.keyboard.press("Enter")


def sign_in(page: Page) -> None:
    page.context.clear_cookies()
    page.goto("/")
    accessible(page)
    tab_to(page, "#id_username")
    page.keyboard.type("maria")
    page.keyboard.press("Tab")
    page.keyboard.type("maria")
    page.keyboard.press("Enter")
    expect(page.locator("#logout-form")).to_be_visible()


def send(page: Page, content: bytes, name: str) -> None:
    tab_to(page, "#id_file")
    with page.expect_file_chooser() as chooser:
        page.keyboard.press("Space")
    chooser.value.set_files({"name": name, "mimeType": "text/csv", "buffer": content})
    press(page, ".submit-row input")
    page.wait_for_url(re.compile("/change/"))


def looks_right(page: Page) -> None:
    accessible(page)
    fits(page)


WORDS = {
    "es": {
        "waiting": "En espera",
        "partial": "Completada con errores",
        "done": "Completada",
        "another": "Cargar otro archivo",
        "stock": "Existencias",
    },
    "en": {
        "waiting": "Waiting",
        "partial": "Completed with errors",
        "done": "Completed",
        "another": "Upload another file",
        "stock": "Stock",
    },
}


def corrected(book: bytes, column: int, value: float) -> bytes:
    workbook = load_workbook(io.BytesIO(book))
    workbook.worksheets[0].cell(2, column).value = value
    saved = io.BytesIO()
    workbook.save(saved)
    return saved.getvalue()


def mend(page: Page, box: str, wrong: str, right: str) -> None:
    """Correct a cell on the page of rejected rows: what is still wrong is said at once."""
    expect(page.locator(box)).to_be_visible(timeout=60_000)
    looks_right(page)
    for text, row_state in ((wrong, ".fila-wrong"), (right, ".fila-ready")):
        tab_to(page, box)
        page.keyboard.press("Control+A")
        page.keyboard.type(text)
        page.keyboard.press("Enter")
        expect(page.locator(f'{row_state} input[value="{text}"]')).to_be_visible()
        looks_right(page)
    assert page.get_attribute(box, "aria-invalid") is None
    press(page, "button.paso")
    page.wait_for_url(re.compile("/change/"))


@pytest.mark.parametrize("width", [DESK, PHONE])
@pytest.mark.parametrize("language", ["es", "en"])
def test_from_signing_in_to_the_rows_corrected_on_the_page_by_keyboard(visit, clerk, width, language):  # noqa: F811
    words = WORDS[language]
    page = visit(clerk, "/", width=width, language=language)
    sign_in(page)
    with page.expect_download() as template:
        press(page, 'a[href$="/plantilla/ejemplo/?hoja=productos"]')
    assert template.value.suggested_filename == "plantilla_productos_ejemplo.xlsx"
    press(page, "a.paso")
    page.wait_for_url(re.compile("/add/"))
    looks_right(page)
    send(page, csv_bytes([row(1), row(2, precio_unitario="caro")]), "enero.csv")
    expect(page.locator("#state")).to_have_text(words["waiting"])
    looks_right(page)
    with worker_process("--wait", "1"):
        expect(page.locator(".resultado .estado")).to_contain_text(words["partial"], timeout=60_000)
        looks_right(page)
        press(page, "a.paso")
        mend(page, "#celda-3-precio_unitario", "1.250", "1.250,50")
        expect(page.locator(".resultado .estado")).to_have_text(re.compile(f"✔ {words['done']}$"), timeout=60_000)
    looks_right(page)
    assert page.inner_text("a.paso") == words["another"]
    assert str(Product.objects.get(pk="PROD00002").precio_unitario) == "1250.50"


STOCK_FILE = (
    "producto_id;bodega;lote;cantidad;fecha_vencimiento\n"
    "PROD00001;BOG_CENTRAL;L2301;120;31/03/2027\n"
    "PROD00001;BOG_CENTRAL;L2302;doce;31/03/2027\n"
)


@pytest.mark.parametrize("width", [DESK, PHONE])
@pytest.mark.parametrize("language", ["es", "en"])
def test_stock_from_the_choice_of_the_sheet_to_the_corrected_file_by_keyboard(
    visit,  # noqa: F811
    clerk,
    run_import,
    width,
    language,
):
    words = WORDS[language]
    run_import([row(1)])
    Warehouse.objects.create(codigo="BOG_CENTRAL", nombre="Centro", pais="CO", ciudad="Bogotá")
    page = visit(clerk, f"{LIST}add/", width=width, language=language)
    looks_right(page)
    press(page, '.opciones a[href="?hoja=existencias"]')
    page.wait_for_url(re.compile("hoja=existencias$"))
    expect(page.locator(".opciones [aria-current]")).to_contain_text(words["stock"])
    looks_right(page)
    with page.expect_download() as template:
        press(page, 'a[href*="/plantilla/vacia/"]')
    assert template.value.suggested_filename == "plantilla_existencias_vacia.xlsx"
    send(page, STOCK_FILE.encode(), "lotes.csv")
    looks_right(page)
    with worker_process("--wait", "1"):
        expect(page.locator(".resultado .estado")).to_contain_text(words["partial"], timeout=60_000)
        expect(page.locator(".progreso-estado")).to_contain_text(words["stock"])
        looks_right(page)
        with page.expect_download() as download:
            press(page, 'a[href$="/correcciones/"]')
        press(page, f'.carga-botones a[href="{LIST}add/?hoja=existencias"]')
        page.wait_for_url(re.compile("hoja=existencias$"))
        send(page, corrected(download.value.path().read_bytes(), 4, 12), download.value.suggested_filename)
        expect(page.locator(".resultado .estado")).to_have_text(re.compile(f"✔ {words['done']}$"), timeout=60_000)
    press(page, 'a[href*="/stocklot/?created_by_upload="]')
    page.wait_for_url(re.compile("/stocklot/"))
    assert page.locator("#result_list tbody tr").count() == 1
    looks_right(page)
    assert list(StockLot.objects.values_list("lote", "cantidad")) == [("L2301", 120), ("L2302", 12)]


def test_products_that_exist_are_replaced_in_two_steps(visit, clerk):  # noqa: F811
    page = visit(clerk, f"{LIST}add/", width=PHONE)
    with worker_process("--wait", "1"):
        send(page, csv_bytes([row(1)]), "enero.csv")
        expect(page.locator(".resultado .estado")).to_contain_text("Completada", timeout=60_000)
        page.goto(f"{LIST}add/")
        send(page, csv_bytes([row(1, precio_unitario="99")]), "febrero.csv")
        expect(page.locator(".resultado .estado")).to_contain_text("Ninguna fila importada", timeout=60_000)
        press(page, "a.paso")
        page.wait_for_url(re.compile("/replace/"))
        accessible(page)
        press(page, "input.paso")
        expect(page.locator(".cuentas dd").nth(1)).to_have_text("1", timeout=60_000)
    assert str(Product.objects.get().precio_unitario) == "99.00"


@pytest.mark.parametrize("width", [DESK // 2, PHONE])
def test_the_drop_zone_fits_on_a_phone_and_at_twice_the_size(visit, clerk, width):  # noqa: F811
    page = visit(clerk, f"{LIST}add/", width=width)
    box = page.locator("#drop-zone").bounding_box()
    assert box
    assert box["height"] < 200
    assert box["x"] + box["width"] <= width
    fits(page)
    accessible(page)


def test_people_of_a_supplier_are_chosen_by_name(visit, supplier, clerk):  # noqa: F811
    User.objects.create_user("roberto")
    page = visit(User.objects.create_superuser("root"), "/admin/catalog/supplier/PROV001/change/")
    page.get_by_role("searchbox", name="Usuarios").click()
    page.keyboard.type("rober")
    page.locator(".select2-results__option", has_text="roberto").click()
    page.click("input[name=_save]")
    page.wait_for_url(re.compile("/supplier/$"))
    assert {user.username for user in supplier.usuarios.all()} == {"maria", "roberto"}
