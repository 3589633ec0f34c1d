"""The roles of web, workers, purge and one-off tasks allow what the code asks of AWS, and nothing else.

Each test lets one process do all that it does with bucket and queues, and compares what botocore has sent with the
policy that IAM has for its role. The files of that process name no function of `queue` and `storage` that the test
has not called.
"""

from __future__ import annotations

import io
import json
import uuid
from datetime import timedelta

import pytest
from django.contrib.auth.models import User
from django.core.management import call_command
from django.urls import reverse
from django.utils import timezone

from bulk_upload import queue, storage, storage_keys
from bulk_upload.checks import check_dead_letters
from bulk_upload.consuming import orphans, sweep
from bulk_upload.drafts.accept import draft_of_upload
from bulk_upload.drafts.start import discard_draft
from bulk_upload.models import BulkUpload, PreparedFile
from bulk_upload.tests.helpers.rows import csv_bytes, row
from bulk_upload.tests.helpers.upload_api import URL, a_file
from bulk_upload.workbooks import prepared_files
from deploy.tests.aws.calls import Calls, named_in
from deploy.tests.aws.policies import allowed, covers, wider_than_the_system
from dev.environment import PROJECT
from medisupply.readiness import Readiness
from medisupply.readings import Readings

pytestmark = pytest.mark.django_db

UPLOADS = "/api/v1/catalog/bulk-upload"
BULK_UPLOAD, MEDISUPPLY = PROJECT / "bulk_upload", PROJECT / "medisupply"
OPERATING = [BULK_UPLOAD / "operations.py", BULK_UPLOAD / "redrive.py"]
# Which files each process runs that ask something of AWS.
FILES = {
    "web": [
        *OPERATING,
        *(BULK_UPLOAD / name for name in ("admin", "api", "drafts", "workbooks", "receiving", "plans", "intake.py")),
        *(MEDISUPPLY / name for name in ("readiness.py", "readings.py", "web")),
    ],
    "worker": [BULK_UPLOAD / "consuming"],
    "purge": [BULK_UPLOAD / "purging", BULK_UPLOAD / "management" / "commands" / "purge_bulk_uploads.py"],
    "migration": [
        *OPERATING,
        *(BULK_UPLOAD / "management" / "commands", BULK_UPLOAD / "checks.py"),
        *(BULK_UPLOAD / name for name in ("purging", "consistency", "queue_look.py")),
        MEDISUPPLY / "management" / "commands",
    ],
}
# S3 gets it in parts.
LARGE = bytes(storage.LARGEST_IN_ONE_PIECE + 1)


class BreaksOff(io.BytesIO):
    """A file whose disk fails in its second half."""

    def read(self, size=-1):
        if self.tell() >= len(LARGE) // 2:
            raise OSError("Input/output error")
        return super().read(size)


@pytest.fixture
def calls():
    return Calls()


@pytest.fixture
def send(api):
    def sent(rows, plan="false", **headers):
        file = a_file(content=csv_bytes(rows))
        answer = api.post(f"{URL}?proveedor_id=PROV001&solo_validar={plan}", {"file": file}, headers=headers)
        assert answer.status_code == 202, answer.json()
        return BulkUpload.objects.get(pk=answer.json()["task_id"])

    return sent


def assert_exact(process, stack, calls):
    assert named_in(*FILES[process]) - calls.functions == set()
    granted = allowed(stack.role(process))
    assert wider_than_the_system(granted, stack) == []
    assert [call for call in calls.permissions if not any(covers(grant, call) for grant in granted)] == []
    assert [grant for grant in granted if not any(covers(grant, call) for call in calls.permissions)] == []


def lose_messages():
    while delivery := queue.receive(0):
        queue.delete(delivery)


def break_off(key):
    with pytest.raises(storage.StorageDown):
        storage.save(BreaksOff(LARGE), key)


def send_a_large_file(key):
    assert storage.save(io.BytesIO(LARGE), key) == key


def send_what_is_not_ours():
    queue.client().send_message(
        QueueUrl=queue.queue_url(), MessageBody="hola", MessageGroupId="x", MessageDeduplicationId="x"
    )


def fail(upload):
    """It has used up its attempts; its dead letter stands before more than ten of unknown uploads."""
    ended = {"status": "failed", "error_code": "attempts_exhausted", "completed_at": timezone.now()}
    BulkUpload.objects.filter(pk=upload.pk).update(**ended)
    for task_id in (upload.pk, *(uuid.uuid4() for _ in range(12))):
        queue.client().send_message(
            QueueUrl=queue.dead_letters_url(),
            MessageBody=json.dumps({"version": 1, "task_id": str(task_id)}),
            MessageGroupId="PROV001",
            MessageDeduplicationId=str(task_id),
        )


def grow_old(upload):
    """It ended a hundred days ago, and a file was made of it then."""
    long_ago = timezone.now() - timedelta(days=100)
    BulkUpload.objects.filter(pk=upload.pk).update(status="cancelled", completed_at=long_ago)
    key = f"medisupply/prepared/{upload.pk}.xlsx"
    PreparedFile.objects.create(
        upload=upload, language="es", state="ready", s3_key=key, created_at=long_ago, updated_at=long_ago
    )


def disagree(send, monkeypatch):
    """An upload that is not in the database any more, one whose file is set aside, and one whose file is gone."""
    lost, aside, gone = (send([row(number)]) for number in (3, 4, 5))
    lost.delete()
    storage.set_aside(aside.s3_key)
    storage.discard(gone.s3_key)
    monkeypatch.setattr(orphans, "ORPHAN_AGE", timedelta(minutes=-1))  # what has just come is old enough


