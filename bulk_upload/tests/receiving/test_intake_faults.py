"""The database fails while an upload is recorded: what was accepted is kept, and what is answered is true."""

from __future__ import annotations

import threading
import time
import uuid
from datetime import timedelta

import pytest
from django.core.files.storage import default_storage
from django.db import DEFAULT_DB_ALIAS, IntegrityError, OperationalError, connection, connections, transaction
from django.db.models.signals import pre_save

from bulk_upload import intake, progress, queue, snapshots, storage
from bulk_upload.models import BulkUpload
from bulk_upload.receiving import recording
from bulk_upload.tests.helpers.processes import database_url
from bulk_upload.tests.helpers.rows import csv_bytes, row
from bulk_upload.tests.helpers.tcp_proxy import TcpProxy
from bulk_upload.tests.helpers.upload_api import URL, a_file, refused, stored
from catalog.models import Supplier
from catalog.sheets.products import PRODUCTS

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("aws")]


class Line:
    """The line to PostgreSQL, cut around COMMIT by a real proxy."""

    def __init__(self, proxy):
        self.cut_before_commit = lambda **more: proxy.cut_before(b"COMMIT", **more)
        self.cut_after_commit = lambda **more: proxy.cut_after(b"COMMIT", **more)
        self.mend = proxy.forward


class SimulatedLine:
    """The same for SQLite, which has no line: what Django calls to commit raises."""

    def __init__(self, monkeypatch):
        self._real = connections[DEFAULT_DB_ALIAS]
        self._commit, self._connect = self._real.commit, self._real.get_new_connection
        self._patch = monkeypatch

    def cut_before_commit(self, **more):
        self._cut(self._real.rollback, **more)

    def cut_after_commit(self, **more):
        self._cut(self._commit, **more)

    def mend(self):
        self._patch.setattr(self._real, "commit", self._commit)
        self._patch.setattr(self._real, "get_new_connection", self._connect)

    def _cut(self, first, *, stay_cut=False):
        def commit():
            first()
            self.mend()
            if stay_cut:
                self._patch.setattr(self._real, "get_new_connection", away)
            raise OperationalError("the connection was lost")

        def away(parameters):
            raise OperationalError("there is no database")

        self._patch.setattr(self._real, "commit", commit)


@pytest.fixture
def line(monkeypatch, api):
    monkeypatch.setattr(recording, "PATIENCE_SECONDS", 0.3)
    if connection.vendor != "postgresql":
        line = SimulatedLine(monkeypatch)
        yield line
        line.mend()
        return
    with TcpProxy(database_url()) as proxy:
        before = dict(connection.settings_dict)
        connection.close()
        connection.settings_dict.update(HOST="127.0.0.1", PORT=proxy.port)
        connection.ensure_connection()
        yield Line(proxy)
        connection.close()
        connection.settings_dict.update(before)


def send(api, key="", content=None):
    headers = {"Idempotency-Key": key} if key else {}
    return api.post(URL, {"file": a_file(content=content)}, headers=headers)


def test_a_commit_whose_answer_is_lost_is_accepted_and_its_file_kept(api, line, worker):
    before = stored()
    line.cut_after_commit()
    answer = send(api)
    assert answer.status_code == 202
    upload = BulkUpload.objects.get()
    assert (str(upload.pk), stored() - before) == (answer.json()["task_id"], {upload.s3_key})
    worker.step()
    upload.refresh_from_db()
    assert upload.status == "completed"


def test_a_commit_that_never_arrived_is_made_again(api, line):
    before = stored()
    line.cut_before_commit()
    answer = send(api)
    assert (answer.status_code, len(stored() - before)) == (202, 1)
    assert str(BulkUpload.objects.get().pk) == answer.json()["task_id"]


@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has one writer at a time")
def test_a_commit_that_is_still_under_way_is_waited_for(supplier):
    fields = {"proveedor": supplier, "filename": "a.csv", "file_format": "csv", "s3_key": "k", "size": 1}
    task_id, inserted = uuid.uuid4(), threading.Event()

    def first():
        with transaction.atomic():
            BulkUpload.objects.create(task_id=task_id, **fields)
            inserted.set()
            time.sleep(0.3)
        connection.close()

    other = threading.Thread(target=first)
    other.start()
    inserted.wait()
    assert recording._insert_or_find(task_id, **fields).pk == task_id
    other.join()


@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has no sessions")
def test_a_process_that_stood_still_within_its_transaction_records_the_upload_afterwards(supplier):
    """As one that was frozen: the server has ended its session meanwhile, by `idle_in_transaction_session_timeout`."""
    stood = []

    def stand_still(**kwargs):
        if not stood:
            stood.append(time.sleep(0.5))

    with connection.cursor() as cursor:
        cursor.execute("SET idle_in_transaction_session_timeout = '100ms'")
    pre_save.connect(stand_still, sender=BulkUpload)
    try:
        fields = {"proveedor": supplier, "filename": "a.csv", "file_format": "csv", "s3_key": "k", "size": 1}
        upload = recording.record(uuid.uuid4(), **fields)
    finally:
        pre_save.disconnect(stand_still, sender=BulkUpload)
    assert stood
    assert BulkUpload.objects.filter(pk=upload.pk).count() == 1


