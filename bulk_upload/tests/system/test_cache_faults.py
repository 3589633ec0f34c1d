"""Whatever happens to the cache, what a client reads is at most two leases older than the database."""

from __future__ import annotations

import json
import time
import uuid
from datetime import timedelta

import pytest
from django.core.cache import cache
from django.db.models import F
from django_redis import get_redis_connection

from bulk_upload import intake, progress, queue, snapshots
from bulk_upload.models import BulkUpload
from bulk_upload.tests.helpers.admin_people import address
from bulk_upload.tests.helpers.processes import wait_for
from bulk_upload.tests.helpers.rows import csv_bytes, row
from bulk_upload.tests.helpers.valkey import Valkey
from medisupply.backends import shared_cache

pytestmark = pytest.mark.django_db

LEASE_SECONDS = 1
# Two leases, and what a busy machine needs.
PATIENCE = 10
BAD_FILE = b"id,nombre\n1,a\n"


@pytest.fixture(autouse=True)
def _short_leases(settings):
    settings.BULK_UPLOAD_LEASE_SECONDS = LEASE_SECONDS
    yield
    shared_cache.ask_again()


@pytest.fixture
def valkey(settings):
    server = Valkey()
    settings.REDIS_URL = server.url
    settings.CACHES = {"default": {**settings.CACHES["default"], "LOCATION": server.url}}
    yield server
    server.kill()


def status(api, upload):
    answer = api.get(f"/api/catalog/bulk-upload/status/{upload.pk}")
    assert answer.status_code == 200
    return answer.json()["status"]


def raw(upload):
    """The server's own client, and the name under which it has the upload's snapshot."""
    return get_redis_connection("default"), cache.make_key(progress._key(upload.pk))


def claim(upload):
    return BulkUpload.objects.claim(upload.pk, timedelta(seconds=60))


def rest():
    """What a failure a moment ago leaves: the cache is not asked."""
    shared_cache._quiet_until = time.monotonic() + shared_cache.QUIET_SECONDS


FAULTS = {
    "frozen": (Valkey.freeze, Valkey.thaw),
    "full": (Valkey.fill, None),
    "restarted empty": (Valkey.restart_empty, None),
    "down": (Valkey.kill, Valkey.start),
    "not asked": (lambda _valkey: rest(), None),
}


@pytest.fixture(params=FAULTS)
def fault(request, valkey):
    """Begins when it is called, and is over (but for a full server) when it is called again."""
    steps = iter(FAULTS[request.param])

    def run():
        if step := next(steps):
            step(valkey)

    return run


def seen_by_another_process(api, upload):
    """The status, as a process reads it that has not met the fault."""
    shared_cache.ask_again()
    return status(api, upload)


def test_the_end_of_an_import_is_seen(api, accept, worker, fault, monkeypatch, staff):
    upload = accept(csv_bytes([row(1)]))
    complete = BulkUpload.complete
    monkeypatch.setattr(BulkUpload, "complete", lambda self: (complete(self), fault()))
    worker.step()
    fault()
    wait_for(lambda: seen_by_another_process(api, upload) == "completed", PATIENCE)
    assert "result" in staff.get(address("change", upload.pk)).context


def test_a_retry_is_seen(api, accept, worker, fault):
    upload = accept(BAD_FILE)
    worker.step()
    assert status(api, upload) == "failed"
    upload.refresh_from_db()
    fault()
    assert intake.retry_upload(upload)
    fault()
    wait_for(lambda: seen_by_another_process(api, upload) == "pending", PATIENCE)


def test_a_status_does_not_go_back_when_the_cache_returns(api, accept, valkey, settings):
    settings.BULK_UPLOAD_LEASE_SECONDS = 60
    upload = accept(csv_bytes([row(1)]))
    valkey.freeze()
    upload.cancel()
    snapshots.show(upload)  # is not written
    assert status(api, upload) == "cancelled"
    valkey.thaw()
    shared_cache._quiet_until = 0.0
    assert status(api, upload) == "cancelled"
    server, name = raw(upload)
    assert json.loads(server.get(name))["status"] == "cancelled"  # for the processes that saw nothing of it


def test_only_a_completed_state_is_kept_for_longer(accept, worker):
    upload = accept(csv_bytes([row(1)]))
    server, name = raw(upload)
    assert 0 < server.pttl(name) <= 2000 * LEASE_SECONDS
    worker.step()
    assert server.ttl(name) > 23 * 3600
    failed = accept(BAD_FILE)
    worker.step()
    assert 0 < server.pttl(raw(failed)[1]) <= 2000 * LEASE_SECONDS


def test_a_reader_of_a_lost_snapshot_puts_what_it_read(api, accept, django_assert_num_queries):
    upload = accept(csv_bytes([row(1)]))
    progress.forget(upload.pk)
    assert status(api, upload) == "pending"
    with django_assert_num_queries(0):
        assert status(api, upload) == "pending"


def test_an_older_snapshot_never_replaces_a_newer_one(accept):
    old = snapshots.of(accept(csv_bytes([row(1)])))
    progress.put({**old, "revision": 5, "status": "processing"})
    progress.put({**old, "revision": 4})
    assert progress.get(old["task_id"])["status"] == "processing"
    progress.put({**old, "revision": 6})
    assert progress.get(old["task_id"])["status"] == "pending"


