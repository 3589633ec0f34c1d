"""The file of rejected rows is made once, by a worker, and whoever asks learns how far it is."""

from __future__ import annotations

import http.client
import io
import signal
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import timedelta

import pytest
from botocore.exceptions import EndpointConnectionError
from django.core.files.storage import default_storage
from openpyxl import load_workbook
from rest_framework.authtoken.models import Token

from bulk_upload import queue, storage, storage_keys
from bulk_upload.consuming import orphans, sweep
from bulk_upload.consuming.file_preparation import Preparation
from bulk_upload.consuming.message_handler import GiveBack
from bulk_upload.models import PreparedFile, lease
from bulk_upload.tests.helpers.admin_people import address
from bulk_upload.tests.helpers.processes import wait_for, worker_process
from bulk_upload.tests.helpers.rows import csv_bytes, row
from bulk_upload.tests.helpers.serving import served
from bulk_upload.tests.helpers.upload_api import refused
from bulk_upload.workbooks import prepared_files
from medisupply.backends.database import database_now

pytestmark = pytest.mark.django_db

URL = "/api/v1/catalog/bulk-upload"


def content(answer):
    return b"".join(answer.streaming_content)


def first_column(content):
    return [line[0] for line in load_workbook(io.BytesIO(content)).worksheets[0].iter_rows(2, values_only=True)]


def lose_messages():
    while delivery := queue.receive(0):
        queue.delete(delivery)


def age(file, **minutes):
    now = database_now()
    changes = {name: now - timedelta(minutes=value) for name, value in minutes.items()}
    PreparedFile.objects.filter(pk=file.pk).update(**changes)


def unreachable(*names):
    raise EndpointConnectionError(endpoint_url="http://aws")


def s3_is_away(monkeypatch):
    monkeypatch.setattr(storage, "_client", unreachable)


@pytest.fixture
def rejected(accept, worker):
    """An upload of which every second row of eight is rejected."""
    upload = accept(csv_bytes(row(n, precio_unitario="caro" if n % 2 else "1") for n in range(1, 9)))
    worker.step()
    upload.refresh_from_db()
    return upload


@pytest.fixture
def ask(api, rejected):
    return lambda **more: api.get(f"{URL}/{rejected.pk}/corrections", **more)


class TestTheApi:
    def test_it_says_that_the_file_is_being_made_and_then_gives_it(self, ask, worker):
        waiting = ask()
        assert (waiting.status_code, waiting["Retry-After"]) == (202, "2")
        assert waiting.json() == {
            "status": "pending",
            "message": "Las filas por corregir se prepararán enseguida…",
            "progress": {"total": 0, "processed": 0},
        }
        worker.step()
        ready = ask()
        whole = content(ready)
        assert ready.status_code == 200
        assert ready["Content-Length"] == str(len(whole))
        assert first_column(whole) == ["PROD00001", "PROD00003", "PROD00005", "PROD00007"]

    def test_how_far_it_is_comes_in_the_clients_language(self, ask, rejected):
        ask(headers={"Accept-Language": "en"})
        PreparedFile.objects.update(state="processing", rows_total=200_000, rows_done=12_000)
        body = ask(headers={"Accept-Language": "en"}).json()
        assert body["message"] == "Preparing the rows to correct: 12,000 of 200,000."
        assert body["progress"] == {"total": 200_000, "processed": 12_000}

    def test_asking_again_makes_nothing_more(self, ask, worker):
        assert {ask().status_code for _ in range(5)} == {202}
        worker.step()
        assert {ask().status_code for _ in range(5)} == {200}
        assert (PreparedFile.objects.count(), queue.waiting_messages()) == (1, 0)

    def test_each_language_has_its_own(self, ask, worker):
        ask()
        ask(headers={"Accept-Language": "en"})
        assert set(PreparedFile.objects.values_list("language", flat=True)) == {"es", "en"}

    def test_corrected_rows_ask_for_a_new_file(self, ask, worker, rejected):
        ask()
        worker.step()
        rejected.row_errors.filter(fila=2).update(corregida=True)
        assert ask().status_code == 202
        worker.step()
        assert first_column(content(ask())) == ["PROD00003", "PROD00005", "PROD00007"]
        assert PreparedFile.objects.count() == 1

    def test_a_store_that_is_away_is_503_until_it_is_back(self, ask, worker, monkeypatch):
        ask()
        with monkeypatch.context() as patch:
            s3_is_away(patch)
            worker.step()
            refused(ask(), 503, "storage_unavailable")
        delivery = wait_for(lambda: queue.receive(1))
        worker._handle(delivery)
        with monkeypatch.context() as patch:
            s3_is_away(patch)
            refused(ask(), 503, "storage_unavailable")
        assert ask().status_code == 200

    def test_what_fails_again_and_again_is_said_and_can_be_asked_for_later(self, ask, settings, worker, monkeypatch):
        settings.BULK_UPLOAD_MAX_ATTEMPTS = 1
        ask()
        with monkeypatch.context() as patch:
            patch.setattr(Preparation, "run", lambda self: 1 / 0)
            worker.step()
        refused(ask(), 503, "not_prepared")
        age(PreparedFile.objects.get(), updated_at=2)
        assert ask().status_code == 202
        worker.step()
        assert ask().status_code == 200

    def test_a_file_that_the_bucket_has_removed_is_made_again(self, ask, worker):
        ask()
        worker.step()
        default_storage.delete(PreparedFile.objects.get().s3_key)
        assert ask().status_code == 202
        worker.step()
        assert ask().status_code == 200

    def test_the_search_for_orphans_leaves_it_alone(self, ask, worker):
        ask()
        worker.step()
        key = PreparedFile.objects.get().s3_key
        assert (storage_keys.task_id_of(key), storage_keys.orphan_key(key)) == (None, None)
        orphans.set_aside_orphans(10)
        assert ask().status_code == 200


