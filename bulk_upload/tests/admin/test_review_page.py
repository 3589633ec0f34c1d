"""The page on which a file is looked at, set right, and imported; without any script."""

from __future__ import annotations

import re

import pytest
from django.contrib.admin.models import LogEntry

from bulk_upload.models import BulkUpload, RememberedMapping, UploadDraft
from bulk_upload.tests.helpers.admin_people import ALL_OF_UPLOADS, address, person, signed_in
from bulk_upload.tests.helpers.erp_files import MAPPING, erp_list
from bulk_upload.tests.helpers.rows import csv_bytes, row
from bulk_upload.tests.helpers.upload_api import a_file, stored
from catalog.models import Product

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("aws")]

LETTERS = dict(zip(MAPPING["columnas"], "ABCDEFGHI", strict=True))
ALL = {f"columna-{letter}": MAPPING["columnas"][header] or "" for header, letter in LETTERS.items()}


@pytest.fixture
def draft(staff, supplier):
    """A list with unknown headers, sent by the form with the box "Revisar antes"."""

    def sent(content, name="lista.csv"):
        data = {"proveedor": "PROV001", "revisar": "on", "file": a_file(name, content)}
        answer = staff.post(address("add"), data)
        assert answer.status_code == 302
        found = UploadDraft.objects.latest("created_at")
        assert answer["Location"] == address("review", found.pk)
        return found

    return sent


def page(client, draft, status=200):
    response = client.get(address("review", draft.pk))
    assert response.status_code == status
    return response.content.decode()


def send(client, draft, action, **fields):
    place = {"hoja_vista": "", "fila_vista": "1", "fila_encabezado": "1"}
    return client.post(address("review", draft.pk), {"accion": action, **place, **fields})


def text_of(html):
    return " ".join(re.sub(r"<[^>]+>", " ", html).split())


def test_the_page_waits_without_keeping_a_request_and_then_shows_each_column(staff, draft, worker):
    waiting = draft(erp_list(1, 2))
    html = page(staff, waiting)
    assert 'http-equiv="refresh"' in html
    assert "Importar sin revisar" in html
    assert staff.get(address("review_state", waiting.pk)).json() == {"waiting": True}
    worker.previews.step()
    assert staff.get(address("review_state", waiting.pk)).json() == {"waiting": False}
    html = page(staff, waiting)
    assert 'http-equiv="refresh"' not in html
    assert "Encabezados en la fila 1." in html
    text = text_of(html)
    assert "E Valor" in text
    assert "1.250,50" in text


def test_what_is_chosen_is_shown_and_then_imported_and_remembered(staff, draft, worker):
    waiting = draft(erp_list(1, 2))
    page(staff, waiting)
    worker.previews.step()
    assert send(staff, waiting, "ver", **ALL).status_code == 302
    page(staff, waiting)
    worker.previews.step()
    html = page(staff, waiting)
    assert "1250.50" in html
    assert "columnas obligatorias" not in text_of(html).split("Un mismo valor")[0]
    answer = send(staff, waiting, "importar", **ALL, recordar="on")
    assert answer["Location"] == address("change", waiting.pk)
    worker.step()
    upload = BulkUpload.objects.get()
    assert (upload.pk, upload.status, upload.creados, upload.mapping_name) == (waiting.pk, "completed", 2, "lista")
    assert RememberedMapping.objects.get().mapping == MAPPING
    assert LogEntry.objects.get(object_id=upload.pk).change_message
    assert staff.get(address("review", waiting.pk))["Location"] == address("change", waiting.pk)


def test_nothing_is_imported_while_a_required_column_is_missing_or_filled_twice(staff, draft, worker):
    waiting = draft(erp_list(1))
    page(staff, waiting)
    worker.previews.step()
    answer = send(staff, waiting, "importar", **{**ALL, "columna-B": ""})
    assert answer.status_code == 400
    assert "Nada llena estas columnas obligatorias: nombre." in answer.content.decode()
    answer = send(staff, waiting, "importar", **{**ALL, "columna-I": "nombre"})
    assert answer.status_code == 400
    assert "ya la llena la columna B" in answer.content.decode()
    assert UploadDraft.objects.exists()


