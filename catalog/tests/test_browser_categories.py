"""Categories in a real browser: found by typing, merged after a question."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from bulk_upload.tests.helpers.browser import accessible, chromium, visit  # noqa: F401 - fixtures
from bulk_upload.tests.helpers.rows import row
from catalog.models import Category

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.processes]


def choose(page, name):
    """Type into the open search field, and take what it finds."""
    page.fill(".select2-search__field", name.lower())
    page.click(f".select2-results__option:has-text('{name}')")


def test_a_list_is_filtered_by_a_category_that_is_searched(visit, admin_user, run_import):  # noqa: F811
    run_import([row(1), row(2, categoria="JERINGAS")])
    page = visit(admin_user, "/admin/catalog/product/?q=nitrilo")
    accessible(page)
    page.click("#changelist-filter .select2-selection")
    choose(page, "JERINGAS")
    page.click(".autocomplete-filter button")
    expect(page.locator("#result_list tbody tr")).to_have_count(1)
    expect(page.locator("#result_list")).to_contain_text("PROD00002")
    expect(page.locator("#searchbar")).to_have_value("nitrilo")
    accessible(page)
    page.click("text=Quitar el filtro")
    expect(page.locator("#result_list tbody tr")).to_have_count(2)


def test_two_categories_become_one(visit, admin_user, run_import):  # noqa: F811
    run_import([row(1, categoria="GUANTE"), row(2, categoria="GUANTES")])
    page = visit(admin_user, "/admin/catalog/category/")
    page.check("input[value=GUANTE]")
    page.select_option("select[name=action]", "merge_selected")
    page.click("button[name=index]")
    accessible(page)
    page.click(".select2-selection")
    choose(page, "GUANTES")
    page.click("input[name=merge]")
    expect(page.locator(".messagelist .success")).to_have_text("1 producto pasó a «GUANTES».")
    assert list(Category.objects.values_list("pk", flat=True)) == ["GUANTES"]
