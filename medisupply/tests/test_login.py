"""Where a login leads, and what its limit counts."""

from __future__ import annotations

import uuid

import pytest
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


def test_the_address_of_the_goodbye_is_no_empty_page(admin_client):
    assert admin_client.get("/admin/logout/")["Location"] == "/admin/"
    goodbye = admin_client.post("/admin/logout/")
    assert "Iniciar sesión de nuevo" in goodbye.content.decode()


@pytest.fixture
def two_tries(settings):
    settings.API_THROTTLES = {**settings.API_THROTTLES, "login": "2/hour"}
    settings.CACHES = {"default": {**settings.CACHES["default"], "KEY_PREFIX": f"tries-{uuid.uuid4()}"}}


@pytest.mark.parametrize(
    ("language", "sentence"), [("es", "Demasiados intentos desde su dirección"), ("en", "Too many attempts")]
)
def test_too_many_logins_are_answered_429_by_the_same_page(admin_user, two_tries, language, sentence):
    client = Client(headers={"accept-language": language})
    wrong = {"username": "admin", "password": "mal"}
    assert [client.post("/admin/login/", wrong).status_code for _try in range(2)] == [200, 200]
    for password in ("mal", "password"):
        answer = client.post("/admin/login/", {"username": "admin", "password": password})
        assert answer.status_code == 429
        assert 0 < int(answer["Retry-After"]) <= 3600
        page = answer.content.decode()
        assert sentence in page
        assert 'name="password"' in page
    assert client.get("/admin/login/").status_code == 200


@pytest.mark.parametrize(("language", "sentence"), [("es", "Demasiados intentos: espere"), ("en", "Too many attempts")])
def test_the_old_password_cannot_be_guessed_without_end(admin_user, two_tries, language, sentence):
    client = Client(headers={"accept-language": language})
    client.force_login(admin_user)
    new = {"new_password1": "otra-clave-larga", "new_password2": "otra-clave-larga"}
    address = "/admin/password_change/"
    tries = [client.post(address, {"old_password": "mal", **new}).status_code for _try in range(2)]
    assert tries == [200, 200]
    answer = client.post(address, {"old_password": "password", **new})
    assert answer.status_code == 429
    assert 0 < int(answer["Retry-After"]) <= 3600
    page = answer.content.decode()
    assert sentence in page
    assert 'name="old_password"' in page
    admin_user.refresh_from_db()
    assert admin_user.check_password("password")
    assert client.get(address).status_code == 200


def test_a_password_is_changed_within_the_limit(admin_user, two_tries):
    client = Client()
    client.force_login(admin_user)
    new = {"new_password1": "otra-clave-larga", "new_password2": "otra-clave-larga"}
    answer = client.post("/admin/password_change/", {"old_password": "password", **new})
    assert answer["Location"] == "/admin/password_change/done/"
    assert client.get("/admin/").status_code == 200  # still signed in