class TestTheAdmin:
    def test_a_page_says_how_far_it_is_and_then_comes_the_file(self, staff, rejected, worker):
        page = staff.get(address("corrections", rejected.pk)).content.decode()
        assert "se prepararán enseguida" in page
        assert 'role="status"' in page
        state = staff.get(address("corrections_state", rejected.pk)).json()
        assert (state["waiting"], state["total"]) == (True, 0)
        worker.step()
        assert staff.get(address("corrections_state", rejected.pk)).json()["waiting"] is False
        answer = staff.get(address("corrections", rejected.pk))
        assert first_column(content(answer)) == ["PROD00001", "PROD00003", "PROD00005", "PROD00007"]
        assert answer["Content-Length"]

    @pytest.mark.parametrize("name", ["corrections", "corrections_state"])
    def test_nobody_has_files_made_of_others_uploads(self, supplier_person, rejected, other_supplier, name):
        type(rejected).objects.update(proveedor=other_supplier)
        assert supplier_person.get(address(name, rejected.pk)).status_code == 404
        assert not PreparedFile.objects.exists()

    def test_without_rejected_rows_there_is_nothing_to_make(self, staff, rejected):
        rejected.row_errors.update(corregida=True)
        page = staff.get(address("corrections", rejected.pk), follow=True).content.decode()
        assert "no tiene filas por corregir" in page
        assert staff.get(address("corrections_state", rejected.pk)).status_code == 404
        assert not PreparedFile.objects.exists()


