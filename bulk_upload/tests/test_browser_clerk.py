"""A supplier's clerk in a real browser: from signing in to the corrected file, on a desk and on a phone."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import Group, User
from django.utils import timezone
from playwright.sync_api import Page

from bulk_upload.supplier_group import GROUP
from bulk_upload.tests.admin_people import make_upload
from bulk_upload.tests.browser import Visit, accessible, chromium, fits, visit  # noqa: F401 - fixtures
from catalog.models import Supplier

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.processes]

LIST = "/admin/bulk_upload/bulkupload/"
DESK, PHONE = 1366, 390


@pytest.fixture
def clerk(supplier: Supplier, other_supplier: Supplier, aws: None) -> User:
    user = User.objects.create_user("maria", password="maria", is_staff=True)
    user.groups.add(Group.objects.get(name=GROUP))
    supplier.usuarios.add(user)
    return user


def lies_within(page: Page, selector: str) -> bool:
    """Whether the element, and each box that could cut it off, ends within the screen and within its parents."""
    return bool(
        page.evaluate(
            """(selector) => [...document.querySelectorAll(selector)].every((element) => {
                const right = element.getBoundingClientRect().right;
                if (right > window.innerWidth) return false;
                for (let parent = element.parentElement; parent; parent = parent.parentElement) {
                    const clips = getComputedStyle(parent).overflowX !== "visible";
                    if (clips && right > parent.getBoundingClientRect().right + 1) return false;
                }
                return true;
            })""",
            selector,
        )
    )


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
    for place in ("/", f"{LIST}guia/"):
        page = visit(clerk, place, width=width, language=language)
        fits(page)
        accessible(page)
