"""Work without a message is published, and messages without work are deleted; nothing else is touched."""

from __future__ import annotations

import json
import uuid
from datetime import timedelta

import pytest

from bulk_upload import intake, queue
from bulk_upload.models import BulkUpload, PreparedFile, lease
from bulk_upload.tests.helpers.queues import dead_letters, waiting
from bulk_upload.tests.helpers.rows import csv_bytes, row
from bulk_upload.workbooks import prepared_files
from medisupply.backends.database import database_now

pytestmark = pytest.mark.django_db


def send(task_id, group="PROV001", url=None, **more):
    fifo = {"MessageGroupId": group, "MessageDeduplicationId": uuid.uuid4().hex} if queue.is_fifo() else {}
    body = json.dumps({"version": 1, "task_id": str(task_id), **{name: str(value) for name, value in more.items()}})
    queue.client().send_message(QueueUrl=url or queue.queue_url(), MessageBody=body, **fifo)


@pytest.fixture(params=["fifo", "standard"])
def any_queue(request, settings):
    if request.param == "standard":
        settings.SQS_QUEUE_NAME = settings.SQS_QUEUE_NAME.replace(".fifo", "-standard")
        queue.ensure_queues()


@pytest.mark.usefixtures("any_queue")
def test_a_lost_queue_is_said_and_filled_again_once(accept, worker, check, age, new_queue):
    uploads = [accept(csv_bytes([row(n)])) for n in (1, 2, 3)]
    new_queue()
    age()
    status, lines = check()
    assert status == 1
    assert [line.split(" (")[0] for line in lines[:3]] == [f"La carga {upload.pk}" for upload in uploads]
    assert lines[0].endswith(
        "(PROV001, «productos.csv», en espera) no tiene mensaje en la cola: nadie la toma hasta que el barrido lo "
        "note. Con --repair se publica otra vez."
    )
    assert lines[3:] == ["Cargas sin mensaje: 3", "Diferencias que quedan: 3"]
    assert waiting() == (0, 0)
    status, lines = check("--repair")
    assert (status, lines[-2:]) == (0, ["Cargas sin mensaje: 3, reparado: 3", "Todo lo que difería se reparó."])
    assert waiting() == (3, 0)
    assert check("--repair")[0] == 0
    assert waiting() == (3, 0)
    while worker.step():
        pass
    assert set(BulkUpload.objects.values_list("status", "creados")) == {("completed", 1)}


def test_only_as_many_are_published_as_messages_are_missing_the_newest(accept, worker, check, age):
    """SQS shows ten messages of a supplier: the others are not taken for lost."""
    uploads = [accept(csv_bytes([row(n)])) for n in range(14)]
    for _ in range(2):
        queue.delete(queue.receive(0))
    age()
    status, lines = check("--repair")
    assert (status, lines[-2]) == (0, "Cargas sin mensaje: 2, reparado: 2")
    assert [line.split()[2] for line in lines[:2]] == [str(upload.pk) for upload in uploads[-2:]]
    assert waiting() == (14, 0)
    while worker.step():
        pass
    assert set(BulkUpload.objects.values_list("status", "creados")) == {("completed", 1)}


def test_what_was_just_published_is_not_judged(accept, check, new_queue):
    accept(csv_bytes([row(1)]))
    new_queue()
    assert check()[0] == 0


def test_what_a_worker_has_is_not_published_again(accept, check, age, new_queue):
    upload = accept(csv_bytes([row(1)]))
    BulkUpload.objects.claim(upload.pk, lease())
    new_queue()
    age()
    assert check("--repair")[0] == 0
    assert waiting() == (0, 0)


def test_a_worker_that_died_with_its_message_is_followed_by_another(accept, worker, check, age, new_queue):
    upload = accept(csv_bytes([row(1)]))
    BulkUpload.objects.claim(upload.pk, timedelta(seconds=-1))
    new_queue()
    age()
    assert check("--repair")[1][-2] == "Cargas sin mensaje: 1, reparado: 1"
    worker.step()
    upload.refresh_from_db()
    assert upload.status == "completed"


def test_what_was_never_published_is_published(accept, monkeypatch, check, age):
    with monkeypatch.context() as patch:
        patch.setattr(intake, "publish", lambda upload: False)
        upload = accept(csv_bytes([row(1)]))
    age()
    line = (
        f"La carga {upload.pk} (PROV001, «productos.csv», en espera) nunca se publicó en la cola: ningún trabajador la "
        "conoce. Reparado: se publicó."
    )
    count = "Cargas que nunca se publicaron: 1, reparado: 1"
    assert check("--repair") == (0, [line, count, "Todo lo que difería se reparó."])
    assert waiting() == (1, 0)


