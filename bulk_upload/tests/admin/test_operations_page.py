"""The operators' page: true figures, for who may see them, also while SQS is away; and what failed is brought back."""

from __future__ import annotations

import uuid
from datetime import timedelta

import pytest
from botocore.exceptions import EndpointConnectionError
from django.utils import timezone

from bulk_upload import operations, queue
from bulk_upload.admin.rows_plot import rows_plot
from bulk_upload.models import BulkUpload, WorkerHeartbeat
from bulk_upload.tests.helpers.admin_people import ALL_OF_UPLOADS, address, make_upload, person, signed_in

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("aws")]
OPERATE = ("view_bulkupload", "operate_bulkupload")


@pytest.fixture
def operator(db):
    return signed_in(person("ana", *ALL_OF_UPLOADS, "operate_bulkupload"))


@pytest.fixture
def away(monkeypatch):
    def no_answer(*_arguments):
        raise EndpointConnectionError(endpoint_url="http://sqs")

    monkeypatch.setattr(queue, "client", no_answer)


def page(client):
    answer = client.get(address("operations"))
    assert answer.status_code == 200
    return answer.content.decode()


def beat(name, seconds_ago, task_id=None):
    now = timezone.now()
    seen = now - timedelta(seconds=seconds_ago)
    return WorkerHeartbeat.objects.create(name=name, started_at=now, seen_at=seen, task_id=task_id)


def ended(supplier, minutes_ago, took, rows, **fields):
    at = timezone.now() - timedelta(minutes=minutes_ago)
    times = {"started_at": at - timedelta(minutes=took), "completed_at": at}
    return make_upload(supplier, status="completed", total=rows, creados=rows, **times, **fields)


@pytest.mark.parametrize("permissions", [ALL_OF_UPLOADS, ("operate_bulkupload",), ()])
def test_it_is_for_operators_only(permissions):
    client = signed_in(person("otra", *permissions))
    assert client.get(address("operations")).status_code == 403
    assert client.post(address("redrive")).status_code == 403


def test_who_may_only_look_is_offered_no_deed(supplier):
    client = signed_in(person("mira", *OPERATE))
    make_upload(supplier, status="failed", error_code="attempts_exhausted", completed_at=timezone.now())
    assert "Reintentar" not in page(client)
    assert client.get(address("redrive")).status_code == 403


def test_workers_with_what_they_do(operator, supplier):
    upload = make_upload(supplier, "enero.xlsx", status="processing", total=100, started_at=timezone.now())
    beat("host-a:10:abc", 1, upload.pk)
    beat("host-b:11:abc", 1)
    beat("host-c:12:abc", 3600)
    text = page(operator)
    assert "<strong>2</strong> trabajadores activos" in text
    assert text.index("host-a:10") < text.index("host-b:11") < text.index("host-c:12")
    assert "enero.xlsx</a> 0 / 100" in text
    assert "No da señales" in text


def test_no_worker_is_said(operator):
    assert "Ningún trabajador dio señales" in page(operator)


def test_messages_and_dead_letters(operator, accept):
    accept(b"id\n1")
    queue.to_dead_letters(queue.receive(0))
    text = page(operator)
    assert "<strong>0</strong> mensajes en la cola" in text
    assert "<strong>1</strong> mensajes muertos" in text
    assert address("redrive") in text


def test_it_opens_while_sqs_is_away(operator, away):
    text = page(operator)
    assert text.count("<strong>?</strong>") == 2
    assert "SQS no responde" in text


def test_a_supplier_who_operates_sees_its_own_only(supplier, other_supplier):
    client = signed_in(person("clerk", *OPERATE, supplier=supplier))
    theirs = make_upload(other_supplier, "ajena.xlsx", status="processing", started_at=timezone.now(), attempts=3)
    make_upload(supplier, "propia.xlsx", status="processing", started_at=timezone.now(), attempts=3)
    beat("host:1:a", 1, theirs.pk)
    text = page(client)
    assert "propia.xlsx" in text
    assert "ajena.xlsx" not in text


