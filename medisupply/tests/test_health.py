"""What load balancers and monitors see."""

from __future__ import annotations

import threading
from datetime import timedelta

import pytest

from bulk_upload import queue, storage
from bulk_upload.models import BulkUpload, WorkerHeartbeat
from bulk_upload.tests.helpers.rows import csv_bytes, row
from bulk_upload.tests.helpers.serving import exchange, served
from bulk_upload.tests.helpers.valkey import Valkey
from medisupply import health, readiness
from medisupply.backends.database import database_now
from medisupply.readiness import Readiness, Result

pytestmark = pytest.mark.django_db
# The checks have connections of their own, which see what is committed.
committed = pytest.mark.django_db(transaction=True)

PROBES = ("/health", "/health/", "/health/ready", "/api/v1/inventory/health")


@pytest.fixture(autouse=True)
def _nothing_is_known_yet(monkeypatch):
    monkeypatch.setattr(health, "readiness", Readiness())


@pytest.fixture
def heartbeat():
    """A worker that was seen a moment ago."""
    return WorkerHeartbeat.objects.create(name="a", started_at=database_now(), seen_at=database_now())


@pytest.fixture
def ask(client, aws, heartbeat):
    def run():
        answer = client.get("/health/ready")
        return answer.status_code, answer.json()

    return run


@pytest.mark.parametrize("path", ["/health", "/health/", "/api/v1/inventory/health"])
def test_the_process_is_up(client, path):
    assert client.get(path).json() == {"status": "ok"}


@committed
def test_everything_is_ready(ask):
    code, body = ask()
    assert code == 200
    assert body == {
        "status": "ok",
        "parts": dict.fromkeys(("database", "workers", "waiting", "bucket", "cache", "queue", "dead_letters"), "ok"),
        "failing": [],
        "degraded": [],
        "workers": 1,
        "oldest_waiting_seconds": None,
        "dead_letters": 0,
    }


@pytest.mark.parametrize("path", PROBES)
def test_an_address_that_is_no_allowed_host_is_answered_without_tls(client, aws, settings, path):
    settings.ALLOWED_HOSTS = ["medisupply.example"]
    settings.SECURE_SSL_REDIRECT = True
    answer = client.get(path, HTTP_HOST="10.0.0.7:8000")
    assert (answer.status_code, answer["Cache-Control"]) == (200, "no-store")
    assert client.get("/api/docs", HTTP_HOST="10.0.0.7:8000").status_code == 400


@pytest.mark.parametrize("path", PROBES)
def test_it_is_only_read(client, path):
    answer = client.post(path)
    assert (answer.status_code, answer["Allow"]) == (405, "GET, HEAD")


@pytest.mark.processes
def test_in_production_a_load_balancer_asks_by_ip(aws):
    production = {"DEBUG": "false", "ALLOWED_HOSTS": "medisupply.example"}
    with served(**production, SECURE_SSL_REDIRECT="true", TRUSTED_PROXIES="1") as port:
        for method in ("GET", "HEAD"):
            request = f"{method} /health/ready HTTP/1.1\r\nHost: 10.0.0.7\r\nConnection: close\r\n\r\n"
            code, body = exchange(port, request.encode())
            assert (code, body[:11]) == (200, '{"status": ' if method == "GET" else "")


@committed
class TestRequired:
    def test_a_missing_bucket_is_named(self, ask, monkeypatch):
        monkeypatch.setattr(storage, "_bucket", lambda: "no-existe")
        code, body = ask()
        assert (code, body["status"], body["failing"]) == (503, "unavailable", ["bucket"])
        assert (body["parts"]["bucket"], body["parts"]["database"]) == ("failing", "ok")

    def test_without_the_database_what_it_knows_is_unknown(self, ask, monkeypatch):
        def refuse() -> Result:
            raise OSError("connection refused")

        checks = {**readiness.SERVICES[0], "database": refuse}
        monkeypatch.setattr(health, "readiness", Readiness([checks, *readiness.SERVICES[1:]]))
        code, body = ask()
        assert (code, body["failing"], body["degraded"]) == (503, ["database"], [])
        assert (body["parts"]["workers"], body["workers"], body["dead_letters"]) == ("unknown", None, 0)


