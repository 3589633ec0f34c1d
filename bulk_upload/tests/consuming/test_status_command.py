"""`bulk_upload_status`: one upload or everything, in the terminal; with a bar until it has ended."""

from __future__ import annotations

import threading
import uuid
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.utils import timezone

from bulk_upload.models import WorkerHeartbeat
from bulk_upload.tests.helpers.admin_people import make_upload
from bulk_upload.tests.helpers.rows import csv_bytes, row

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("aws")]


def said(*arguments):
    """What the command prints, and its exit status."""
    output = StringIO()
    try:
        call_command("bulk_upload_status", *map(str, arguments), stdout=output)
    except SystemExit as end:
        return output.getvalue(), end.code
    return output.getvalue(), 0


def test_an_upload_that_has_ended_well(accept, worker):
    upload = accept(csv_bytes([row(1), row(2, nombre="")]))
    worker.step()
    text, code = said(upload.pk)
    assert code == 0
    assert "Completada" in text
    assert "2 de 2 filas, 1 rechazadas" in " ".join(text.split())


def test_one_that_failed_says_why_and_exits_with_1(supplier):
    params = {"hoja": "CSV", "fila": 1, "columnas": "id, codigo"}
    ended = {"completed_at": timezone.now(), "error_code": "missing_columns", "error_params": params}
    text, code = said(make_upload(supplier, "a[b].xlsx", status="failed", **ended).pk)
    assert code == 1
    assert "a[b].xlsx" in text
    assert "id, codigo" in " ".join(text.split())


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("nada",), "no es un identificador"),
        ((uuid.UUID(int=1),), "No hay una carga"),
        (("--follow",), "necesita el identificador"),
    ],
)
def test_what_cannot_be_shown_is_said(arguments, message):
    with pytest.raises(CommandError, match=message):
        said(*arguments)


def test_everything(accept, supplier):
    accept(b"id\n1")
    make_upload(supplier, "lenta.xlsx", status="processing", attempts=4, started_at=timezone.now())
    WorkerHeartbeat.objects.create(name="host:7:a", started_at=timezone.now(), seen_at=timezone.now())
    text, code = said()
    assert code == 0
    assert "host:7" in text
    assert "Cola: 1 mensajes, 0 muertos" in text
    assert "lenta.xlsx" in text


@pytest.mark.django_db(transaction=True)
def test_it_follows_until_the_end(accept, worker):
    upload = accept(csv_bytes([row(number) for number in range(30)]))

    def work():
        worker.step()
        connection.close()

    thread = threading.Timer(1, work)
    thread.start()
    text, code = said(upload.pk, "--follow")
    thread.join()
    assert (code, "30/30" in text, "Completada" in text) == (0, True, True)
