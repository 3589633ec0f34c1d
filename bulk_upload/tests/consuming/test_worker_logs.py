"""What a worker writes: JSON lines that carry the identifiers of their work, and one line for each upload that ends."""

from __future__ import annotations

import json

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command

from bulk_upload import queue, storage
from bulk_upload.consuming import worker as worker_module
from bulk_upload.consuming.worker import Worker
from bulk_upload.intake import accept_upload, cancel_upload
from bulk_upload.models import BulkUpload
from bulk_upload.tests.awkward import raw_workbook as raw
from bulk_upload.tests.helpers.log_lines import lines_of, logged
from bulk_upload.tests.helpers.processes import worker_process
from bulk_upload.tests.helpers.rows import csv_bytes, row
from catalog.models import Product
from catalog.sheets.products import PRODUCTS

pytestmark = [pytest.mark.django_db(transaction=True)]

STAGES = ("fetch", "read", "match", "write", "others", "rest")


@pytest.fixture
def worked(tmp_path):
    """What a worker process writes while it deals with so many messages."""

    def run(messages=1, **variables):
        path = tmp_path / "worker.log"
        given = {"LOG_LEVEL": "INFO", "LOG_FORMAT": "json", **variables}
        limit = ("--max-messages", str(messages))
        with path.open("wb") as output, worker_process(*limit, output=output, **given) as process:
            assert process.wait(60) == 0
        return path.read_bytes()

    return run


def mixed_rows():
    """Ten rows: seven new ones, of which one repeats another, an unchanged one, a changed one, a bad one."""
    return [
        *(row(number) for number in range(1, 7)),
        row(6),
        row(21),
        row(22, precio_unitario="999.00"),
        row(31, precio_unitario="gratis"),
    ]


@pytest.mark.processes
class TestAProcess:
    def test_all_lines_of_an_upload_carry_its_identifiers(self, accept, worked):
        upload = accept(csv_bytes(mixed_rows()))
        lines = lines_of(worked())
        own = [line for line in lines if "message_id" in line]
        assert [line["event"] for line in own] == ["The attempt begins", "The upload has ended"]
        expected = {"task_id": str(upload.pk), "supplier": "PROV001", "sheet": "productos", "attempt": 1}
        assert [{name: line[name] for name in expected} for line in own] == [expected, expected]
        assert len({line["message_id"] for line in own}) == 1

    def test_the_lines_of_two_uploads_are_told_apart(self, accept, worked):
        uploads = [accept(csv_bytes([row(number)])) for number in (1, 2)]
        ends = [line for line in lines_of(worked(2)) if line["event"] == "The upload has ended"]
        assert [line["task_id"] for line in ends] == [str(upload.pk) for upload in uploads]
        assert len({line["message_id"] for line in ends}) == 2

    def test_the_last_line_says_how_it_ended(self, accept, worked, run_import):
        run_import([row(21), row(22)])
        upload = accept(csv_bytes(mixed_rows()), replace=True)
        (end,) = [line for line in lines_of(worked()) if line["event"] == "The upload has ended"]
        upload.refresh_from_db()
        counts = {"total": 10, "creados": 6, "actualizados": 1, "sin_cambios": 1, "rechazados": 2, "duplicados": 3}
        assert {name: end[name] for name in counts} == counts
        assert {name: getattr(upload, name) for name in counts} == counts
        assert (end["status"], end["error_code"], end["sin_procesar"]) == ("completed", "", 0)
        assert (end["attempts"], end["bytes"], end["format"]) == (1, upload.size, "csv")
        seconds = [end[f"seconds_{stage}"] for stage in STAGES]
        assert min(end["seconds_read"], end["seconds_write"]) > 0
        # All stages together are a part of the time since it was received.
        assert 0 < sum(seconds) <= end["seconds_since_received"]
        waited = (upload.completed_at - upload.created_at).total_seconds()
        assert end["seconds_since_received"] == pytest.approx(waited, abs=0.001)

    def test_a_file_that_cannot_be_imported_says_why_and_nothing_of_what_it_holds(self, accept, worked):
        accept(b"un,archivo,cualquiera\nGuantes secretos,1,2\n")
        output = worked()
        (end,) = [line for line in lines_of(output) if line["event"] == "The upload has ended"]
        assert (end["status"], end["error_code"], end["total"]) == ("failed", "no_header", 0)
        assert b"cualquiera" not in output
        assert b"secretos" not in output

    def test_while_debug_lines_are_for_people(self, accept, worked):
        accept(csv_bytes([row(1)]))
        (end,) = [
            line for line in worked(DEBUG="true", LOG_FORMAT="").decode().splitlines() if "The upload has ended" in line
        ]
        assert "[info     ] The upload has ended" in end
        assert "status=completed" in end
        with pytest.raises(json.JSONDecodeError):
            json.loads(end)