@pytest.mark.usefixtures("any_queue")
def test_messages_of_nothing_are_deleted_and_others_come_at_once(accept, worker, check):
    upload = accept(csv_bytes([row(1)]))
    worker.step()
    send(upload.pk)
    stranger = uuid.uuid4()
    send(stranger, group="PROV009")
    waits = accept(csv_bytes([row(2)]))
    status, lines = check()
    assert status == 1
    assert sorted(lines[-3:-1]) == ["Mensajes de cargas desconocidas: 1", "Mensajes de lo que ya terminó: 1"]
    group = " (PROV009)" if queue.is_fifo() else ""
    assert (
        f"El mensaje de la carga {stranger}{group} no tiene carga: la base no la conoce, se aceptó después de la copia "
        "restaurada. Con --repair se borra."
    ) in lines
    assert waiting() == (3, 0)
    assert check("--repair")[0] == 0
    assert waiting() == (1, 0)
    worker.step()
    waits.refresh_from_db()
    assert waits.status == "completed"


def test_more_messages_of_an_unknown_supplier_than_sqs_gives_at_once_are_deleted(check):
    for _ in range(25):
        send(uuid.uuid4())
    assert check("--repair")[1][-2] == "Mensajes de cargas desconocidas: 25, reparado: 25"
    assert waiting() == (0, 0)


def test_a_message_that_is_not_ours_stays(check):
    queue.client().send_message(
        QueueUrl=queue.queue_url(), MessageBody="hola", MessageGroupId="x", MessageDeduplicationId="x"
    )
    assert check("--repair")[0] == 0
    assert waiting() == (1, 0)


def test_dead_letters_stay_as_long_as_their_upload_may_be_redriven(accept, check):
    gave_up, goes_on = accept(csv_bytes([row(1)])), accept(csv_bytes([row(2)]))
    BulkUpload.objects.claim(gave_up.pk, lease()).fail("attempts_exhausted", {"intentos": 5})
    for task_id in (gave_up.pk, goes_on.pk, uuid.uuid4()):
        send(task_id, url=queue.dead_letters_url())
    status, lines = check("--repair")
    assert status == 0
    assert [line.split(" de la carga")[0] for line in lines if line.startswith("El mensaje muerto")] == [
        "El mensaje muerto",
        "El mensaje muerto",
    ]
    assert [json.loads(body)["task_id"] for body in dead_letters()] == [str(gave_up.pk)]


class TestFilesToPrepare:
    @pytest.fixture
    def file(self, accept, worker):
        upload = accept(csv_bytes([row(1, precio_unitario="caro")]))
        worker.step()
        upload.refresh_from_db()
        return prepared_files.corrections_of(upload, "es")

    def test_one_without_a_message_is_published(self, file, worker, check, age, new_queue):
        new_queue()
        age()
        assert check("--repair")[1][-2] == "Archivos preparados sin mensaje: 1, reparado: 1"
        worker.step()
        file.refresh_from_db()
        assert file.state == "ready"

    def test_one_that_waits_agrees(self, file, check, age):
        age()
        assert check()[0] == 0

    def test_a_message_for_one_that_is_ready_or_gone_is_deleted(self, file, worker, check):
        worker.step()
        send(file.upload_id, group="files:PROV001", file_id=file.pk)
        assert check("--repair")[1][-2] == "Mensajes de lo que ya terminó: 1, reparado: 1"
        PreparedFile.objects.all().delete()
        send(file.upload_id, group="files:PROV001", file_id=file.pk)
        assert check("--repair")[1][-2] == "Mensajes de lo que ya terminó: 1, reparado: 1"
        assert waiting() == (0, 0)

    def test_one_that_was_never_published_is(self, file, check, age, new_queue):
        new_queue()
        then = database_now() - timedelta(minutes=10)
        PreparedFile.objects.update(published_at=None, updated_at=then)
        assert check("--repair")[1][-2] == "Archivos preparados sin mensaje: 1, reparado: 1"
        assert waiting() == (1, 0)


def test_sqs_away_is_said_and_everything_else_is_looked_at(accept, check, age, settings):
    upload = accept(csv_bytes([row(1)]))
    age()
    settings.SQS_QUEUE_NAME = "no-such-queue.fifo"
    queue.queue_url.cache_clear()
    BulkUpload.objects.filter(pk=upload.pk).update(size=1)
    status, lines = check()
    assert status == 2
    assert any(line.startswith("[colas] No se pudo mirar hasta el final: SQS no responde (") for line in lines)
    assert "Cargas sin terminar cuyo archivo es otro: 1" in lines
    assert lines[-1] == "No todo se pudo mirar."
