"""One event is one line, for programs as JSON and for people readable, whatever texts from outside it holds."""

from __future__ import annotations

import io
import json
import logging
import uuid

import pytest
from django.db import DatabaseError, connection, transaction
from structlog.contextvars import bound_contextvars
from structlog.stdlib import get_logger

from catalog.models import Supplier
from medisupply.logs import context
from medisupply.logs.configuration import line_formatter

HOSTILE = 'a.csv\n{"level": "critical"}\r\x1b[2J\u2028\u202eb\ud800'


@pytest.fixture
def written(monkeypatch):
    """What is written when something is logged, in one form of lines."""

    def run(log_format, say):
        stream = io.StringIO()
        handler = logging.StreamHandler(stream)
        handler.setFormatter(line_formatter(log_format))
        root = logging.getLogger()
        root.addHandler(handler)
        try:
            say(get_logger("medisupply.tests"))
        finally:
            root.removeHandler(handler)
        return stream.getvalue()

    return run


def fields(written, say):
    (line,) = written("json", say).splitlines()
    return json.loads(line)


class TestHostileTexts:
    def test_json_gives_them_back_as_they_were_on_one_line(self, written):
        line = fields(written, lambda log: log.warning("The upload is accepted", filename=HOSTILE))
        assert (line["filename"], line["level"]) == (HOSTILE, "warning")

    def test_for_people_they_are_on_one_line_and_harmless(self, written):
        text = written("console", lambda log: log.warning("The upload is accepted", filename=HOSTILE))
        assert len(text.splitlines()) == 1
        assert text.rstrip("\n").isprintable()

    @pytest.mark.parametrize("log_format", ["json", "console"])
    def test_those_of_other_libraries_lines_too(self, written, log_format):
        django = logging.getLogger("django.security.DisallowedHost")
        text = written(log_format, lambda _: django.error("Invalid HTTP_HOST header: %r, %s", HOSTILE, HOSTILE))
        assert len(text.splitlines()) == 1
        assert text.rstrip("\n").isprintable()

    @pytest.mark.parametrize("log_format", ["json", "console"])
    def test_those_of_exceptions_too(self, written, log_format):
        def say(log):
            try:
                raise ValueError(HOSTILE)
            except ValueError as error:
                log.exception("The upload met a fault", error=error)

        text = written(log_format, say)
        lines = text.splitlines()
        assert not [line for line in lines if line.startswith('{"level"')]
        assert all(line.isprintable() for line in lines)
        assert len(lines) == 1 if log_format == "json" else "Traceback" in lines[1]

    def test_a_text_without_end_is_cut(self, written):
        line = fields(written, lambda log: log.warning("The reader of files wrote to standard error", text="x" * 10**6))
        assert len(line["text"]) < 5000


class TestEveryLine:
    def test_says_when_how_grave_what_and_where(self, written):
        line = fields(written, lambda log: log.warning("SQS does not answer"))
        assert list(line) == ["timestamp", "level", "event", "logger"]
        assert (line["level"], line["event"], line["logger"]) == ("warning", "SQS does not answer", "medisupply.tests")
        assert line["timestamp"].endswith("Z")

    @pytest.mark.parametrize("name", ["medisupply.tests", "botocore.hooks"])
    def test_carries_what_was_bound_ours_or_not(self, written, name):
        with bound_contextvars(task_id="t-1", supplier="PROV001"):
            line = fields(written, lambda _: logging.getLogger(name).error("SQS does not answer"))
        assert (line["task_id"], line["supplier"]) == ("t-1", "PROV001")

    def test_what_happens_in_between_carries_its_own_fields_only(self, written):
        def say(log):
            with context.only(task_id="long", attempt=2):
                with context.only(task_id="short"):
                    log.warning("The import begins")
                log.warning("The import begins")

        inner, outer = map(json.loads, written("json", say).splitlines())
        assert (inner["task_id"], "attempt" in inner) == ("short", False)
        assert (outer["task_id"], outer["attempt"]) == ("long", 2)

    def test_has_identifiers_as_text_and_exceptions_in_words(self, written):
        key = uuid.uuid4()
        line = fields(written, lambda log: log.warning("SQS does not answer", key=key, error=OSError("broken pipe")))
        assert (line["key"], line["error"]) == (str(key), "OSError: broken pipe")

    def test_is_readable_for_people(self, written):
        with bound_contextvars(task_id="t-1"):
            text = written("console", lambda log: log.warning("The upload has ended", status="failed", total=3))
        assert "[warning  ] The upload has ended" in text
        assert "status=failed total=3" in text
        assert "task_id=t-1" in text


@pytest.mark.django_db
class TestWhatTheDatabaseSays:
    """PostgreSQL quotes rows and values; they are the suppliers' and stay out of the log."""

    def refused(self, written, do):
        def say(log):
            try:
                with transaction.atomic():
                    do()
            except DatabaseError as error:
                log.exception("The upload met a fault", error=error)

        return fields(written, say)

    def test_the_refused_row_is_not_quoted(self, written):
        values = {"codigo": "PROV001", "nombre": "Andinas"}
        Supplier.objects.create(**values)
        line = self.refused(written, lambda: Supplier.objects.create(**values))
        assert line["error"].startswith("IntegrityError: ")
        assert "Traceback (most recent call last):" in line["exception"]
        assert "django.db.utils.IntegrityError: " in line["exception"]
        assert [text for text in ("PROV001", "Andinas", "DETAIL") if text in line["exception"]] == []

    def test_a_value_that_cannot_be_read_is_not_quoted(self, written):
        if connection.vendor != "postgresql":
            pytest.skip("SQLite takes every value")

        value = "12,5"

        def nonsense():
            with connection.cursor() as cursor:
                cursor.execute("SELECT %s::integer", [value])

        line = self.refused(written, nonsense)
        assert line["error"] == 'DataError: invalid input syntax for type integer: "…"'
        assert value not in line["exception"]


def test_the_causes_of_an_exception_are_told_in_their_order(written):
    def say(log):
        try:
            try:
                raise OSError("no space left")
            except OSError as error:
                raise RuntimeError("S3 does not answer") from error
        except RuntimeError:
            log.exception("The upload met a fault")

    text = fields(written, say)["exception"]
    first, link, last = (
        text.index(part)
        for part in ("OSError: no space left", "The above exception was the direct", "RuntimeError: S3")
    )
    assert first < link < last