def test_a_worker_that_is_faster_than_intake_is_not_overwritten(api, accept, monkeypatch):
    """The upload is claimed between the sending of its message and the record that it was sent."""
    publish = queue.publish
    claimed = []

    def publish_and_claim(task_id, *rest):
        publish(task_id, *rest)
        claimed.append(BulkUpload.objects.claim(task_id, timedelta(seconds=60)))
        progress.put(snapshots.of(claimed[0]))

    monkeypatch.setattr(queue, "publish", publish_and_claim)
    upload = accept(csv_bytes([row(1)]))
    assert status(api, upload) == "processing"
    assert upload.revision < claimed[0].revision == BulkUpload.objects.get().revision
    assert BulkUpload.objects.get().published_at is not None


def test_publications_are_no_part_of_the_state(accept):
    upload = accept(csv_bytes([row(1)]))
    held = claim(upload)
    before = snapshots.of(held)
    upload.refresh_from_db()
    intake.publish(upload)
    assert snapshots.of(BulkUpload.objects.get()) == before
    held.renew(timedelta(seconds=60))
    assert held.revision == BulkUpload.objects.get().revision


def test_what_the_database_says_is_shown_whatever_the_instance_holds(accept, django_assert_num_queries):
    upload = accept(csv_bytes([row(1)]))
    BulkUpload.objects.get().cancel()
    snapshots.show(upload)
    assert progress.get(upload.pk)["status"] == "cancelled"
    with django_assert_num_queries(1):  # it is shown already: its lists are not read again
        snapshots.show(upload)


class TestWhatNobodyWrote:
    """A value that is no snapshot is none: the database answers, and its state takes the value's place."""

    VALUES = (
        b"\x80broken",
        b"hola",
        b"null",
        b"7",
        b'"hola"',
        b"[]",
        b"[1, 2]",
        b"{}",
        b'{"revision": 1}',
        b"[" * 100_000,
    )

    @pytest.mark.parametrize("value", VALUES, ids=lambda value: value[:16].decode("latin-1"))
    def test_no_snapshot_at_all(self, api, accept, value, django_assert_num_queries):
        upload = accept(csv_bytes([row(1)]))
        server, name = raw(upload)
        server.set(name, value)
        assert status(api, upload) == "pending"
        with django_assert_num_queries(0):
            assert status(api, upload) == "pending"

    @pytest.mark.parametrize("key", [key for key in progress.SHAPE if key != "revision"])
    def test_a_key_is_missing_or_something_else(self, accept, key):
        snapshot = snapshots.of(accept(csv_bytes([row(1)])))
        server, name = raw(BulkUpload.objects.get())
        server.set(name, json.dumps({k: v for k, v in snapshot.items() if k != key}))
        assert progress.get(snapshot["task_id"]) is None
        server.set(name, json.dumps({**snapshot, key: [None]}))
        assert progress.get(snapshot["task_id"]) is None

    @pytest.mark.parametrize(
        "changes",
        [
            {"task_id": str(uuid.uuid4())},
            {"status": "hecho"},
            {"status": "completed"},
            {"lists": {}},
            {"counts": {"total": 1}},
            {"columns": {"id": "A"}},
            {"revision": "1"},
            {"revision": True},
        ],
    )
    def test_a_value_cannot_be(self, accept, changes):
        snapshot = snapshots.of(accept(csv_bytes([row(1)])))
        server, name = raw(BulkUpload.objects.get())
        server.set(name, json.dumps({**snapshot, **changes}))
        assert progress.get(snapshot["task_id"]) is None

    def test_a_list_of_a_result_is_not_one(self, accept, worker):
        upload = accept(csv_bytes([row(1, nombre="")]))
        worker.step()
        snapshot = progress.get(upload.pk)
        server, name = raw(upload)
        for errors in (None, ["a"], [{"fila": 2}], [{"fila": 2, "detalles": [{"columna": "id"}]}]):
            server.set(name, json.dumps({**snapshot, "lists": {**snapshot["lists"], "errores": errors}}))
            assert progress.get(upload.pk) is None

    def test_it_is_said_once_and_the_cache_is_used_on(self, accept, caplog):
        upload = accept(csv_bytes([row(1)]))
        server, name = raw(upload)
        server.set(name, b"hola")
        assert [progress.get(upload.pk) for _ in range(3)] == [None] * 3
        assert caplog.text.count("A value of the cache is ignored") == 1
        assert shared_cache.count(uuid.uuid4().hex, 60) == 1


def test_the_upload_of_a_sheet_that_is_nobodys_own_is_read_from_the_cache(accept):
    upload = accept(csv_bytes([row(1)]))
    BulkUpload.objects.update(proveedor=None, revision=F("revision") + 1)
    snapshots.show(upload)
    assert progress.get(upload.pk)["proveedor_id"] is None


def test_every_key_of_a_snapshot_is_checked_when_it_is_read(accept):
    snapshot = snapshots.of(accept(csv_bytes([row(1)])))
    assert snapshot.keys() - {"lists"} == progress.SHAPE.keys()
    assert snapshot["counts"].keys() == progress.SHAPE["counts"].keys()
