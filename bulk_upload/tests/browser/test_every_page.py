"""Every page of the site, on a desk and on a phone: nobody is kept out, and nothing lies outside the screen."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Group, User
from django.utils import timezone
from playwright.sync_api import Page, expect
from rest_framework.authtoken.models import Token

from bulk_upload.models import BulkUpload, ChangeGuard
from bulk_upload.previews.request import PreviewAnswer
from bulk_upload.tests.helpers.admin_people import address, make_upload
from bulk_upload.tests.helpers.browser import Visit, accessible, chromium, fits, lies_within, visit  # noqa: F401 - fixtures
from bulk_upload.tests.helpers.drafts import PREVIEW, make_draft, make_mapping
from bulk_upload.tests.helpers.rows import row
from catalog.models import StockLot, Supplier, Warehouse
from catalog.sheets.stock import STOCK
from catalog.sheets.suppliers import SUPPLIERS
from medisupply.supplier_group import GROUP

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.processes]

LONG = "catalogo_completo_de_productos_de_enero_de_2026_version_final_corregida.xlsx"
WIDTHS = (1366, 390)
LOT = 7
GUARD = 3
MAIN_BUTTON = ".paso:visible, input.default:visible"
OF_CATALOGUE = [
    *("product/", "product/?q=nada", "product/add/", "product/PROD00001/change/", "product/PROD00001/history/"),
    "product/PROD00001/history/?campo=precio_unitario",
    *("supplier/", "supplier/?q=nada", "supplier/PROV001/change/", "supplier/PROV001/history/"),
    *(
        "category/",
        "category/?q=nada",
        "category/GUANTES/change/",
        "category/GUANTES/history/",
        "product/PROD00001/delete/",
    ),
    *("warehouse/", "warehouse/?q=nada", "warehouse/BOG_CENTRAL/change/", "warehouse/BOG_CENTRAL/history/"),
    *("stocklot/", "stocklot/?q=nada", "stocklot/?bodega__codigo__exact=BOG_CENTRAL", "product/PROD00005/delete/"),
    *(f"stocklot/{LOT}/change/", f"stocklot/{LOT}/history/"),
]
OF_STAFF = [
    *("catalog/supplier/add/", "catalog/supplier/PROV001/delete/", "catalog/supplier/PROV002/delete/"),
    *("catalog/category/add/", "catalog/category/GUANTES/delete/", "catalog/category/JERINGAS/delete/"),
    *("catalog/warehouse/add/", "catalog/warehouse/BOG_CENTRAL/delete/", "catalog/warehouse/CALI_SUR/delete/"),
    *("catalog/stocklot/add/", f"catalog/stocklot/{LOT}/delete/"),
    *("auth/", "authtoken/", "auth/user/", "auth/user/add/", "auth/group/", "auth/group/add/"),
    *("authtoken/tokenproxy/", "authtoken/tokenproxy/add/"),
    *(f"bulk_upload/bulkupload/{page}/?hoja=proveedores" for page in ("add", "guia")),
    *(
        f"bulk_upload/changeguard/{page}"
        for page in ("", "add/", f"{GUARD}/change/", f"{GUARD}/delete/", f"{GUARD}/history/")
    ),
    *("bulk_upload/bulkupload/operacion/", "bulk_upload/bulkupload/operacion/reintentar/"),
]


@pytest.fixture
def uploads(run_import, run_plan, supplier: Supplier, other_supplier: Supplier, aws: None) -> list[BulkUpload]:
    """One in each state; the first ended with rejected rows, warnings and a category of its own."""
    rows = [row(1), row(2, precio_unitario="caro"), row(3, stock_critico="900"), row(4, nombre="")]
    partial: BulkUpload = run_import(rows)
    run_import([row(5, categoria="JERINGAS")])
    replacing: BulkUpload = run_import([row(1, precio_unitario="9000")], replace=True)
    ended = {"completed_at": timezone.now(), "started_at": timezone.now()}
    missing = {"error_code": "missing_columns", "error_params": {"hoja": "CSV", "fila": 1, "columnas": "id, codigo"}}
    made = [
        make_upload(supplier, LONG),
        make_upload(supplier, status="processing", started_at=timezone.now(), total=100),
        make_upload(supplier, status="failed", **missing, **ended),
        make_upload(supplier, status="failed", error_code="attempts_exhausted", **ended),
        replacing,
        make_upload(
            supplier,
            operation="undo",
            based_on=partial,
            status="completed",
            total=3,
            actualizados=2,
            rechazados=1,
            **ended,
        ),
        make_upload(supplier, operation="undo", based_on=replacing, status="processing", started_at=timezone.now()),
        *plans(run_import, run_plan, supplier),
        make_upload(supplier, status="cancelled", **ended),
    ]
    for code in ("BOG_CENTRAL", "CALI_SUR"):
        Warehouse.objects.create(codigo=code, nombre="Centro de distribución de la región", pais="CO", ciudad="Bogotá")
    lot = {"producto_id": "PROD00005", "bodega": "BOG_CENTRAL", "lote": "LOTE-2302-B", "cantidad": "7"}
    stock = [
        run_import([lot, lot | {"cantidad": "x"}], sheet=STOCK),
        run_import([lot | {"cantidad": "9"}], sheet=STOCK),
    ]
    StockLot.objects.create(pk=LOT, producto_id="PROD00005", bodega_id="BOG_CENTRAL", lote="LOTE-2301-A", cantidad=12)
    return [partial, *stock, *made]


def plans(run_import, run_plan, supplier: Supplier) -> list[BulkUpload]:
    """A plan of rows of each outcome; one that the guard made; one that was applied, its application; one under way."""
    rows = [row(1, precio_unitario="8000"), row(5, categoria="JERINGAS"), row(9), row(10, nombre="")]
    planned, stopped, applied = (run_plan(rows, replace=True) for _ in range(3))
    finding = {
        "codigo": "guard_price",
        "params": {"columna": "precio_unitario", "fila": 2, "porcentaje": 540, "maximo": 30},
    }
    BulkUpload.objects.filter(pk=stopped.pk).update(guard={"stopped": [finding]})
    ended = {"completed_at": timezone.now(), "started_at": timezone.now()}
    application = make_upload(
        supplier, operation="apply", based_on=applied, status="completed", total=1, creados=1, **ended
    )
    running = make_upload(supplier, operation="plan", status="processing", started_at=timezone.now(), total=100)
    return [planned, stopped, applied, application, running]


@pytest.fixture
def clerk(supplier: Supplier) -> User:
    user = User.objects.create_user("maria", is_staff=True)
    user.groups.add(Group.objects.get(name=GROUP))
    Token.objects.create(user=user)
    supplier.usuarios.add(user)
    return user


@pytest.fixture
def reviews(supplier: Supplier) -> list[str]:
    """Pages of files that are looked at first (waiting, shown, not to be read), and of a remembered mapping."""
    mapping = make_mapping(supplier)
    answers = [None, PreviewAnswer({}, PREVIEW, remembered="ERP"), PreviewAnswer({}, code="damaged_file")]
    drafts = [make_draft(supplier, answer) for answer in answers]
    kept = f"/admin/bulk_upload/rememberedmapping/{mapping.pk}"
    own = [f"{kept}/{page}/" for page in ("change", "history", "delete")]
    return [*(address("review", draft.pk) for draft in drafts), "/admin/bulk_upload/rememberedmapping/", *own]


def everybodys(uploads: list[BulkUpload]) -> Iterator[str]:
    yield from ("/admin/", "/admin/password_change/", "/admin/password_change/done/", "/nada/", "/admin/nada/")
    yield from ("/admin/bulk_upload/", "/admin/catalog/", address("changelist"), address("add"), address("guide"))
    yield from (f"{address(page)}?hoja=existencias" for page in ("changelist", "add", "guide"))
    for upload in uploads:
        yield from (address("change", upload.pk), address("changes", upload.pk))
    yield from (address(page, uploads[0].pk) for page in ("replace", "history", "corrections", "mend"))
    yield from (address("cancel", uploads[1].pk), address("retry", uploads[-1].pk))
    yield from (f"/admin/catalog/{place}" for place in OF_CATALOGUE)


def of_staff(clerk: User, of_suppliers: BulkUpload) -> Iterator[str]:
    yield from (f"/admin/{place}" for place in OF_STAFF)
    yield from (address(page, of_suppliers.pk) for page in ("change", "changes", "history", "corrections"))
    objects = (f"auth/user/{clerk.pk}", f"auth/group/{clerk.groups.get().pk}", f"authtoken/tokenproxy/{clerk.pk}")
    for place in objects:
        yield from (f"/admin/{place}/{page}/" for page in ("change", "delete", "history"))
    yield f"/admin/auth/user/{clerk.pk}/password/"


def faults_of(page: Page) -> Iterator[str]:
    """What is wrong with the page that is open, at each width, in a line."""
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 900})
        try:
            assert page.locator("h1:visible").count() == 1, f"{page.url}: not one title"
            assert page.locator(MAIN_BUTTON).count() <= 1, f"{page.url}: more than one main button"
            assert lies_within(page, "#result_list td, #result_list th"), f"{page.url}: a column is cut off"
            fits(page)
            accessible(page)
        except AssertionError as fault:
            yield f"{width}: {str(fault).splitlines()[0]}"


def look_at(page: Page, addresses: Iterable[str]) -> None:
    faults: list[str] = []
    for place in addresses:
        page.goto(place)
        faults += faults_of(page)
    assert not faults, "\n".join(faults)


def test_pages_of_a_clerk(visit, clerk, uploads, reviews):  # noqa: F811
    page = visit(clerk, "/admin/")
    look_at(page, reviews)
    look_at(page, everybodys(uploads))
    look_at(page, ["/admin/auth/user/"])  # which it may not see
    page.goto("/api/docs")
    expect(page.locator(".opblock").first).to_be_visible()
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 900})
        accessible(page)
        fits(page)
    page.goto("/admin/")
    page.click("#logout-form button")
    assert not list(faults_of(page))
    look_at(page, ["/admin/logout/"])  # which leads to the login


def test_pages_of_staff(visit, admin_user, clerk, uploads, run_import):  # noqa: F811
    rows = [{"codigo": "PROV001", "nombre": "Andina"}, {"codigo": "PROV008", "nombre": ""}]
    ChangeGuard.objects.create(pk=GUARD, proveedor_id="PROV001", sheet_name="productos", max_price_percent=30)
    of_suppliers = run_import(rows, sheet=SUPPLIERS, owner=None, replace=True)
    LogEntry.objects.log_actions(admin_user.pk, [clerk], 2, [{"changed": {"fields": ["email"]}}])
    page = visit(admin_user, "/admin/", language="en")
    look_at(page, everybodys(uploads))
    look_at(page, of_staff(clerk, of_suppliers))
