"""A file is looked at first: how it is understood, over the API, and its start."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from bulk_upload.models import BulkUpload, UploadDraft
from bulk_upload.previews.request import LIST, ask, kept, request_for
from bulk_upload.tests.helpers.erp_files import MAPPING, erp_list
from bulk_upload.tests.helpers.hostile_workbooks import stuffed
from bulk_upload.tests.helpers.rows import csv_bytes, row
from bulk_upload.tests.helpers.upload_api import URL, a_file, refused, stored
from catalog.models import Product
from medisupply.backends import shared_cache

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("aws")]


@pytest.fixture
def send(api):
    def sent(content, name="lista.csv", **options):
        answer = api.post(f"{URL}?proveedor_id=PROV001&revisar=true", {"file": a_file(name, content), **options})
        assert answer.status_code == 202, answer.json()
        return answer.json()

    return sent


@pytest.fixture
def looked_at(api, worker):
    """The preview, once a worker has made it."""

    def look(sent):
        assert api.get(sent["preview_url"]).status_code == 202
        assert worker.previews.step()
        answer = api.get(sent["preview_url"])
        assert answer.status_code == 200
        return answer.json()

    return look


def test_what_is_looked_at_first_is_imported_when_it_is_started(api, worker, send, looked_at):
    sent = send(erp_list(1, 2))
    assert sent["status"] == "draft"
    assert not BulkUpload.objects.exists()
    found = looked_at(sent)
    price = next(column for column in found["columnas"] if column["encabezado"] == "Valor")
    assert (price["clave"], price["ejemplos"][0]["escrito"]) == ("Valor", "1.250,50")
    assert "nombre" in found["faltan"]
    assert found["problema"]["codigo"] in ("no_header", "missing_columns", "missing_columns_similar")
    files = stored()
    answer = api.post(sent["start_url"], {"mapping": MAPPING}, format="json")
    assert (answer.status_code, answer.json()["task_id"]) == (202, sent["task_id"])
    assert not UploadDraft.objects.exists()
    worker.step()
    upload = BulkUpload.objects.get()
    assert (upload.status, upload.creados) == ("completed", 2)
    assert str(Product.objects.get(pk="PROD00001").precio_unitario) == "1250.50"
    assert stored() == files
    again = api.post(sent["start_url"], {}, format="json")
    assert (again.status_code, again.json()["task_id"]) == (202, sent["task_id"])


def test_the_same_file_that_is_on_its_way_is_the_same_task(api, send, accept):
    running = accept(csv_bytes([row(1)]), "lista.csv")
    sent = send(csv_bytes([row(1)]))
    answer = api.post(sent["start_url"], {}, format="json")
    assert answer.json()["task_id"] == str(running.pk)
    assert not UploadDraft.objects.exists()


def test_a_mapping_that_does_not_fit_is_refused_by_name_and_the_draft_stays(api, send):
    sent = send(erp_list(1))
    wrong = {"mapping": {"columnas": {"Ref.": "referencia"}}}
    answer = api.post(sent["start_url"], wrong, format="json")
    refused(answer, 422, "mapping_unknown_target")
    assert "referencia" in answer.json()["message"]
    refused(api.post(sent["start_url"], {"mapping_name": "de otro"}, format="json"), 422, "unknown_mapping")
    assert UploadDraft.objects.filter(pk=sent["task_id"]).exists()


def test_a_mapping_sent_with_the_file_is_the_one_that_is_looked_at(send, looked_at):
    found = looked_at(send(erp_list(1), mapping='{"columnas": {"Valor": "precio_unitario"}}'))
    price = next(column for column in found["columnas"] if column["encabezado"] == "Valor")
    assert (price["columna"], price["motivo"]) == ("precio_unitario", "mapping")
    assert price["ejemplos"][0]["leido"] == "1250.50"


def test_what_a_hostile_file_is_refused_for_is_said(send, looked_at, tmp_path):
    bomb = stuffed(tmp_path / "b.xlsx", "xl/worksheets/sheet1.xml", 300).read_bytes()
    found = looked_at(send(bomb, "bomba.xlsx"))
    assert (found["columnas"], found["problema"]["codigo"]) == ([], "suspicious_zip")
    assert "se expande a un tamaño anormal" in found["problema"]["mensaje"]


def test_without_redis_it_is_said_that_nothing_can_be_looked_at(api, send, no_redis):
    answer = api.get(send(erp_list(1))["preview_url"])
    refused(answer, 503, "preview_unavailable")
    assert answer["Retry-After"]


def test_a_question_that_was_lost_is_asked_again(api, worker, send, looked_at):
    sent = send(erp_list(1))
    api.get(sent["preview_url"])
    assert shared_cache.pop(LIST, 0.5)  # by a worker that then died
    assert not worker.previews.step(0.1)
    request = request_for(UploadDraft.objects.get(), None)
    shared_cache.delete(f"{request.key}:asked")  # five seconds later
    assert looked_at(sent)["columnas"]


def test_a_question_that_nobody_waits_for_any_more_is_not_answered(worker, send):
    sent = send(erp_list(1))
    request = replace(request_for(UploadDraft.objects.get(pk=sent["task_id"]), None), asked_at=0)
    assert ask(request)
    assert not worker.previews.step(0.1)
    assert kept(request) is None


def test_an_upload_is_looked_at_by_its_own_mapping(api, worker, accept):
    upload = accept(csv_bytes([row(1)]))
    address = f"/api/catalog/bulk-upload/{upload.pk}/preview"
    assert api.get(address).status_code == 202
    worker.previews.step()
    assert [column["motivo"] for column in api.get(address).json()["columnas"]] == ["encabezado"] * 13


def test_a_key_that_names_an_upload_by_now_does_not_keep_the_draft_from_starting(api):
    key = {"Idempotency-Key": "uno"}
    sent = api.post(f"{URL}?revisar=true", {"file": a_file(content=erp_list(1))}, headers=key).json()
    api.post(URL, {"file": a_file(content=erp_list(2))}, headers=key)
    assert api.post(sent["start_url"], {}, format="json").status_code == 202
    assert sorted(BulkUpload.objects.values_list("idempotency_key", flat=True)) == ["", "uno"]


def test_a_key_that_is_sent_again_is_the_same_draft(api):
    def sent(content):
        return api.post(f"{URL}?revisar=true", {"file": a_file(content=content)}, headers={"Idempotency-Key": "uno"})

    first, again, other = (sent(erp_list(n)) for n in (1, 1, 2))
    assert first.json()["task_id"] == again.json()["task_id"]
    refused(other, 422, "idempotency_key_reused")
