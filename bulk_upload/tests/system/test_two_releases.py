"""A release goes forward, and back, while files are imported: web and worker processes of the last release and of this
one on one database, bucket, queue and cache. See docs/release.md.
"""

from __future__ import annotations

import http.client
import json
from contextlib import contextmanager
from dataclasses import dataclass

import pytest
from django.conf import settings
from django.contrib.auth.models import User
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection, transaction
from rest_framework.authtoken.models import Token

from bulk_upload.intake import accept_upload
from bulk_upload.models import BulkUpload
from bulk_upload.tests.helpers.last_release import known_to_it
from bulk_upload.tests.helpers.outcomes import clear, eventful_file, outcome, prepare_catalogue
from bulk_upload.tests.helpers.processes import wait_for, worker_process
from bulk_upload.tests.helpers.queues import empty_queue
from bulk_upload.tests.helpers.rows import csv_bytes, row
from bulk_upload.tests.helpers.serving import multipart, served
from catalog.models import Product, Supplier
from catalog.sheets.products import PRODUCTS

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.processes,
    pytest.mark.usefixtures("aws"),
    pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has one process at a time"),
]

ROWS = 3_000
UPLOADS = "/api/v1/catalog/bulk-upload"
UPLOAD = "/api/v1/catalog/items/bulk-upload?reemplazar_duplicados=true"
# What both releases say of an upload, in the same words.
SAID = ("status", "progress", "filename", "created_at", "started_at", "completed_at")
COUNTED = (
    "total",
    "exitosos",
    "rechazados",
    "duplicados",
    "productos_creados",
    "productos_actualizados",
    "sin_cambios",
)


@dataclass(frozen=True)
class Sender:
    """A supplier's program, which asks whichever web it is told to."""

    supplier: Supplier
    user: User
    token: str
    # The number of its first product.
    start: int

    def ask(self, port, path, body=b"", kind=""):
        site = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
        headers = {"Authorization": f"Token {self.token}"} | ({"Content-Type": kind} if kind else {})
        site.request("POST" if body else "GET", path, body or None, headers)
        answer = site.getresponse()
        status, text = answer.status, answer.read()
        site.close()
        assert status in (200, 202), text
        return json.loads(text)

    def send(self, port, content):
        return self.ask(port, UPLOAD, *multipart([("file", "lista.csv", content)]))["task_id"]

    def state(self, port, task):
        """What the web says of the upload, as far as both releases say it."""
        said = self.ask(port, f"{UPLOADS}/{task}")
        counts = (said["result"] or {}).get("resumen", {})
        return {name: said[name] for name in SAID} | {name: counts.get(name) for name in COUNTED}

    def problems(self, port, task):
        found = self.ask(port, f"{UPLOADS}/{task}/errors")
        return [(problem["fila"], problem["columna"], problem["codigo"]) for problem in found["items"]]


@pytest.fixture
def senders(db):
    def sender(number):
        user = User.objects.create_user(f"proveedor{number}")
        supplier = Supplier.objects.create(codigo=f"PROV00{number}", nombre=f"Proveedor {number}")
        supplier.usuarios.add(user)
        return Sender(supplier, user, Token.objects.create(user=user).key, number * 10_000)

    return [sender(number) for number in (1, 2, 3)]


@pytest.fixture
def undisturbed(senders, worker):
    """What each sender's file comes to, imported in one go."""

    def result(sender):
        prepare_catalogue(ROWS, sender.supplier, sender.start)
        file = SimpleUploadedFile("lista.csv", eventful_file(ROWS, sender.start))
        asked = {"sheet": PRODUCTS, "owner": sender.supplier, "user": sender.user, "reemplazar_duplicados": True}
        upload = accept_upload(file=file, **asked)
        worker.step()
        return known_to_it(outcome(upload))

    results = [result(sender) for sender in senders]
    clear()
    return results