@committed
class TestDegraded:
    """Uploads and states are served on, so the site stays in its load balancer."""

    def degraded(self, ask):
        code, body = ask()
        assert (code, body["status"], body["failing"]) == (200, "degraded", [])
        assert [body["parts"][name] for name in body["degraded"]] == ["degraded"] * len(body["degraded"])
        return body["degraded"], body

    def test_a_missing_queue(self, ask, settings):
        settings.SQS_QUEUE_NAME = "no-existe.fifo"
        queue.queue_url.cache_clear()
        try:
            names, body = self.degraded(ask)
        finally:
            queue.queue_url.cache_clear()
        assert (names, body["dead_letters"]) == (["queue"], None)

    @pytest.mark.parametrize("fault", [Valkey.freeze, Valkey.fill, Valkey.kill])
    def test_a_cache_that_takes_nothing(self, ask, settings, fault):
        valkey = Valkey()
        settings.CACHES = {"default": {**settings.CACHES["default"], "LOCATION": valkey.url}}
        try:
            fault(valkey)
            assert self.degraded(ask)[0] == ["cache"]
        finally:
            valkey.kill()

    def test_no_worker_is_alive(self, ask, heartbeat):
        heartbeat.seen_at -= timedelta(seconds=31)
        heartbeat.save()
        names, body = self.degraded(ask)
        assert (names, body["workers"]) == (["workers"], 0)

    def test_an_upload_waits_for_long(self, ask, accept):
        upload = accept(csv_bytes([row(1)]))
        BulkUpload.objects.filter(pk=upload.pk).update(updated_at=database_now() - timedelta(hours=1))
        names, body = self.degraded(ask)
        assert (names, body["oldest_waiting_seconds"]) == (["waiting"], pytest.approx(3600, abs=60))

    def test_the_upload_of_a_dead_worker_waits_too(self, ask, accept):
        upload = accept(csv_bytes([row(1)]))
        BulkUpload.objects.claim(upload.pk, timedelta(hours=-1))
        names, body = self.degraded(ask)
        assert (names, body["oldest_waiting_seconds"]) == (["waiting"], pytest.approx(3600, abs=60))
        BulkUpload.objects.claim(upload.pk, timedelta(seconds=60))  # it is worked on again
        health.readiness = Readiness()
        assert ask()[1]["oldest_waiting_seconds"] is None

    def test_a_dead_letter(self, ask):
        queue.client().send_message(
            QueueUrl=queue.queue_url(), MessageBody="hola", MessageGroupId="a", MessageDeduplicationId="a"
        )
        queue.to_dead_letters(queue.receive(0))
        names, body = self.degraded(ask)
        assert (names, body["dead_letters"]) == (["dead_letters"], 1)


class TestCost:
    def test_many_questions_are_one_check(self):
        checked = []
        ready = Readiness([{"database": lambda: checked.append(1) or Result(is_ok=True)}])
        assert [ready.report()["status"] for _ in range(10)] == ["ok"] * 10
        assert len(checked) == 1

    def test_a_part_that_hangs_is_failing_and_is_asked_by_one_thread(self, monkeypatch):
        monkeypatch.setattr(readiness, "KEPT_SECONDS", 0.0)
        monkeypatch.setattr(readiness, "DEADLINE_SECONDS", 0.1)
        answers, asked = threading.Event(), []

        def hang() -> Result:
            asked.append(1)
            answers.wait()
            return Result(is_ok=True)

        ready = Readiness([{"database": hang}, {"cache": lambda: Result(is_ok=True)}])
        for _ in range(3):
            report = ready.report()
            assert (report["failing"], report["parts"]["cache"]) == (["database"], "ok")
        assert len(asked) == 1
        answers.set()
        monkeypatch.setattr(readiness, "DEADLINE_SECONDS", 10.0)
        assert ready.report()["status"] == "ok"

    def test_while_one_thread_checks_the_others_are_given_the_last_report(self, monkeypatch):
        monkeypatch.setattr(readiness, "KEPT_SECONDS", 0.0)
        asked, answers = threading.Semaphore(0), threading.Semaphore(1)

        def wait() -> Result:
            asked.release()
            answers.acquire()
            return Result(is_ok=True)

        ready = Readiness([{"database": wait}])
        first = ready.report()
        asked.acquire()
        thread = threading.Thread(target=ready.report)
        thread.start()
        asked.acquire()
        assert ready.report() is first
        answers.release()
        thread.join()


def test_an_unknown_address_of_the_api_answers_json(client, settings):
    settings.DEBUG = False
    answer = client.get("/api/v1/catalog/nada")
    assert (answer.status_code, answer.json()["code"]) == (404, "not_found")
