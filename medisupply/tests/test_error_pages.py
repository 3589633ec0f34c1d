"""The pages of what is not there or not allowed: in the reader's language, with the product's name and a way back."""

from __future__ import annotations

import pytest
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
