"""The same upload, sent again: one task, whoever repeats it and however."""

from __future__ import annotations

import threading
import uuid

import pytest
from django.contrib.auth.models import User
from django.db import connection
from rest_framework.authtoken.models import Token
from rest_framework.test import APIClient

from bulk_upload import intake, storage
from bulk_upload.models import BulkUpload
from bulk_upload.tests.helpers.rows import csv_bytes, row
from bulk_upload.tests.helpers.upload_api import URL, a_file, refused, stored
from catalog.sheets.products import PRODUCTS

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("aws")]


def send(api, key=None, content=None, query="", **headers):
    if key:
        headers["Idempotency-Key"] = key
    return api.post(f"{URL}{query}", {"file": a_file(content=content)}, headers=headers)


def test_the_same_key_and_content_give_the_first_answer_again(api, worker):
    first = send(api, "clave-1")
    worker.step()
    again = send(api, "clave-1")
    assert (again.status_code, again.json()) == (202, first.json())
    assert (again["Idempotency-Replayed"], first.has_header("Idempotency-Replayed")) == ("true", False)
    assert BulkUpload.objects.count() == 1


def test_a_key_may_stand_in_quotes(api):
    assert send(api, '"clave-1"').json() == send(api, "clave-1").json()


@pytest.mark.parametrize("change", [{"content": csv_bytes([row(2)])}, {"query": "?reemplazar_duplicados=true"}])
def test_the_same_key_with_other_content_is_422_and_leaves_nothing(api, change):
    send(api, "clave-1")
    before = stored()
    answer = send(api, "clave-1", **change)
    refused(answer, 422, "idempotency_key_reused")
    assert (stored(), BulkUpload.objects.count()) == (before, 1)


def test_a_key_belongs_to_its_user(api, supplier):
    other = User.objects.create_user("otra")
    supplier.usuarios.add(other)
    client = APIClient()
    client.credentials(HTTP_AUTHORIZATION=f"Token {Token.objects.create(user=other).key}")
    assert send(api, "clave-1").json()["task_id"] != send(client, "clave-1").json()["task_id"]


@pytest.mark.parametrize("key", ["con espacio", "ñ".encode().decode("latin-1"), "x" * 256, " "])
def test_a_key_that_is_none_is_refused(api, key):
    refused(send(api, key), 400, "invalid")
    assert BulkUpload.objects.count() == 0


def test_the_same_file_is_the_same_task_until_it_has_ended(api, worker):
    first, second = send(api), send(api)
    assert second.json()["task_id"] == first.json()["task_id"]
    assert second["Idempotency-Replayed"] == "true"
    worker.step()
    third = send(api)
    assert third.json()["task_id"] != first.json()["task_id"]


def test_other_options_make_another_task(api):
    assert send(api).json()["task_id"] != send(api, query="?reemplazar_duplicados=true").json()["task_id"]


def test_with_a_new_key_the_same_file_is_a_new_task(api):
    tasks = {send(api, key).json()["task_id"] for key in ("clave-1", "clave-2")}
    assert len(tasks) == 2


def test_a_retry_is_refused_in_words_while_the_same_file_runs(api):
    first = BulkUpload.objects.get(pk=send(api).json()["task_id"])
    intake.cancel_upload(first)
    send(api)
    answer = api.post(f"/api/catalog/bulk-upload/{first.pk}/retry")
    refused(answer, 409, "same_file_running")


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("key", ["", "una-clave"])
def test_of_requests_at_the_same_moment_one_makes_the_task(api, supplier, user, monkeypatch, key):
    """All have looked before any has written: the database decides."""
    together = threading.Barrier(4, timeout=20)
    save = storage.save

    def all_at_once(file, name):
        together.wait()
        return save(file, name)

    monkeypatch.setattr(storage, "save", all_at_once)
    before, tasks = stored(), []

    def run():
        try:
            file = a_file()
            tasks.append(
                intake.accept_upload(
                    file=file,
                    sheet=PRODUCTS,
                    owner=supplier,
                    user=user,
                    reemplazar_duplicados=False,
                    idempotency_key=key,
                ).pk
            )
        finally:
            connection.close()

    threads = [threading.Thread(target=run) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (len(tasks), len(set(tasks))) == (4, 1)
    assert BulkUpload.objects.count() == 1
    assert len(stored() - before) == 1


def test_keys_are_kept_by_the_database_not_by_the_cache(api, no_redis):
    key = str(uuid.uuid4())
    assert send(api, key).json() == send(api, key).json()
