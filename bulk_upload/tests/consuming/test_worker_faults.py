"""Faults that pass do not fail an upload, and a worker that is itself at fault takes no more of them."""

from __future__ import annotations

import errno
import json
import os
import signal
import socket
import threading
import time
from datetime import timedelta

import pytest
from django.db import OperationalError, connection, connections

from bulk_upload import queue, storage
from bulk_upload.consuming import import_attempt, message_handler, redelivery_delay, temporary_folder
from bulk_upload.consuming import worker as worker_module
from bulk_upload.consuming.message_handler import WorkerUnfit
from bulk_upload.models import BulkUpload, WorkerHeartbeat
from bulk_upload.tests.helpers.processes import supervised, wait_for, worker_process
from bulk_upload.tests.helpers.queues import dead_letters, waiting
from bulk_upload.tests.helpers.rows import csv_bytes, row
from bulk_upload.tests.helpers.tcp_proxy import TcpProxy
from catalog.models import Product
from medisupply.backends.database import database_now, database_session, end_session

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("aws")]


def raising(error):
    def run(*args, **more):
        raise error

    return run


@pytest.fixture
def again(worker, monkeypatch):
    """Lets the worker meet its upload again, whatever delay its message was given."""
    monkeypatch.setattr(redelivery_delay, "FIRST_DELAY", 0)
    return worker.step


@pytest.mark.parametrize(
    "fault",
    [storage.StorageDown("503"), OperationalError("the database restarts"), ConnectionError("reset"), OSError("?")],
    ids=lambda fault: type(fault).__name__,
)
def test_a_passing_fault_is_tried_again_for_a_day(accept, again, monkeypatch, settings, fault):
    upload = accept(csv_bytes([row(1)]))
    with monkeypatch.context() as patch:
        patch.setattr(import_attempt, "import_table", raising(fault))
        for _ in range(8):
            assert again()
        upload.refresh_from_db()
        assert (upload.status, upload.attempts, upload.faults, waiting()) == ("processing", 0, 8, (1, 0))
    again()
    upload.refresh_from_db()
    assert (upload.status, upload.faults, upload.faulty_since) == ("completed", 0, None)


def test_after_a_day_of_faults_an_upload_fails_in_words(accept, again, monkeypatch):
    upload = accept(csv_bytes([row(1)]))
    monkeypatch.setattr(storage, "stream", raising(storage.StorageDown("503")))
    again()
    BulkUpload.objects.update(faulty_since=database_now() - timedelta(hours=23))
    again()
    upload.refresh_from_db()
    assert upload.status == "processing"
    BulkUpload.objects.update(faulty_since=database_now() - timedelta(hours=24))
    again()
    upload.refresh_from_db()
    assert (upload.status, upload.error_code) == ("failed", "attempts_exhausted")
    assert [json.loads(body)["task_id"] for body in dead_letters()] == [str(upload.pk)]


def test_the_delay_grows_to_ten_minutes(accept, worker, monkeypatch):
    accept(csv_bytes([row(1)]))
    delays = []
    monkeypatch.setattr(queue, "set_visibility", lambda delivery, seconds: delays.append(seconds))
    monkeypatch.setattr(storage, "stream", raising(storage.StorageDown("503")))
    delivery = queue.receive(0)
    for _ in range(10):
        worker._handler.handle(delivery)
    assert 2 <= delays[0] <= 8
    assert 300 <= delays[-1] <= 900


@pytest.mark.parametrize(
    "error", [OSError(errno.ENOSPC, "No space left on device"), MemoryError()], ids=["disk", "memory"]
)
def test_a_worker_whose_machine_is_at_fault_leaves_and_the_file_is_not_blamed(accept, worker, monkeypatch, error):
    upload = accept(csv_bytes([row(1)]))
    accept(csv_bytes([row(2)]))
    monkeypatch.setattr(import_attempt, "import_table", raising(error))
    assert worker.run(max_messages=5) == 1
    upload.refresh_from_db()
    assert (worker.exit_status, upload.status, upload.attempts, upload.faults) == (75, "processing", 0, 1)