class TestTheWork:
    def test_an_import_does_not_wait_behind_a_file_of_its_supplier(self, ask, accept):
        ask()
        assert queue.receive(0).file_id
        upload = accept(csv_bytes([row(100)]))
        delivery = queue.receive(0)
        assert (delivery.task_id, delivery.file_id) == (upload.pk, None)

    def test_a_lost_message_is_sent_again(self, ask, worker):
        ask()
        lose_messages()
        sweep.publish_waiting()
        assert queue.waiting_messages() == 0
        age(PreparedFile.objects.get(), published_at=2, created_at=2)
        sweep.publish_waiting()
        sweep.publish_waiting()
        assert queue.waiting_messages() == 1
        worker.step()
        assert ask().status_code == 200

    def test_files_that_wait_hide_no_lost_message_of_an_upload(self, ask, accept):
        upload = accept(csv_bytes([row(100)]))
        lose_messages()
        ask()
        now = database_now() - timedelta(minutes=2)
        type(upload).objects.filter(pk=upload.pk).update(published_at=now, created_at=now)
        sweep.publish_waiting()
        upload.refresh_from_db()
        assert upload.publications == 2

    def test_what_was_never_published_is_published_by_the_sweep(self, rejected, monkeypatch, worker):
        with monkeypatch.context() as patch:
            patch.setattr(
                queue, "publish_file", lambda *names: (_ for _ in ()).throw(EndpointConnectionError(endpoint_url=""))
            )
            file = prepared_files.corrections_of(rejected, "es")
        age(file, updated_at=1)
        sweep.publish_waiting()
        worker.step()
        file.refresh_from_db()
        assert file.state == "ready"

    def test_a_dead_workers_file_is_taken_over(self, rejected, worker):
        file = prepared_files.corrections_of(rejected, "es")
        lose_messages()
        PreparedFile.objects.claim(file.pk, lease())
        age(file, lease_until=2, published_at=5, created_at=5)
        sweep.publish_waiting()
        worker.step()
        file.refresh_from_db()
        assert (file.state, file.claim_number) == ("ready", 2)

    def test_a_message_of_what_another_worker_makes_is_left_to_come_back(self, rejected, worker):
        file = prepared_files.corrections_of(rejected, "es")
        PreparedFile.objects.claim(file.pk, lease())
        worker.step()
        file.refresh_from_db()
        assert (file.state, file.claim_number, queue.waiting_messages()) == ("processing", 1, 1)

    def test_a_worker_that_is_told_to_stop_gives_the_file_back(self, rejected, worker):
        file = prepared_files.corrections_of(rejected, "es")
        delivery = queue.receive(0)

        def stop(work):
            raise GiveBack

        worker._context.pause = stop
        worker._handle(delivery)
        file.refresh_from_db()
        assert (file.state, file.attempts, queue.waiting_messages()) == ("pending", 0, 1)

    def test_a_file_whose_upload_is_deleted_meanwhile_is_forgotten(self, rejected, worker):
        prepared_files.corrections_of(rejected, "es")
        delivery = queue.receive(0)

        def delete(work):
            rejected.delete()

        worker._context.pause = delete
        worker._handle(delivery)
        assert queue.waiting_messages() == 0

    def test_nothing_is_left_in_the_workers_folder(self, ask, worker):
        ask()
        worker.step()
        assert [path.name for path in worker._workplace.folder.iterdir()] == ["lock"]


# Rows whose file takes long enough to be interrupted.
LONG = 20_000


@pytest.fixture
def long(aws, accept, worker):
    """An upload of many rejected rows."""
    upload = accept(csv_bytes(row(n, precio_unitario="caro") for n in range(LONG)))
    worker.step()
    upload.refresh_from_db()
    assert upload.rechazados == LONG
    return upload


def now(file):
    return PreparedFile.objects.get(pk=file.pk)


def signalled(long, number):
    """A file whose worker got this signal while it made it, and what the worker exited with."""
    file = prepared_files.corrections_of(long, "es")
    with worker_process() as first:
        wait_for(lambda: now(file).rows_total, pause=0.01)
        first.send_signal(number)
        return file, first.wait(20)


def made_by_the_next_worker(file):
    with worker_process():
        wait_for(lambda: now(file).state == "ready", 60)
    return now(file)


@pytest.mark.processes
@pytest.mark.django_db(transaction=True)
def test_a_worker_killed_while_it_makes_a_file_is_followed_by_another(long):
    file, _status = signalled(long, signal.SIGKILL)
    assert now(file).state == "processing"
    made = made_by_the_next_worker(file)
    assert (made.rows_done, made.claim_number) == (LONG, 2)
    assert len(first_column(b"".join(storage.stream(made.s3_key)))) == LONG


@pytest.mark.processes
@pytest.mark.django_db(transaction=True)
def test_a_worker_that_gets_a_signal_leaves_between_blocks_and_the_next_one_makes_the_file(long):
    file, status = signalled(long, signal.SIGTERM)
    assert (status, now(file).state, now(file).attempts) == (0, "pending", 0)
    made_by_the_next_worker(file)


@pytest.mark.processes
@pytest.mark.django_db(transaction=True)
def test_many_who_ask_at_once_get_one_file_while_the_site_answers(long, user, api):
    token = Token.objects.get(user=user).key

    def get(path):
        with closing(http.client.HTTPConnection("127.0.0.1", port, timeout=30)) as client:
            client.request("GET", path, headers={"Authorization": f"Token {token}"})
            answer = client.getresponse()
            return answer.status, answer.read()

    with served() as port, worker_process(), ThreadPoolExecutor(25) as threads:
        asked = [threads.submit(get, f"{URL}/{long.pk}/corrections") for _ in range(24)]
        assert get("/health")[0] == 200
        assert {each.result()[0] for each in asked} == {202}
        wait_for(lambda: PreparedFile.objects.get().state == "ready", 60)
        files = [threads.submit(get, f"{URL}/{long.pk}/corrections") for _ in range(3)]
        assert {each.result()[0] for each in files} == {200}
        assert len({each.result()[1] for each in files}) == 1
    assert PreparedFile.objects.get().claim_number == 1