class TestInOneProcess:
    def test_a_short_file_within_a_long_one_has_lines_of_its_own(
        self, accept, worker, monkeypatch, caplog, settings, other_supplier, user
    ):
        settings.BULK_UPLOAD_CHUNK_ROWS, settings.BULK_UPLOAD_SHORT_BYTES = 5, 1000
        monkeypatch.setattr(worker_module, "LONG_SECONDS", 0)
        monkeypatch.setattr(worker_module, "LOOK_SECONDS", 0)
        long = accept(csv_bytes([row(number) for number in range(1, 21)]))
        file = SimpleUploadedFile("corto.csv", csv_bytes([row(99)]))
        short = accept_upload(file=file, sheet=PRODUCTS, owner=other_supplier, user=user, reemplazar_duplicados=False)
        caplog.clear()
        worker.step()
        begin, end = "The attempt begins", "The upload has ended"
        lines = [(line["event"], line["task_id"], line["supplier"]) for line in logged(caplog) if "attempt" in line]
        of_long, of_short = (str(long.pk), "PROV001"), (str(short.pk), "PROV002")
        assert lines == [(begin, *of_long), (begin, *of_short), (end, *of_short), (end, *of_long)]

    def test_what_ends_a_worker_is_a_line_with_its_traceback(self, monkeypatch, caplog):
        def broken(self, **_):
            raise ZeroDivisionError("nobody thought of that")

        monkeypatch.setattr(Worker, "run", broken)
        monkeypatch.setattr(Worker, "install_signals", lambda self: None)
        with pytest.raises(SystemExit) as leaving:
            call_command("consume_bulk_uploads")
        assert leaving.value.code == 1
        (line,) = [line for line in logged(caplog) if line["level"] == "critical"]
        assert "ZeroDivisionError: nobody thought of that" in line["exception"]

    def test_an_upload_that_is_cancelled_ends_where_it_is_cancelled(self, accept, caplog):
        upload = accept(csv_bytes([row(1), row(2)]))
        assert cancel_upload(upload)
        (end,) = logged(caplog, "The upload has ended")
        assert (end["task_id"], end["supplier"], end["status"]) == (str(upload.pk), "PROV001", "cancelled")
        assert not [name for name in end if name.startswith("seconds_") and name != "seconds_since_received"]

    def test_a_fault_carries_the_identifiers_and_its_traceback(self, accept, worker, monkeypatch, caplog):
        upload = accept(csv_bytes([row(1)]))

        def down(key):
            raise storage.StorageDown("no route to host")

        monkeypatch.setattr(storage, "stream", down)
        worker.step()
        (fault,) = logged(caplog, "The upload met a fault")
        assert (fault["task_id"], fault["attempt"]) == (str(upload.pk), 1)
        assert "StorageDown: no route to host" in fault["exception"]

    def test_the_attempts_of_an_upload_are_counted_in_its_lines(self, accept, worker, caplog):
        upload = accept(csv_bytes([row(1)]))
        BulkUpload.objects.filter(pk=upload.pk).update(claim_number=4, attempts=99)
        worker.step()
        assert [line["attempts"] for line in logged(caplog, "The upload has ended")] == [5]
        assert {line["attempt"] for line in logged(caplog) if "attempt" in line} == {5}

    def test_the_readers_own_words_carry_the_identifiers(self, accept, worker, caplog, tmp_path):
        sheet = raw.SHEET_START + '<row r="1"><c r="A1" t="z"><v>1</v></c></row>' + raw.SHEET_END
        damaged = raw.save(tmp_path / "productos.xlsx", raw.parts(sheet))
        upload = accept(damaged.read_bytes(), "productos.xlsx")
        worker.step()
        (words,) = logged(caplog, "The reader of files wrote to standard error")
        assert "Unknown cell 't' attribute" in words["text"]
        assert words["task_id"] == str(upload.pk)

    def test_a_message_that_is_not_ours_is_named_and_not_quoted(self, aws, worker, caplog):
        body = '{"token": "hunter2"}\n{"level": "critical"}'
        queue.client().send_message(
            QueueUrl=queue.queue_url(), MessageBody=body, MessageGroupId="x", MessageDeduplicationId="x"
        )
        worker.step()
        (line,) = logged(caplog, "The message is not ours: to the dead letters")
        assert (line["bytes"], bool(line["message_id"])) == (len(body), True)
        assert "hunter2" not in caplog.text

    def test_no_line_holds_a_value_of_a_product(self, accept, worker, caplog, refused_name):
        refused_name("Prohibido")
        accept(csv_bytes([row(1, nombre="Prohibido"), row(2), row(3, precio_unitario="4711.00")]))
        worker.step()
        (refused,) = logged(caplog, "The database refused a row")
        assert (refused["row"], refused["sheet"]) == (2, "productos")
        assert Product.objects.count() == 2
        assert [value for value in ("Prohibido", "4711", "PROD00001", "7701200000001") if value in caplog.text] == []