@pytest.mark.parametrize("cut", ["cut_before_commit", "cut_after_commit"])
def test_while_nobody_knows_the_answer_is_503_and_the_file_stays(api, line, cut):
    before = stored()
    getattr(line, cut)(stay_cut=True)
    answer = send(api, "clave-1")
    refused(answer, 503, "database_unavailable")
    assert (answer["Retry-After"], len(stored() - before)) == ("5", 1)
    line.mend()
    again = send(api, "clave-1")
    upload = BulkUpload.objects.get()
    assert (again.status_code, again.json()["task_id"]) == (202, str(upload.pk))
    assert default_storage.exists(upload.s3_key)


def test_a_row_that_the_database_refuses_leaves_no_file(supplier, user):
    before = stored()
    Supplier.objects.all().delete()
    with pytest.raises(IntegrityError):
        intake.accept_upload(file=a_file(), sheet=PRODUCTS, owner=supplier, user=user, reemplazar_duplicados=False)
    assert (stored(), BulkUpload.objects.count()) == (before, 0)


def test_an_upload_that_is_recorded_is_accepted_though_the_database_fails_at_its_publication(api, monkeypatch):
    def away(upload):
        raise OperationalError("away")

    monkeypatch.setattr(BulkUpload, "next_publication", away)
    assert send(api).status_code == 202


class TestAFileThatIsLost:
    def lose(self, worker, api, key):
        upload = BulkUpload.objects.get(pk=send(api, key).json()["task_id"])
        default_storage.delete(upload.s3_key)
        worker.step()
        upload.refresh_from_db()
        assert (upload.status, upload.error_code) == ("failed", "file_missing")
        return upload

    def test_the_same_key_again_gives_the_task_the_file_that_was_just_sent(self, api, worker):
        upload = self.lose(worker, api, "clave-1")
        again = send(api, "clave-1")
        assert (again.status_code, again.json()["task_id"]) == (202, str(upload.pk))
        worker.step()
        upload.refresh_from_db()
        assert (upload.status, upload.creados) == ("completed", 1)

    def test_so_does_it_when_the_stored_file_was_replaced(self, api, worker):
        upload = BulkUpload.objects.get(pk=send(api, "clave-1").json()["task_id"])
        default_storage.bucket.put_object(Key=upload.s3_key, Body=b"otra cosa")
        worker.step()
        send(api, "clave-1")
        worker.step()
        upload.refresh_from_db()
        assert (upload.status, upload.creados) == ("completed", 1)

    def test_a_task_that_waits_takes_it_too(self, api, worker):
        upload = BulkUpload.objects.get(pk=send(api).json()["task_id"])
        default_storage.delete(upload.s3_key)
        assert send(api).json()["task_id"] == str(upload.pk)
        worker.step()
        upload.refresh_from_db()
        assert upload.status == "completed"

    def test_without_a_key_the_same_file_is_a_new_task(self, api, worker):
        """What is sent now is meant now: the dead task has a place before later lists."""
        upload = self.lose(worker, api, "")
        again = send(api)
        assert (again.status_code, again.json()["task_id"] != str(upload.pk)) == (202, True)

    def test_with_the_store_away_it_is_refused_and_may_be_sent_again(self, api, worker, monkeypatch):
        upload = self.lose(worker, api, "clave-1")
        with monkeypatch.context() as patch:
            patch.setattr(storage, "save", _down)
            refused(send(api, "clave-1"), 503, "storage_unavailable")
        send(api, "clave-1")
        worker.step()
        upload.refresh_from_db()
        assert upload.status == "completed"

    def test_a_task_that_failed_for_its_content_stays_as_it_is(self, api, worker):
        first = send(api, "clave-1", b"hola\n")
        worker.step()
        before = stored()
        assert send(api, "clave-1", b"hola\n").json() == first.json()
        assert (stored(), BulkUpload.objects.get().status) == (before, "failed")


def _down(*arguments):
    raise storage.StorageDown("503")


@pytest.mark.parametrize("again", [False, True], ids=["accepted", "retried"])
def test_intakes_snapshot_never_replaces_that_of_a_worker_that_was_faster(accept, monkeypatch, again):
    """The message is worked on before intake has come back from sending it."""

    def fast_worker(task_id, supplier, number):
        claimed = BulkUpload.objects.claim(task_id, timedelta(seconds=60))
        progress.put(snapshots.of(claimed))

    if again:
        upload = accept(csv_bytes([row(1)]))
        intake.cancel_upload(upload)
    monkeypatch.setattr(queue, "publish", fast_worker)
    if again:
        assert intake.retry_upload(upload)
    else:
        upload = accept(csv_bytes([row(1)]))
    assert progress.get(upload.pk)["status"] == "processing"
    assert uuid.UUID(progress.get(upload.pk)["task_id"]) == upload.pk