def test_every_file_that_asks_aws_belongs_to_a_process():
    ours = [path for process in FILES.values() for path in process]
    others = [
        path
        for app in ("bulk_upload", "catalog", "medisupply")
        for path in (PROJECT / app).rglob("*.py")
        if not any(path.is_relative_to(folder) for folder in ours) and path.name not in ("queue.py", "storage.py")
    ]
    assert named_in(*others) == set()


def test_web(api, admin_client, send, worker, in_the_stack, calls):
    rejected, plan = send([row(1), row(2, nombre="")]), send([row(5)], plan="true")
    worker.step()
    worker.step()
    orphan, lost = send([row(3)]), send([row(4)], idempotency_key="x")
    storage.set_aside(orphan.s3_key)
    storage.discard(lost.s3_key)
    with calls.recorded():
        assert Readiness().report()["failing"] == []
        assert "medisupply_queue_messages" in {metric.name for metric in Readings().collect()}
        send([row(4)], idempotency_key="x")  # it gives the lost file back
        assert api.post(f"{UPLOADS}/{plan.pk}/apply").status_code == 202
        assert api.post(f"{UPLOADS}/{lost.pk}/cancel").status_code == 202
        assert api.post(f"{UPLOADS}/{lost.pk}/retry").status_code == 202
        assert api.get(f"{UPLOADS}/{orphan.pk}/file").status_code == 200  # it is brought back
        assert api.get(f"{UPLOADS}/{rejected.pk}/corrections").status_code == 202
        send_a_large_file(storage_keys.upload_key(uuid.uuid4(), "csv", timezone.now()))
        break_off(storage_keys.upload_key(uuid.uuid4(), "csv", timezone.now()))
        storage.discard(lost.s3_key)
        discard_draft(draft_of_upload(rejected, rejected.created_by))
    while not PreparedFile.objects.filter(state="ready").exists():
        assert worker.step()
    with calls.recorded():
        answer = api.get(f"{UPLOADS}/{rejected.pk}/corrections")
        assert answer.status_code == 200
        assert b"".join(answer.streaming_content).startswith(b"PK")
    fail(rejected)
    with calls.recorded():
        assert admin_client.get(reverse("admin:bulk_upload_bulkupload_operations")).status_code == 200
        assert admin_client.post(reverse("admin:bulk_upload_bulkupload_redrive")).status_code == 302
    assert queue.dead_letters() == 12
    assert_exact("web", in_the_stack, calls)


def test_worker(send, worker, in_the_stack, calls, monkeypatch):
    monkeypatch.setattr(orphans, "ORPHAN_AGE", timedelta(0))
    first = send([row(1), row(2, nombre="")])
    storage.set_aside(first.s3_key)
    send_what_is_not_ours()
    second = send([row(3)])
    with calls.recorded():
        worker.step()  # the first one's file is brought back
        worker.step()  # what is not ours goes to the dead letters
    prepared_files.corrections_of(first, "es")
    BulkUpload.objects.claim(second.pk, timedelta(seconds=60))
    with calls.recorded():
        worker.step()  # the second one is in another worker's hands: given back
        worker.step()  # the rejected rows
    assert PreparedFile.objects.get().state == "ready"
    third, long_ago = send([row(4)]), timezone.now() - timedelta(hours=1)
    BulkUpload.objects.filter(pk=third.pk).update(published_at=None, created_at=long_ago)
    PreparedFile.objects.update(state="pending", published_at=None, updated_at=long_ago)
    orphan = storage.save(io.BytesIO(b"id\n"), storage_keys.upload_key(uuid.uuid4(), "csv", timezone.now()))
    with calls.recorded():
        sweep.publish_waiting()
        orphans.set_aside_orphans(60)
        send_a_large_file(storage_keys.prepared_key(uuid.uuid4(), 1, timezone.now(), "xlsx"))
        break_off(storage_keys.prepared_key(uuid.uuid4(), 1, timezone.now(), "xlsx"))
    assert storage.default_storage.exists(storage_keys.orphan_key(orphan))
    assert {"queue.publish", "queue.publish_file"} <= calls.functions
    assert_exact("worker", in_the_stack, calls)


def test_the_daily_purge(send, in_the_stack, calls):
    failed, old = send([row(1)]), send([row(2)])
    fail(failed)
    grow_old(failed)
    grow_old(old)
    with calls.recorded():
        call_command("purge_bulk_uploads", stdout=io.StringIO())
    assert storage.is_missing(old.s3_key)
    assert queue.dead_letters() == 12
    assert_exact("purge", in_the_stack, calls)


def test_one_off_tasks(send, in_the_stack, calls, monkeypatch):
    failed, old = send([row(1)]), send([row(2)])
    lose_messages()
    fail(failed)
    grow_old(old)
    User.objects.update(password="!")  # bootstrap refuses a database whose passwords everybody knows
    with calls.recorded():
        call_command("bootstrap", stdout=io.StringIO(), timeout=0)
        call_command("bulk_upload_status", stdout=io.StringIO())
        call_command("redrive_bulk_uploads", stdout=io.StringIO())
        call_command("purge_bulk_uploads", stdout=io.StringIO())
        assert check_dead_letters(None) == []
    assert queue.dead_letters() == 12
    disagree(send, monkeypatch)
    with calls.recorded():
        call_command("check_consistency", "--repair", "--deep", stdout=io.StringIO())
    assert_exact("migration", in_the_stack, calls)
