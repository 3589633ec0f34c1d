"""Which commits of an import wait for the disk: those that somebody is told of."""

from __future__ import annotations

import pytest
from django.db import connection

from bulk_upload.importing.writing import writer
from bulk_upload.models import BulkUpload
from bulk_upload.tests.helpers.rows import row

pytestmark = pytest.mark.skipif("connection.vendor != 'postgresql'", reason="only PostgreSQL has the setting")


@pytest.mark.django_db(transaction=True)
def test_a_chunk_does_not_wait_for_the_disk_but_the_end_does(run_import, monkeypatch):
    waits: list[tuple[str, str]] = []

    def noted(what, real):
        def call(*args, **options):
            waits.append((what, ask("SHOW synchronous_commit")))
            return real(*args, **options)

        return call

    monkeypatch.setattr(writer, "write", noted("chunk", writer.write))
    monkeypatch.setattr(BulkUpload, "complete", noted("end", BulkUpload.complete))
    with connection.cursor() as cursor:
        cursor.execute("SET synchronous_commit = on")  # off in the tests' database
    try:
        run_import([row(1)])
        assert waits == [("chunk", "off"), ("end", "on")]
    finally:
        connection.close()


def ask(query: str) -> str:
    with connection.cursor() as cursor:
        cursor.execute(query)
        (answer,) = cursor.fetchone()
        return str(answer)