def test_names_are_escaped(operator, supplier):
    make_upload(supplier, "<script>x.xlsx", status="processing", attempts=2, started_at=timezone.now())
    assert "<script>x" not in page(operator)


def test_the_day(supplier):
    midnight = operations.midnight()
    ended(supplier, 0, 1, 70)
    make_upload(
        supplier, status="failed", error_code="x", completed_at=timezone.now(), total=9, sin_procesar=4, rechazados=5
    )
    BulkUpload.objects.filter(pk=ended(supplier, 0, 1, 1000).pk).update(created_at=midnight - timedelta(seconds=1))
    day = operations.today(BulkUpload.objects.all())
    assert (day.total, day.rows, day.rejected) == (2, 79, 5)
    assert {status.value: count for status, count in day.uploads.items() if count} == {"completed": 1, "failed": 1}


def test_rows_per_minute_add_up_and_lie_where_they_were_imported(supplier):
    ended(supplier, 10, 5, 6000)
    ended(supplier, 10, 0, 40)
    ended(supplier, 300, 1, 999)
    found = operations.rows_per_minute(BulkUpload.objects.all(), 60)
    assert (len(found), round(sum(found))) == (60, 6040)
    assert found[47] == pytest.approx(1200, rel=0.01)
    assert sum(found[:44]) == sum(found[51:]) == 0


def test_an_import_that_began_before_the_plot_counts_with_its_share(supplier):
    ended(supplier, 50, 20, 2000)
    assert sum(operations.rows_per_minute(BulkUpload.objects.all(), 60)) == pytest.approx(1000, rel=0.01)


def test_the_plot():
    plot = rows_plot([0, 1500, 300], timezone.now())
    assert [(bar.y, bar.height) for bar in plot.bars] == [(50.0, 120.0), (146.0, 24.0)]
    assert [mark.text for mark in plot.rows] == ["0", "1.000", "2.000"]
    assert "1.500 como máximo, 1.500 en el último minuto completo" in plot.title


@pytest.mark.parametrize(
    ("most", "end"), [(0, "2"), (1, "2"), (9, "10"), (21, "50"), (99_000, "100.000"), (100_001, "200.000")]
)
def test_the_axis_ends_at_a_round_number_above(most, end):
    assert rows_plot([most, 0], timezone.now()).rows[-1].text == end


def test_what_failed_is_brought_back_after_a_question(operator, supplier):
    fields = {"completed_at": timezone.now(), "status": "failed"}
    exhausted = make_upload(supplier, error_code="attempts_exhausted", sha256=uuid.uuid4().hex, **fields)
    unreadable = make_upload(supplier, error_code="missing_columns", sha256=uuid.uuid4().hex, **fields)
    assert "Sí, reintentarlas" in operator.get(address("redrive")).content.decode()
    exhausted.refresh_from_db()
    assert exhausted.status == "failed"
    answer = operator.post(address("redrive"), follow=True)
    assert "1 carga se reintenta." in answer.content.decode()
    exhausted.refresh_from_db()
    unreadable.refresh_from_db()
    assert (exhausted.status, unreadable.status) == ("pending", "failed")
    assert queue.receive(0).task_id == exhausted.pk


def test_what_is_not_brought_back_says_why(operator, supplier):
    fields = {"status": "failed", "error_code": "attempts_exhausted", "completed_at": timezone.now()}
    make_upload(supplier, "enero.xlsx", **fields)
    make_upload(supplier, "febrero.xlsx", status="completed", completed_at=timezone.now(), total=1, creados=1)
    text = operator.post(address("redrive"), follow=True).content.decode()
    assert "No se reintenta «enero.xlsx»: Después de esta lista se importó «febrero.xlsx»" in text


def test_an_operator_of_a_supplier_brings_back_its_own_only(supplier, other_supplier):
    client = signed_in(person("clerk", *ALL_OF_UPLOADS, "operate_bulkupload", supplier=supplier))
    fields = {"completed_at": timezone.now(), "status": "failed", "error_code": "attempts_exhausted"}
    theirs = make_upload(other_supplier, **fields)
    client.post(address("redrive"))
    theirs.refresh_from_db()
    assert theirs.status == "failed"
