"""Where a login leads, and what its limit counts."""

from __future__ import annotations

import pytest
from django.core.checks import run_checks
from django.test import Client


@pytest.mark.parametrize("target", ["https://mala.example/", "//mala.example", "javascript:alert(1)", ""])
def test_a_refused_target_leads_to_the_admin(admin_user, target):
    client = Client()
    credentials = {"username": "admin", "password": "password", "next": target}
    answer = client.post(f"/admin/login/?next={target}", credentials, follow=True)
    assert answer.redirect_chain == [("/admin/", 302)]
    assert answer.status_code == 200


def test_a_page_of_the_site_is_reached(admin_user):
    credentials = {"username": "admin", "password": "password", "next": "/admin/catalog/product/"}
    assert Client().post("/admin/login/", credentials)["Location"] == "/admin/catalog/product/"


@pytest.mark.parametrize(
    ("proxies", "redirect", "rate", "warned"),
    [(0, True, "20/min", True), (1, True, "20/min", False), (0, False, "20/min", False), (0, True, "", False)],
)
def test_a_limit_that_would_count_the_proxy_is_noticed(settings, proxies, redirect, rate, warned):
    settings.REST_FRAMEWORK = {**settings.REST_FRAMEWORK, "NUM_PROXIES": proxies}
    settings.API_THROTTLES = {**settings.API_THROTTLES, "login": rate}
    settings.SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    settings.SECURE_SSL_REDIRECT = redirect
    assert ("medisupply.W001" in [message.id for message in run_checks(tags=["security"])]) == warned


def test_the_address_of_the_goodbye_is_no_empty_page(admin_client):
    assert admin_client.get("/admin/logout/")["Location"] == "/admin/"
    goodbye = admin_client.post("/admin/logout/")
    assert "Iniciar sesión de nuevo" in goodbye.content.decode()
