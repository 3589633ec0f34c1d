"""Undo in the admin: the numbers first, then the deed, and a result in its own words."""

from __future__ import annotations

import pytest
from django.contrib.messages import get_messages

from bulk_upload.models import BulkUpload
from bulk_upload.tests.helpers.admin_people import ALL_OF_UPLOADS, address, person, signed_in
from bulk_upload.tests.helpers.rows import csv_bytes, row
from catalog.models import Product

pytestmark = pytest.mark.django_db

BUTTON = "Deshacer esta carga…"


@pytest.fixture
def undoer(supplier):
    """A person of PROV001 who may undo uploads."""
    return signed_in(person("ana", *ALL_OF_UPLOADS, "undo_bulkupload", supplier=supplier))


@pytest.fixture
def upload(accept, worker):
    """Created five products and changed one; somebody has changed two since."""
    accept(csv_bytes([row(1)]))
    worker.step()
    upload = accept(csv_bytes([row(1, nombre="Otro"), *(row(n) for n in range(2, 7))]), "lista.csv", replace=True)
    worker.step()
    Product.objects.filter(pk__in=["PROD00002", "PROD00003"]).update(changed_by_upload=None)
    return upload


def undone(undoer, upload, worker):
    """The upload that has undone it."""
    undoer.post(address("undo", upload.pk))
    worker.step()
    return BulkUpload.objects.get(based_on=upload)


def said(answer):
    return [str(message) for message in get_messages(answer.wsgi_request)]


def text(answer):
    return " ".join(answer.content.decode().split())


def test_the_page_says_first_what_would_be_undone(undoer, upload):
    page = undoer.get(address("undo", upload.pk))
    assert page.context["reach"] == (5, 1, 2, 0)
    assert BulkUpload.objects.filter(operation="undo").count() == 0
    assert "Sí, deshacer la carga" in text(page)


def test_the_request_leads_to_the_progress_of_the_undo(undoer, upload):
    answer = undoer.post(address("undo", upload.pk))
    undo = BulkUpload.objects.get(based_on=upload)
    assert answer["Location"] == address("change", undo.pk)
    page = text(undoer.get(answer["Location"]))
    assert "Deshacer la carga de «lista.csv»" in page
    assert "la importación sigue" not in page
    assert f'href="{address("change", upload.pk)}"' in page


def test_the_result_says_what_became_of_the_rows(undoer, upload, worker):
    page = text(undoer.get(address("change", undone(undoer, upload, worker).pk)))
    assert "Deshechas: 4 (3 eliminadas, 1 restauradas); conservadas: 2." in page
    assert "Deshecha en parte" in page
    assert "«PROD00002» se deja como está: una persona lo cambió después (–)." in page
    for wrong in ("importad", "Descargar el archivo original", "por corregir", "Cargar otra vez", BUTTON):
        assert wrong not in page


def test_what_was_restored_is_shown(undoer, upload, worker):
    page = text(undoer.get(address("changes", undone(undoer, upload, worker).pk)))
    assert "1 volvió a como estaba antes de la carga de «lista.csv»" in page
    assert "versión anterior" not in page


def test_the_upload_links_to_its_undo_and_is_not_undone_again(undoer, upload, worker):
    assert BUTTON in text(undoer.get(address("change", upload.pk)))
    undo = undone(undoer, upload, worker)
    page = text(undoer.get(address("change", upload.pk)))
    assert "Esta carga se deshizo:" in page
    assert f'href="{address("change", undo.pk)}"' in page
    assert BUTTON not in page
    again = undoer.post(address("undo", upload.pk))
    assert said(again) == ["Esta carga ya se deshizo, o se está deshaciendo."]


def test_only_who_may_undo_is_offered_it(supplier_person, upload):
    assert BUTTON not in text(supplier_person.get(address("change", upload.pk)))
    assert supplier_person.get(address("undo", upload.pk)).status_code == 403
    assert supplier_person.post(address("undo", upload.pk)).status_code == 403


def test_uploads_of_others_are_not_there(undoer, upload, other_supplier):
    BulkUpload.objects.filter(pk=upload.pk).update(proveedor=other_supplier)
    assert undoer.post(address("undo", upload.pk)).status_code == 404


@pytest.mark.parametrize(
    ("page", "sentence"),
    [
        ("original", "Esta carga deshace otra: no tiene archivo."),
        ("corrections", "La carga no tiene filas por corregir."),
        ("replace", "Solo una carga completada sin reemplazar puede repetirse reemplazando."),
    ],
)
def test_pages_that_need_a_file_say_that_an_undo_has_none(undoer, upload, worker, page, sentence):
    undo = undone(undoer, upload, worker)
    answer = undoer.get(address(page, undo.pk))
    assert (answer["Location"], said(answer)[-1]) == (address("change", undo.pk), sentence)


def test_downloads_over_the_api_say_it_too(api, undoer, upload, worker):
    undo = undone(undoer, upload, worker)
    codes = {}
    for name in ("file", "corrections"):
        answer = api.get(f"/api/catalog/bulk-upload/{undo.pk}/{name}")
        codes[name] = (answer.status_code, answer.json()["code"])
    assert codes == {"file": (409, "no_file"), "corrections": (409, "nothing_to_correct")}
    assert b"PROD00002" in b"".join(api.get(f"/api/catalog/bulk-upload/{undo.pk}/errors.csv"))


def test_the_list_shows_and_filters_what_is_an_undo(undoer, upload):
    undoer.post(address("undo", upload.pk))
    page = undoer.get(address("changelist"), {"operation__exact": "undo"})
    assert [found.operation for found in page.context["cl"].result_list] == ["undo"]
    assert "Productos · Deshacer" in text(page)


def test_a_cancelled_undo_is_cancelled_and_retried_in_its_own_words(undoer, upload, worker):
    undoer.post(address("undo", upload.pk))
    undo = BulkUpload.objects.get(based_on=upload)
    assert "Se deja de deshacer." in text(undoer.get(address("cancel", undo.pk)))
    undoer.post(address("cancel", undo.pk))
    assert "Se sigue deshaciendo donde quedó." in text(undoer.get(address("change", undo.pk)))
    undoer.post(address("retry", undo.pk))
    worker.step()
    undo.refresh_from_db()
    assert (undo.status, undo.actualizados, undo.rechazados) == ("completed", 4, 2)


def test_a_cancelled_upload_that_was_undone_cannot_be_retried(api, undoer, upload, worker):
    BulkUpload.objects.filter(pk=upload.pk).update(status="cancelled")
    undone(undoer, upload, worker)
    assert "Reintentar la carga…" not in text(undoer.get(address("change", upload.pk)))
    answer = api.post(f"/api/catalog/bulk-upload/{upload.pk}/retry")
    assert (answer.status_code, answer.json()["code"]) == (409, "already_undone")


def test_the_history_of_an_undo_begins_with_its_request(undoer, upload):
    undoer.post(address("undo", upload.pk))
    undo = BulkUpload.objects.get(based_on=upload)
    assert "Se pidió deshacer otra carga." in text(undoer.get(address("history", undo.pk)))
    assert "Se pidió deshacer esta carga." in text(undoer.get(address("history", upload.pk)))
