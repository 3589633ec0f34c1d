"""`redrive_bulk_uploads`: what has failed comes back, and its dead letters go, however many there are."""

from __future__ import annotations

import json
import uuid
from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from bulk_upload import queue
from bulk_upload.models import BulkUpload
from bulk_upload.tests.helpers.admin_people import make_upload
from bulk_upload.tests.helpers.queues import waiting
from bulk_upload.tests.helpers.rows import csv_bytes, row

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("aws")]


def bury(body, group="PROV001"):
    more = {"MessageGroupId": group, "MessageDeduplicationId": str(uuid.uuid4())} if queue.is_fifo() else {}
    attributes = {"de": {"DataType": "String", "StringValue": "otro"}}
    queue.client().send_message(
        QueueUrl=queue.dead_letters_url(), MessageBody=body, MessageAttributes=attributes, **more
    )


def letter(task_id):
    return json.dumps({"version": 1, "task_id": str(task_id)})


def left():
    """The bodies that the dead-letter queue holds; empties it."""
    bodies = []
    while answer := queue._look_at_dead_letters():
        for message in answer:
            assert "de" in message["MessageAttributes"]
            bodies.append(message["Body"])
            queue.client().delete_message(QueueUrl=queue.dead_letters_url(), ReceiptHandle=message["ReceiptHandle"])
    return bodies


@pytest.fixture
def failed(supplier):
    """Uploads that have given up, each with its dead letter."""

    def make(count, code="attempts_exhausted"):
        uploads = []
        for _ in range(count):
            upload = BulkUpload.objects.create(
                proveedor=supplier, filename="a.csv", file_format="csv", s3_key="k", size=1, sha256=str(uuid.uuid4())
            )
            BulkUpload.objects.claim(upload.pk, timedelta(seconds=60)).fail(code, {"intentos": 5})
            bury(letter(upload.pk))
            uploads.append(upload)
        return uploads

    return make


def redrive(*task_ids):
    said = StringIO()
    call_command("redrive_bulk_uploads", *map(str, task_ids), stdout=said)
    return said.getvalue().splitlines()[-1]


@pytest.fixture(params=["fifo", "standard"])
def any_queue(request, settings, monkeypatch):
    if request.param == "standard":
        settings.SQS_QUEUE_NAME = settings.SQS_QUEUE_NAME.replace(".fifo", "-standard")
        monkeypatch.setenv("SQS_QUEUE_NAME", settings.SQS_QUEUE_NAME)
        queue.ensure_queues()


@pytest.mark.usefixtures("any_queue")
def test_what_gave_up_is_retried_and_its_dead_letters_are_removed(failed):
    uploads = failed(13)
    assert redrive() == "13 cargas reintentadas, 13 mensajes muertos retirados"
    assert {upload.status for upload in BulkUpload.objects.filter(pk__in=[u.pk for u in uploads])} == {"pending"}
    assert (left(), waiting()) == ([], (13, 0))


@pytest.mark.usefixtures("any_queue")
def test_letters_behind_more_than_ten_others_of_their_supplier_are_reached(failed):
    """SQS gives ten messages of a group, and no further one before those are gone."""
    others = failed(12)
    bury("hola")
    stranger = uuid.uuid4()
    bury(letter(stranger))
    wanted = failed(2)
    assert redrive(*(upload.pk for upload in wanted)) == "2 cargas reintentadas, 2 mensajes muertos retirados"
    kept = [*(letter(upload.pk) for upload in others), "hola", letter(stranger)]
    # At once, in the order in which they came (FIFO), and without a second copy of any.
    found = left()
    assert sorted(found) == sorted(kept)
    assert not queue.is_fifo() or found == kept


def test_letters_of_uploads_that_went_on_otherwise_are_removed(failed):
    retried, cancelled, completed, other = failed(4)
    retried.refresh_from_db()
    assert retried.retry()
    BulkUpload.objects.filter(pk=cancelled.pk).update(status="cancelled", error_code="")
    BulkUpload.objects.filter(pk=completed.pk).update(status="completed", error_code="")
    BulkUpload.objects.filter(pk=other.pk).update(error_code="damaged_file")
    assert redrive() == "0 cargas reintentadas, 4 mensajes muertos retirados"
    assert left() == []


def test_what_was_purged_cannot_come_back_and_its_letters_go(failed):
    whole, purged = failed(2)
    BulkUpload.objects.filter(pk=purged.pk).update(file_purged_at=purged.created_at)
    with pytest.raises(CommandError, match=f"{purged.pk} no se reintenta: El archivo ya no se conserva"):
        redrive(purged.pk)
    assert left() == [letter(whole.pk)]
    assert redrive() == "1 cargas reintentadas, 0 mensajes muertos retirados"
    purged.refresh_from_db()
    assert purged.status == "failed"


def test_an_older_list_stays_after_a_newer_one_was_imported_and_its_letter_goes(failed, supplier):
    (older,) = failed(1)
    make_upload(supplier, "febrero.xlsx", status="completed", completed_at=timezone.now(), total=1, actualizados=1)
    (newer,) = failed(1)
    because = f"{older.pk} no se reintenta: Después de esta lista se importó «febrero.xlsx»"
    said = StringIO()
    call_command("redrive_bulk_uploads", stdout=said)
    assert because in said.getvalue()
    assert said.getvalue().splitlines()[-1] == "1 cargas reintentadas, 2 mensajes muertos retirados"
    with pytest.raises(CommandError, match=because):
        redrive(older.pk)
    older.refresh_from_db()
    newer.refresh_from_db()
    assert (older.status, newer.status) == ("failed", "pending")


def test_other_suppliers_letters_are_reached_too(failed):
    for number in range(11):
        bury("hola", group=f"G{number % 2}")
    failed(1)
    assert redrive() == "1 cargas reintentadas, 1 mensajes muertos retirados"
    assert left() == ["hola"] * 11


def test_a_task_that_has_not_failed_is_named(accept):
    upload = accept(csv_bytes([row(1)]))
    with pytest.raises(CommandError, match=f"No están fallidas o no existen: {upload.pk}"):
        redrive(upload.pk)
