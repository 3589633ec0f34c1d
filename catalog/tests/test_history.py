"""The admin's history in the language of whoever reads it, not of whoever acted."""

from __future__ import annotations

import json

import pytest
from django.contrib.admin.models import CHANGE, LogEntry
from django.utils import translation

from bulk_upload.tests.admin_people import signed_in
from catalog.models import Category
from catalog.tests.pages import Page
from medisupply.history import ACTIONS, in_words

pytestmark = pytest.mark.django_db


def history(user, place, language):
    return signed_in(user, language).get(f"/admin/{place}/history/").content.decode()


@pytest.mark.parametrize("acting", ["es", "en"])
def test_a_merge(admin_user, acting):
    for name in ("GASA", "GASAS", "VENDAS"):
        Category.objects.create(nombre=name, aprobada=True)
    form = {"action": "merge_selected", "_selected_action": ["GASA", "VENDAS"], "target": "GASAS", "merge": "1"}
    signed_in(admin_user, acting).post("/admin/catalog/category/", form)
    assert "Unida con GASA, VENDAS" in history(admin_user, "catalog/category/GASAS", "es")
    assert "Merged with GASA, VENDAS" in history(admin_user, "catalog/category/GASAS", "en")


@pytest.mark.parametrize("acting", ["es", "en"])
def test_the_names_of_fields(admin_user, acting):
    Category.objects.create(nombre="GASAS", aprobada=False)
    page = Page(signed_in(admin_user, acting), "/admin/catalog/category/GASAS/change/")
    page.change(aprobada="on").save()
    assert "Aprobada" in history(admin_user, "catalog/category/GASAS", "es")
    assert "Changed Approved." in history(admin_user, "catalog/category/GASAS", "en")


@pytest.mark.parametrize("acting", ["es", "en"])
def test_the_names_of_fields_that_are_djangos(admin_user, acting):
    place = f"auth/user/{admin_user.pk}"
    Page(signed_in(admin_user, acting), f"/admin/{place}/change/").change(email="a@b.example").save()
    assert "Email address" in history(admin_user, place, "en")
    assert "Email address" not in history(admin_user, place, "es")


@pytest.mark.parametrize(
    "stored", ["", "Corregido a mano.", "[1, 2]", "[sin cerrar", "{}", '[{"action": {"code": "x"}}]']
)
def test_what_nobody_here_wrote_is_shown_as_it_is(admin_user, stored):
    entry = LogEntry(change_message=stored)
    assert in_words(entry) == ("x" if "action" in stored else stored)


def test_sentences_of_earlier_releases_are_translated():
    with translation.override("en"):
        assert in_words(LogEntry(change_message="Archivo cargado.")) == "File uploaded."


@pytest.mark.parametrize("code", ACTIONS)
def test_each_action_has_words_in_both_languages(code, admin_user):
    change = json.dumps([{"action": {"code": code, "params": {"names": "GASA"}}}])
    entry = LogEntry(user=admin_user, action_flag=CHANGE, change_message=change)
    with translation.override("es"):
        spanish = in_words(entry)
    with translation.override("en"):
        assert in_words(entry) != spanish