def test_a_constant_fills_a_missing_column_where_its_rule_allows_it(staff, draft, worker):
    content = b"\n".join(b";".join(line.split(b";")[:7]) for line in erp_list(1, 2).splitlines())
    waiting = draft(content)
    page(staff, waiting)
    worker.previews.step()
    chosen = {name: target for name, target in ALL.items() if name[-1] < "H"}
    send(staff, waiting, "ver", **chosen)
    page(staff, waiting)
    worker.previews.step()
    answer = send(staff, waiting, "importar", **chosen, **{"constante-tiempo_entrega_dias": "pronto"})
    assert answer.status_code == 400
    assert "pronto" in answer.content.decode()
    send(staff, waiting, "importar", **chosen, **{"constante-tiempo_entrega_dias": "5"})
    worker.step()
    assert list(Product.objects.values_list("tiempo_entrega_dias", flat=True)) == [5, 5]
    assert not RememberedMapping.objects.exists()


def test_another_header_row_is_looked_at_anew(staff, draft, worker):
    waiting = draft(b"uno;dos;tres\n" + erp_list(1))
    page(staff, waiting)
    worker.previews.step()
    send(staff, waiting, "ver", fila_encabezado="2", fila_vista="1", **{"columna-A": "nombre"})
    waiting.refresh_from_db()
    assert waiting.mapping == {"fila_encabezado": 2}


def test_a_file_that_cannot_be_read_says_so_and_is_discarded(staff, draft, worker):
    waiting = draft(b"PK\x03\x04" + bytes(2000), "roto.xlsx")
    page(staff, waiting)
    worker.previews.step()
    assert "El archivo está dañado" in page(staff, waiting)
    before = stored()
    assert send(staff, waiting, "descartar").status_code == 302
    assert not UploadDraft.objects.exists()
    assert before - stored() == {waiting.s3_key}


def test_what_stands_in_the_file_is_shown_as_text(staff, draft, worker):
    waiting = draft(b'"<script>alert(1)</script>";b;c\n"<img src=x>";2;3\n')
    page(staff, waiting)
    worker.previews.step()
    html = page(staff, waiting)
    assert "&lt;script&gt;alert(1)" in html
    assert "<img src=x" not in html


def test_without_redis_the_file_can_be_imported_without_looking(staff, draft, worker, no_redis):
    waiting = draft(csv_bytes([row(1)]))
    html = page(staff, waiting)
    assert "Redis no responde" in html
    send(staff, waiting, "sin-revisar")
    worker.step()
    assert BulkUpload.objects.get().creados == 1


def test_a_failed_upload_with_unknown_headers_leads_here_with_the_same_file(staff, accept, worker):
    upload = accept(erp_list(1))
    worker.step()
    html = staff.get(address("change", upload.pk)).content.decode()
    assert "Revisar las columnas…" in html
    answer = staff.post(address("review_upload", upload.pk))
    draft = UploadDraft.objects.get()
    assert answer["Location"] == address("review", draft.pk)
    assert (draft.filename, draft.sha256) == (upload.filename, upload.sha256)
    assert draft.s3_key in stored()


def test_drafts_of_others_are_not_there(draft, other_supplier, bystander):
    waiting = draft(erp_list(1))
    stranger = signed_in(person("norte", *ALL_OF_UPLOADS, supplier=other_supplier))
    for name in ("review", "review_state"):
        assert stranger.get(address(name, waiting.pk)).status_code == 404
    assert stranger.post(address("review", waiting.pk), {"accion": "descartar"}).status_code == 404
    assert bystander.get(address("review", waiting.pk)).status_code == 403
    assert UploadDraft.objects.exists()
