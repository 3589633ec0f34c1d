"""A person with a product's page open in a real browser while an import changes the product."""

from __future__ import annotations

from decimal import Decimal

import pytest
from django.db import connection
from playwright.sync_api import expect

from bulk_upload.tests.helpers.browser import accessible, chromium, visit  # noqa: F401 - fixtures
from bulk_upload.tests.helpers.rows import row
from catalog.models import Product

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.processes]
ADDRESS = "/admin/catalog/product/PROD00001/change/"


def test_a_conflict_is_told_at_its_field_and_decided_by_a_second_save(visit, admin_user, run_import):  # noqa: F811
    run_import([row(1, precio_unitario="1")])
    # A browser sends a text of two lines in one: that is no change of the person's.
    Product.objects.update(presentacion="Caja\nx 100")
    page = visit(admin_user, ADDRESS)
    run_import([row(1, precio_unitario="5000", presentacion="Caja x 200")], replace=True)
    page.fill("#id_precio_unitario", "7")
    page.click("input[name=_continue]")
    expect(page.locator("#id_precio_unitario_error")).to_contain_text("el valor es ahora «5000.00»")
    expect(page.locator("#id_presentacion")).to_have_value("Caja x 200")
    accessible(page)
    page.click("input[name=_continue]")
    expect(page.locator(".messagelist .success")).to_be_visible()
    product = Product.objects.get()
    assert (product.precio_unitario, product.presentacion) == (Decimal(7), "Caja x 200")
    connection.close()
