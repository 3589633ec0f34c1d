"""What monitors see."""

from __future__ import annotations

import pytest

from bulk_upload import queue, storage

pytestmark = pytest.mark.django_db


@pytest.fixture
def aws(settings):
    storage.ensure_bucket()
    queue.ensure_queues()


@pytest.mark.parametrize("path", ["/health", "/health/", "/api/v1/inventory/health"])
def test_the_process_is_up(client, path):
    assert client.get(path).json() == {"status": "ok"}


def test_everything_is_ready(client, aws):
    answer = client.get("/health/ready")
    assert (answer.status_code, answer.json()["failing"]) == (200, [])


def test_a_missing_queue_is_named(client, aws, monkeypatch, settings):
    settings.SQS_QUEUE_NAME = "no-existe.fifo"
    queue.queue_url.cache_clear()
    answer = client.get("/health/ready")
    queue.queue_url.cache_clear()
    assert (answer.status_code, answer.json()["failing"]) == (503, ["queue"])


def test_a_missing_bucket_is_named(client, aws, monkeypatch):
    monkeypatch.setattr(storage, "_bucket", lambda: "no-existe")
    answer = client.get("/health/ready")
    assert (answer.status_code, answer.json()["parts"]["bucket"]) == (503, "failing")


def test_an_unknown_address_of_the_api_answers_json(client, settings):
    settings.DEBUG = False
    answer = client.get("/api/v1/catalog/nada")
    assert (answer.status_code, answer.json()["code"]) == (404, "not_found")
