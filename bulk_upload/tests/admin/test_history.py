"""The history of an upload and the last actions of a person: who did what, and what became of the upload."""

from __future__ import annotations

import re

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import User
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from rest_framework.test import APIClient

from bulk_upload.models import BulkUpload
from bulk_upload.tests.helpers.admin_people import ALL_OF_UPLOADS, address, make_upload, person, signed_in
from bulk_upload.tests.helpers.rows import csv_bytes, row

pytestmark = pytest.mark.django_db


def text_of(client: Client, place: str) -> str:
    """A page as it reads, without its tags."""
    response = client.get(place)
    assert response.status_code == 200
    text = re.sub(r"<[^>]*>", " ", response.content.decode())
    return re.sub(r"\s+([:.])", r"\1", re.sub(r"\s+", " ", text))


def history_of(upload: BulkUpload, user: User, language: str = "es") -> str:
    return text_of(signed_in(user, language), address("history", upload.pk))


@pytest.fixture
def boss(db: None) -> User:
    return User.objects.create_superuser("jefa", password="jefa")


@pytest.fixture
def uploaded(boss, supplier, aws, worker) -> BulkUpload:
    """An upload of three rows by `boss`, one of which was rejected."""
    content = csv_bytes([row(1), row(2), row(3, nombre="")])
    form = {"proveedor": supplier.pk, "file": SimpleUploadedFile("productos.csv", content)}
    assert signed_in(boss, "en").post(address("add"), form).status_code == 302
    worker.step()
    return BulkUpload.objects.get()


SENTENCES = {
    "es": ("Archivo cargado.", "Completada con errores: 2 de 3 filas"),
    "en": ("File uploaded.", "Completed with errors: 2 of 3 rows"),
}


@pytest.mark.parametrize("language", ["es", "en"])
def test_the_history_says_who_uploaded_and_what_came_of_it(boss, uploaded, language):
    page = history_of(uploaded, boss, language)
    for sentence in SENTENCES[language]:
        assert sentence in page
    other = SENTENCES["en" if language == "es" else "es"]
    assert not [sentence for sentence in other if sentence in page]
    assert "jefa" in page


@pytest.mark.parametrize("language", ["es", "en"])
def test_recent_actions_say_what_became_of_an_upload(boss, uploaded, language):
    page = text_of(signed_in(boss, language), "/admin/")
    recent = page[page.index("Acciones recientes" if language == "es" else "Recent actions") :]
    for sentence in SENTENCES[language]:
        assert sentence in recent


def test_a_cancelled_and_retried_upload_names_each_step(boss, supplier):
    upload = make_upload(supplier, status="processing", total=300, creados=120)
    signed_in(boss).post(address("cancel", upload.pk))
    page = history_of(upload, boss)
    assert "jefa Carga cancelada." in page
    assert "Sistema ■ Cancelada: 120 de 300 filas" in page
    signed_in(boss).post(address("retry", upload.pk))
    page = history_of(upload, boss, "en")
    assert "jefa Upload cancelled." in page
    assert "jefa Upload put back in the queue." in page
    assert "System ⏳ Waiting: 120 of 300 rows" in page


def test_steps_by_the_api_are_in_the_history(boss, supplier, user):
    api = APIClient()
    api.force_authenticate(user)
    upload = make_upload(supplier, status="processing", total=300, creados=120, created_by=user)
    api.post(f"/api/v1/catalog/bulk-upload/{upload.pk}/cancel")
    api.post(f"/api/v1/catalog/bulk-upload/{upload.pk}/retry")
    api.post(f"/api/v1/catalog/bulk-upload/{upload.pk}/retry")  # refused: nothing happened
    page = history_of(upload, boss)
    assert "proveedor Archivo cargado." in page
    assert "proveedor Carga cancelada." in page
    assert page.count("Carga puesta de nuevo en la cola.") == 1


def test_an_upload_whose_person_is_gone_has_a_history(boss, supplier):
    assert "– Archivo cargado." in history_of(make_upload(supplier), boss)


def test_no_state_of_an_upload_that_the_reader_may_no_longer_see(supplier, other_supplier):
    clerk = person("andina", *ALL_OF_UPLOADS, supplier=supplier)
    upload = make_upload(supplier, status="processing", total=300, creados=120)
    signed_in(clerk).post(address("cancel", upload.pk))
    supplier.usuarios.remove(clerk)
    page = text_of(signed_in(clerk), "/admin/")
    assert "Carga cancelada." in page
    assert "120 de 300" not in page


@pytest.mark.parametrize("key", ["nada", "00000000-0000-0000-0000-000000000000"])
def test_there_is_no_history_of_what_does_not_exist(boss, key):
    assert signed_in(boss).get(f"/admin/bulk_upload/bulkupload/{key}/history/").status_code == 404


def test_the_clerk_finds_the_history_on_the_page_of_the_upload(supplier, uploaded):
    clerk = signed_in(person("andina", *ALL_OF_UPLOADS, supplier=supplier))
    assert address("history", uploaded.pk) in clerk.get(address("change", uploaded.pk)).content.decode()
    assert "Completada con errores: 2 de 3 filas" in text_of(clerk, address("history", uploaded.pk))


def test_recent_actions_ask_the_database_as_often_for_ten_as_for_one(boss, supplier, django_assert_max_num_queries):
    for n in range(10):
        upload = make_upload(supplier, f"p{n}.csv", status="processing", total=9)
        signed_in(boss).post(address("cancel", upload.pk))
    assert LogEntry.objects.count() == 10
    client = signed_in(boss)
    client.get("/admin/")
    with django_assert_max_num_queries(8):
        client.get("/admin/")
