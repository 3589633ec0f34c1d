"""The figures of database and queue that Prometheus is given, and what it is given when a part is away."""

from __future__ import annotations

import threading
import uuid
from datetime import timedelta

import pytest
from django.db import connection
from prometheus_client import CollectorRegistry, generate_latest

from bulk_upload import queue
from bulk_upload.models import BulkUpload, Status, WorkerHeartbeat
from bulk_upload.tests.helpers.rows import csv_bytes, row
from bulk_upload.tests.helpers.scraping import samples
from medisupply import readings
from medisupply.backends.database import database_now
from medisupply.metrics.declared import PARTS, READ, STATES
from medisupply.readings import Readings

# They are read on connections of their own, which see what is committed.
pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def read(aws):
    """All figures, asked for anew."""

    def run(parts=None):
        registry = CollectorRegistry()
        registry.register(Readings(parts))
        return samples(generate_latest(registry).decode())

    return run


@pytest.fixture
def upload_in(supplier):
    """Makes uploads in a state, accepted some days ago."""

    def make(state, days=0.0, count=1):
        accepted = database_now() - timedelta(days=days)
        ended = None if state in ("pending", "processing") else accepted
        names = {"proveedor": supplier, "filename": "a.csv", "file_format": "csv", "size": 1, "sheet_name": "productos"}
        BulkUpload.objects.bulk_create(
            BulkUpload(**names, status=state, created_at=accepted, completed_at=ended, s3_key=f"k{n}", number=n)
            for n in range(count)
        )

    return make


def test_the_states_are_those_of_uploads():
    assert set(STATES) == set(Status.values)


def test_a_system_at_rest(read):
    assert read() == {
        **{f'medisupply_uploads{{state="{state}"}}': 0 for state in STATES},
        **{f'medisupply_scrape_error{{part="{part}"}}': 0 for part in PARTS},
        "medisupply_oldest_waiting_seconds": 0,
        "medisupply_workers": 0,
        "medisupply_queue_messages": 0,
        "medisupply_dead_letters": 0,
    }


def test_every_figure_that_is_declared_is_read(read):
    assert {name.partition("{")[0] for name in read()} == {metric.name for metric in READ}
    assert set(PARTS) == set(readings.PARTS)


def test_uploads_are_counted_by_state_ended_ones_for_a_day(read, upload_in):
    upload_in("pending", days=3, count=2)
    upload_in("processing", days=3)
    upload_in("completed", count=4)
    upload_in("completed", days=1.1, count=5)
    upload_in("failed", days=0.9, count=3)
    figures = read()
    assert [figures[f'medisupply_uploads{{state="{state}"}}'] for state in STATES] == [2, 1, 4, 3, 0]


def test_the_wait_of_the_oldest_and_the_messages(read, accept):
    upload = accept(csv_bytes([row(1)]))
    accept(csv_bytes([row(2)]))
    BulkUpload.objects.filter(pk=upload.pk).update(updated_at=database_now() - timedelta(hours=1))
    figures = read()
    assert figures["medisupply_oldest_waiting_seconds"] == pytest.approx(3600, abs=60)
    assert figures["medisupply_queue_messages"] == 2


def test_workers_that_live_and_dead_letters(read):
    now = database_now()
    for name, seen_at in (("a", now), ("b", now), ("dead", now - timedelta(seconds=31))):
        WorkerHeartbeat.objects.create(name=name, started_at=now, seen_at=seen_at)
    queue.publish(uuid.uuid4(), "PROV001", 1)
    queue.to_dead_letters(queue.receive(0))
    figures = read()
    assert (figures["medisupply_workers"], figures["medisupply_dead_letters"]) == (2, 1)


class TestAway:
    """What is not known is missing, and said to be."""

    def errors(self, figures):
        return [part for part in PARTS if figures[f'medisupply_scrape_error{{part="{part}"}}']]

    def test_the_queue(self, read, settings):
        settings.SQS_QUEUE_NAME = "no-existe.fifo"
        queue.queue_url.cache_clear()
        try:
            figures = read()
        finally:
            queue.queue_url.cache_clear()
        assert self.errors(figures) == ["queue"]
        assert "medisupply_queue_messages" not in figures
        assert figures["medisupply_oldest_waiting_seconds"] == 0

    def test_the_cache(self, read, no_redis):
        figures = read()
        assert self.errors(figures) == ["cache"]
        assert figures["medisupply_queue_messages"] == 0

    def test_the_database(self, read, settings):
        def refuse():
            raise OSError("connection refused")

        database = dict.fromkeys(readings.PARTS["database"], refuse)
        figures = read({**readings.PARTS, "database": database})
        assert self.errors(figures) == ["database"]
        assert not {"medisupply_workers", "medisupply_oldest_waiting_seconds"} & set(figures)
        assert (figures["medisupply_queue_messages"], figures["medisupply_dead_letters"]) == (0, 0)

    def test_a_part_that_hangs(self, read, monkeypatch):
        monkeypatch.setattr(readings, "DEADLINE_SECONDS", 0.3)
        answers = threading.Event()
        dead_letters = {"medisupply_queue_messages": lambda: {(): 7}, "medisupply_dead_letters": answers.wait}
        figures = read({**readings.PARTS, "queue": dead_letters})
        answers.set()
        assert self.errors(figures) == ["queue"]
        assert (figures["medisupply_queue_messages"], figures["medisupply_workers"]) == (7, 0)
        assert "medisupply_dead_letters" not in figures


class TestCost:
    def test_many_questions_are_one_reading(self):
        read = []
        parts = {"queue": {"medisupply_dead_letters": lambda: read.append(1) or {(): 2}}}
        registry = CollectorRegistry()
        registry.register(Readings(parts))
        texts = {generate_latest(registry) for _ in range(10)}
        assert (len(read), len(texts)) == (1, 1)

    @pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has no time limit of statements")
    def test_a_statement_that_waits_for_a_lock_is_ended_by_the_database(self, monkeypatch):
        monkeypatch.setattr(readings, "DEADLINE_SECONDS", 0.3)
        locked, read = threading.Event(), threading.Event()

        def lock():
            with connection.cursor() as cursor:
                cursor.execute("BEGIN")
                cursor.execute("LOCK TABLE bulk_upload_bulkupload IN ACCESS EXCLUSIVE MODE")
                locked.set()
                read.wait(20)
                cursor.execute("ROLLBACK")
            connection.close()

        thread = threading.Thread(target=lock)
        thread.start()
        locked.wait(20)
        with pytest.raises(Exception, match="statement timeout"):
            readings.PARTS["database"]["medisupply_uploads"]()
        read.set()
        thread.join()

    @pytest.mark.skipif(connection.vendor != "postgresql", reason="the plan is PostgreSQL's")
    def test_uploads_are_counted_by_indexes_alone_however_many_have_ended(self, upload_in, django_assert_num_queries):
        upload_in("completed", days=40, count=20_000)
        upload_in("pending", days=3, count=3)
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE bulk_upload_bulkupload")
        since = database_now() - timedelta(days=1)
        with django_assert_num_queries(1) as asked:
            assert BulkUpload.objects.counted_by_state(accepted_since=since) == {"pending": 3}
        with connection.cursor() as cursor:
            cursor.execute(f"EXPLAIN {asked[0]['sql']}")
            plan = "\n".join(line for (line,) in cursor.fetchall())
        assert "upload_newest" in plan
        assert "upload_unfinished_in_order" in plan
        assert "Seq Scan" not in plan
