"""Two writes of one product at the same moment: one waits or is repeated; what cannot be done now is 503, never 500."""

from __future__ import annotations

import threading

import psycopg
import pytest
from django.db import IntegrityError, OperationalError, connection, transaction

from bulk_upload.tests.helpers.processes import wait_for
from bulk_upload.tests.helpers.rows import row
from catalog.api.items import changes
from catalog.models import Category, Product

URL = "/api/v1/catalog/items/PROD00001"


def deadlock():
    error = OperationalError("deadlock detected")
    error.__cause__ = psycopg.errors.DeadlockDetected()
    return error


@pytest.fixture
def failing(monkeypatch):
    """The writes fail with these errors, one after the other, and then succeed."""

    def fail(*errors):
        waiting = list(errors)

        def failing_first(write):
            def first(*arguments):
                if waiting:
                    raise waiting.pop(0)
                return write(*arguments)

            return first

        monkeypatch.setattr(changes, "_decide_and_write", failing_first(changes._decide_and_write))
        monkeypatch.setattr(Product, "delete", failing_first(Product.delete))

    return fail


@pytest.mark.django_db
@pytest.mark.parametrize("error", [deadlock, lambda: IntegrityError("taken")])
class TestOnce:
    def test_it_is_repeated(self, api, run_import, failing, error):
        run_import([row(1)])
        failing(error(), error())
        assert api.patch(URL, {"nombre": "Otro"}, format="json").json()["nombre"] == "Otro"
        failing(error())
        assert api.delete(URL).status_code == 204
        assert not Product.objects.exists()

    def test_again_and_again_it_is_503(self, api, run_import, failing, error):
        run_import([row(1)])
        for send in (lambda: api.patch(URL, {"nombre": "Otro"}, format="json"), lambda: api.delete(URL)):
            failing(*(error() for _ in range(changes.TRIES)))
            answer = send()
            assert (answer.status_code, answer.json()["code"]) == (503, "contended")
            assert int(answer["Retry-After"]) > 0
        assert Product.objects.get().nombre == row(1)["nombre"]


def somebody_waits_for_us():
    with connection.cursor() as cursor:
        cursor.execute("SELECT EXISTS (SELECT FROM pg_locks WHERE pg_backend_pid() = ANY(pg_blocking_pids(pid)))")
        return cursor.fetchone()[0]


@pytest.mark.django_db(transaction=True)
@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has one writer")
def test_a_real_deadlock(api, run_import):
    run_import([row(1)])
    has_category = threading.Event()

    def other():
        try:
            with transaction.atomic():
                Category.objects.create(nombre="NUEVA")
                has_category.set()
                wait_for(somebody_waits_for_us)  # the API has locked the product, and waits for the category
                Product.objects.select_for_update().get(pk="PROD00001")
        finally:
            connection.close()

    thread = threading.Thread(target=other)
    thread.start()
    assert has_category.wait(10)
    answer = api.patch(URL, {"categoria": "nueva"}, format="json")
    thread.join()
    assert (answer.status_code, answer.json()["categoria"]) == (200, "NUEVA")
