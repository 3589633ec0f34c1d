"""The pages of what is not there or not allowed: in the reader's language, with the product's name and a way back."""

from __future__ import annotations

import pytest
from django.contrib import admin
from django.contrib.auth.models import User
from django.test import Client

pytestmark = pytest.mark.django_db


def page_of(address: str, language: str) -> str:
    client = Client(headers={"accept-language": language})
    client.force_login(User.objects.create_user("maria", is_staff=True))
    response = client.get(address)
    assert response.status_code in (403, 404)
    return response.content.decode()


@pytest.mark.parametrize(
    ("address", "language", "title"),
    [
        ("/nada/", "es", "Página no encontrada"),
        ("/nada/", "en", "Page not found"),
        ("/admin/catalog/product/", "es", "Sin permiso"),
        ("/admin/catalog/product/", "en", "No permission"),
    ],
)
def test_the_page_speaks_the_readers_language(address, language, title):
    page = page_of(address, language)
    assert f"<title>{title} | MediSupply</title>" in page
    assert f"<h1>{title}</h1>" in page
    assert '<a href="/admin/">MediSupply</a>' in page
    assert "Django" not in page


def test_the_same_pages_are_shown_where_debug_is_on(settings):
    settings.DEBUG = True
    for address in ("/nada/", "/admin/nada/"):
        assert "<h1>Página no encontrada</h1>" in page_of(address, "es")
        User.objects.all().delete()


@pytest.mark.parametrize(("language", "title"), [("es", "Ocurrió un error"), ("en", "An error occurred")])
def test_an_unforeseen_error_is_a_page_of_the_site(monkeypatch, language, title):
    def broken(*args: object, **kwargs: object) -> None:
        raise RuntimeError

    monkeypatch.setattr(admin.site, "each_context", broken)
    response = Client(headers={"accept-language": language}, raise_request_exception=False).get("/admin/login/")
    assert response.status_code == 500
    assert f"<h1>{title}</h1>" in response.content.decode()


@pytest.mark.parametrize(("language", "title"), [("es", "Petición no válida"), ("en", "Invalid request")])
def test_a_request_that_is_not_valid(language, title):
    response = Client(headers={"accept-language": language}).get("/admin/login/", headers={"host": "mala.example"})
    assert response.status_code == 400
    assert f"<h1>{title}</h1>" in response.content.decode()


@pytest.mark.parametrize(("language", "title"), [("es", "La página caducó"), ("en", "The page has expired")])
def test_a_form_that_was_open_for_too_long_says_what_to_do(language, title):
    client = Client(enforce_csrf_checks=True, headers={"accept-language": language})
    response = client.post("/admin/login/", {"username": "maria", "password": "maria"})
    assert response.status_code == 403
    assert f"<h1>{title}</h1>" in response.content.decode()
    assert "CSRF" not in response.content.decode()