def test_a_fault_of_the_machine_is_found_under_what_it_was_reported_as(worker, monkeypatch, accept):
    accept(csv_bytes([row(1)]))
    try:
        raise storage.StorageDown("the disk") from OSError(errno.ENOSPC, "No space left on device")
    except storage.StorageDown as error:
        monkeypatch.setattr(storage, "stream", raising(error))
    with pytest.raises(WorkerUnfit):
        worker._handler.handle(queue.receive(0))


def test_without_room_on_its_disk_a_worker_takes_no_message(accept, worker, monkeypatch, settings):
    accept(csv_bytes([row(1)]))
    monkeypatch.setattr(worker_module, "PAUSE", 0)
    settings.BULK_UPLOAD_MAX_BYTES = 10**18
    assert worker.step() is False
    assert waiting() == (1, 0)


def test_an_unknown_upload_is_waited_for_and_then_dead_lettered(accept, worker, monkeypatch, caplog):
    monkeypatch.setattr(message_handler, "UNKNOWN_DELAY", 0)
    upload = accept(csv_bytes([row(1)]))
    BulkUpload.objects.filter(pk=upload.pk).delete()
    for _ in range(4):
        worker.step()
    assert waiting() == (1, 0)
    assert str(upload.pk) in caplog.text
    worker.step()
    assert (waiting(), len(dead_letters())) == ((0, 0), 1)


def test_a_database_that_knows_the_upload_again_imports_it(accept, worker, monkeypatch):
    monkeypatch.setattr(message_handler, "UNKNOWN_DELAY", 0)
    upload = accept(csv_bytes([row(1)]))
    BulkUpload.objects.filter(pk=upload.pk).delete()
    worker.step()
    upload.save(force_insert=True)
    worker.step()
    upload.refresh_from_db()
    assert upload.status == "completed"


def test_a_body_of_a_hundred_thousand_brackets_is_a_dead_letter(worker):
    body = "[" * 100_000
    queue.client().send_message(
        QueueUrl=queue.queue_url(), MessageBody=body, MessageGroupId="x", MessageDeduplicationId="x"
    )
    worker.step()
    assert (waiting(), dead_letters()) == ((0, 0), [body])


def test_the_name_of_a_sheet_is_as_long_as_its_field(accept):
    upload = accept(csv_bytes([row(1)]))
    claimed = BulkUpload.objects.claim(upload.pk, timedelta(seconds=30))
    claimed.record_table(total=1, sheet="h" * 300, encoding="", delimiter="", header_positions={}, next_row=2)
    upload.refresh_from_db()
    assert upload.sheet == "h" * 255


def test_a_delivery_of_a_live_claim_comes_back_when_its_lease_ends(accept, worker, monkeypatch):
    upload = accept(csv_bytes([row(1)]))
    BulkUpload.objects.claim(upload.pk, timedelta(seconds=7))
    delays = []
    monkeypatch.setattr(queue, "set_visibility", lambda delivery, seconds: delays.append(seconds))
    worker.step()
    assert 6 <= delays[0] <= 8


def test_a_reader_that_is_killed_twice_ends_the_upload_and_redrive_brings_it_back(accept, again, monkeypatch):
    from django.core.management import call_command

    from bulk_upload.reading import child_process

    upload = accept(csv_bytes([row(1)]))

    def killed(child, job, on_wait):
        child.line()
        child._ready = True
        child._server.close()

    with monkeypatch.context() as patch:
        patch.setattr(child_process.Child, "ask", killed)
        again()
        upload.refresh_from_db()
        assert (upload.status, upload.reader_kills) == ("processing", 1)
        again()
    upload.refresh_from_db()
    assert (upload.status, upload.error_code) == ("failed", "attempts_exhausted")
    call_command("redrive_bulk_uploads")
    again()
    upload.refresh_from_db()
    assert (upload.status, upload.reader_kills) == ("completed", 0)


