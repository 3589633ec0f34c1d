"""The API's page in a real browser: a programmer says who it is, and tries an operation."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import User
from playwright.sync_api import expect
from rest_framework.authtoken.models import Token

from bulk_upload.tests.helpers.browser import chromium, visit  # noqa: F401 - fixtures

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.processes]


def test_authorize_sends_the_token(visit, supplier, user):  # noqa: F811
    token = Token.objects.create(user=user).key
    page = visit(User.objects.create_user("otra"), "/api/docs")  # whose session would show no supplier
    page.click(".auth-wrapper .authorize")
    form = page.locator(".auth-container", has_text="tokenAuth")
    form.locator("input").fill(f"Token {token}")
    form.locator("button.authorize").click()
    expect(form).to_contain_text("Authorized")
    page.click(".btn-done")
    operation = page.locator('.opblock[id$="-listar_proveedores"]')
    operation.locator(".opblock-summary-control").click()
    operation.locator(".try-out__btn").click()
    operation.locator(".execute").click()
    answer = operation.locator(".live-responses-table")
    expect(answer.locator(".response-col_status").last).to_contain_text("200")
    expect(answer.locator(".response-col_description pre").first).to_contain_text(supplier.pk)