@contextmanager
def held_in_the_middle(senders):
    """Keep a product that is in the middle of each sender's file: its worker waits there, for a lease at most."""
    ids = [row(sender.start + ROWS // 2)["id"] for sender in senders]
    with transaction.atomic():
        assert len(Product.objects.select_for_update().filter(pk__in=ids)) == len(ids)
        yield


def waiting_for_this_session():
    with connection.cursor() as cursor:
        cursor.execute("SELECT DISTINCT pid FROM pg_locks WHERE pg_backend_pid() = ANY(pg_blocking_pids(pid))")
        return len(cursor.fetchall())


def said_alike(senders, tasks, *ports):
    """Wait until all uploads have ended and all webs say so, in the same words; look at both all the while."""

    def alike():
        for sender, task in zip(senders, tasks, strict=True):
            states = [sender.state(port, task) for port in ports]
            if states[0]["completed_at"] is None or states.count(states[0]) < len(states):
                return False
        return True

    wait_for(alike, 60)


@pytest.mark.parametrize("way", ["forward", "back"])
def test_what_processes_of_one_release_have_begun_those_of_the_other_end(last_release, senders, undisturbed, way):
    old, new = (last_release, settings.BASE_DIR) if way == "forward" else (settings.BASE_DIR, last_release)
    for sender in senders:
        prepare_catalogue(ROWS, sender.supplier, sender.start)
    files = [eventful_file(ROWS, sender.start) for sender in senders]
    with served(code=new) as new_web:
        with served(code=old) as old_web:
            # Accepted by the new web, begun by two workers of the old release, one of which is killed.
            tasks = [sender.send(new_web, file) for sender, file in zip(senders[:2], files[:2], strict=True)]
            with worker_process(code=old) as stopped, worker_process(code=old) as killed:
                with held_in_the_middle(senders[:2]):
                    wait_for(lambda: waiting_for_this_session() == 2)
                    for sender, task in zip(senders[:2], tasks, strict=True):
                        assert sender.state(old_web, task)["completed_at"] is None
                        assert sender.state(new_web, task)["completed_at"] is None
                    killed.kill()
                    stopped.terminate()
                assert stopped.wait(20) == 0
            assert BulkUpload.objects.filter(status="processing", exitosos__gt=0).count() == 2
            # Accepted by the old web; all are ended by one worker of the new release.
            tasks.append(senders[2].send(old_web, files[2]))
            with worker_process(code=new):
                said_alike(senders, tasks, old_web, new_web)
                wait_for(empty_queue)
            for sender, task in zip(senders, tasks, strict=True):
                assert sender.problems(old_web, task) == sender.problems(new_web, task) != []
        said_alike(senders, tasks, new_web)
    assert [known_to_it(outcome(BulkUpload.objects.get(pk=task))) for task in tasks] == undisturbed


def price_list(sender, price):
    return csv_bytes(row(sender.start + number, precio_unitario=str(price)) for number in range(300))


def test_both_releases_at_once_import_each_list_once_and_in_its_order(last_release, senders):
    prices = 6
    with served(code=last_release) as old_web, served() as new_web:
        tasks = [
            sender.send((old_web, new_web)[(number + price) % 2], price_list(sender, price))
            for price in range(1, prices + 1)
            for number, sender in enumerate(senders)
        ]
        # Half of the messages for each: none is sent again within two such leases, or handled in the middle of another.
        half = ("--max-messages", str(len(tasks) // 2))
        patience = {"BULK_UPLOAD_LEASE_SECONDS": 60, "BULK_UPLOAD_SHORT_BYTES": 0}
        with (
            worker_process(*half, code=last_release, **patience) as old,
            worker_process(*half, **patience) as new,
        ):
            assert (old.wait(60), new.wait(60)) == (0, 0)
        assert empty_queue()
        said_alike(senders * prices, tasks, old_web, new_web)
    uploads = BulkUpload.objects.order_by("number")
    assert [str(upload.pk) for upload in uploads] == tasks
    assert [(upload.exitosos, upload.claim_number) for upload in uploads] == [(300, 1)] * len(tasks)
    assert [upload.creados for upload in uploads] == [300] * 3 + [0] * (len(tasks) - 3)
    assert set(Product.objects.values_list("precio_unitario", "version")) == {(prices, prices)}
    assert Product.objects.count() == 900