def test_leftovers_of_killed_workers_are_removed_and_folders_in_use_are_not(tmp_path, settings):
    settings.BULK_UPLOAD_TEMP_DIR = str(tmp_path)
    living = temporary_folder.Workplace()
    (living.folder / "file.csv").write_bytes(b"x")
    dead = tmp_path / "bulk-upload-dead"
    dead.mkdir()
    (dead / "lock").touch()
    (dead / "file.csv").write_bytes(b"x")
    old = tmp_path / "bulk-upload-old"
    old.mkdir()
    os.utime(old, (1, 1))
    assert temporary_folder.remove_leftovers() == 2
    assert list(tmp_path.iterdir()) == [living.folder]
    living.close()
    assert list(tmp_path.iterdir()) == []


def test_a_worker_shows_that_it_lives_and_takes_leave(accept, worker):
    worker.step()
    beat = WorkerHeartbeat.objects.get()
    assert abs((database_now() - beat.seen_at).total_seconds()) < 10
    worker.close()
    assert not WorkerHeartbeat.objects.exists()


@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has no sessions to end")
@pytest.mark.django_db(transaction=True)
def test_a_takeover_ends_the_session_of_the_dead_worker_and_frees_its_locks(accept, worker, settings):
    """The holder is frozen in the middle of a COPY into the products, which no idle timeout sees."""
    upload = accept(csv_bytes([row(1)]))
    copying = threading.Event()
    ended = []

    def hold():
        try:
            BulkUpload.objects.claim(upload.pk, timedelta(seconds=0))
            with connection.cursor() as cursor:
                cursor.execute("BEGIN")
                cursor.execute("LOCK TABLE catalog_product IN SHARE ROW EXCLUSIVE MODE")
                copying.set()
                cursor.execute("SELECT pg_sleep(60)")
        except OperationalError as error:
            ended.append(str(error))
        finally:
            connections.close_all()

    holder = threading.Thread(target=hold)
    holder.start()
    copying.wait(10)
    settings.BULK_UPLOAD_LEASE_SECONDS = 2
    time.sleep(1.5)
    worker.step()
    holder.join(10)
    upload.refresh_from_db()
    assert (upload.status, Product.objects.count()) == ("completed", 1)
    assert ended


@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has no sessions to end")
def test_the_session_of_a_worker_that_gave_its_upload_back_is_left_alone(accept):
    upload = accept(csv_bytes([row(1)]))
    claimed = BulkUpload.objects.claim(upload.pk, timedelta(seconds=30))
    assert claimed.holder_session == database_session()
    claimed.give_back()
    assert BulkUpload.objects.get(pk=upload.pk).holder_session == ""
    assert end_session("1:1.5", silent_for=timedelta(0)) is False


@pytest.fixture
def hanging_s3():
    """A server that accepts connections and never answers; gives its address."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        held = []

        def accept_all():
            while True:
                try:
                    held.append(server.accept())
                except OSError:
                    return

        threading.Thread(target=accept_all, daemon=True).start()
        yield f"http://127.0.0.1:{server.getsockname()[1]}"


@pytest.mark.processes
@pytest.mark.django_db(transaction=True)
def test_a_stop_interrupts_a_download_that_hangs(accept, hanging_s3):
    upload = accept(csv_bytes([row(1)]))
    with worker_process(AWS_ENDPOINT_URL_S3=hanging_s3) as process:
        wait_for(lambda: BulkUpload.objects.get(pk=upload.pk).claim_number)
        time.sleep(0.5)
        process.send_signal(signal.SIGTERM)
        assert process.wait(5) == 0
    upload.refresh_from_db()
    assert (upload.status, upload.attempts) == ("processing", 0)
    assert upload.lease_until <= database_now()


@pytest.mark.processes
@pytest.mark.django_db(transaction=True)
def test_a_download_slower_than_the_lease_is_not_taken_over(accept):
    upload = accept(csv_bytes([row(n) for n in range(1, 6_001)]))
    with TcpProxy(os.environ["AWS_ENDPOINT_URL"]) as slow_s3:
        slow_s3.delay(0.4)  # for each 64 KB
        with supervised(2, AWS_ENDPOINT_URL_S3=slow_s3.url):
            wait_for(lambda: BulkUpload.objects.get(pk=upload.pk).is_final, 60)
    upload.refresh_from_db()
    assert upload.size > 10 * 65_536  # four seconds, two leases
    assert (upload.status, upload.exitosos, upload.claim_number) == ("completed", 6_000, 1)
