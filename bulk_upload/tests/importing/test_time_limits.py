"""What ends the statements of a worker that has stopped, and what does not: on a real PostgreSQL, with SIGSTOP."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time

import pytest
from django.db import OperationalError, connection, transaction

from bulk_upload.importing.writing import writer
from bulk_upload.tests.helpers.processes import database_url, wait_for
from bulk_upload.tests.helpers.row_errors import problems
from bulk_upload.tests.helpers.rows import row
from catalog.models import Product

pytestmark = pytest.mark.skipif("connection.vendor != 'postgresql'", reason="SQLite has no such limits")

# Begins a COPY as the import does, and never ends it.
COPYING = """
import sys, time, psycopg
with psycopg.connect(sys.argv[1]) as db:
    cursor = db.cursor()
    cursor.execute("SET LOCAL statement_timeout = 300; SET LOCAL idle_in_transaction_session_timeout = 300")
    print(db.info.backend_pid, flush=True)
    with cursor.copy("COPY catalog_category (nombre, created_at) FROM STDIN") as copy:
        copy.write("A\\t2026-01-01\\n")
        time.sleep(60)
"""


def backend(pid):
    with connection.cursor() as cursor:
        cursor.execute("SELECT state, wait_event FROM pg_stat_activity WHERE pid = %s", [pid])
        return cursor.fetchone()


@pytest.mark.django_db(transaction=True)
def test_no_time_limit_ends_a_copy_whose_client_is_frozen_but_ending_its_session_does():
    """Why a takeover ends the dead holder's session."""
    with subprocess.Popen([sys.executable, "-c", COPYING, database_url()], stdout=subprocess.PIPE) as client:
        try:
            pid = int(client.stdout.readline())
            wait_for(lambda: backend(pid) == ("active", "ClientRead"))
            os.kill(client.pid, signal.SIGSTOP)
            time.sleep(1)  # both limits have passed
            assert backend(pid) == ("active", "ClientRead")
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_terminate_backend(%s)", [pid])
            wait_for(lambda: backend(pid) is None)
        finally:
            client.kill()


@pytest.mark.django_db
def test_a_statement_of_a_chunk_that_takes_longer_than_the_claim_is_ended(run_import, monkeypatch, settings):
    settings.BULK_UPLOAD_LEASE_SECONDS = 1
    real = writer.write

    def slow(*args):
        real(*args)
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_sleep(60)")

    monkeypatch.setattr(writer, "write", slow)
    with pytest.raises(OperationalError, match="statement timeout"), transaction.atomic():
        run_import([row(1)])
    monkeypatch.setattr(writer, "write", real)
    assert Product.objects.count() == 0
    assert problems(run_import([row(1)])) == []


@pytest.mark.django_db(transaction=True)
def test_a_chunk_leaves_nothing_in_its_session(run_import):
    """A pooled connection outlives migrations: neither a limit nor a table of an earlier release may stay."""
    run_import([row(1)])
    run_import([row(1, nombre="Otro")], replace=True)
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_setting('statement_timeout')")
        assert cursor.fetchone() == ("0",)
        cursor.execute("SELECT relname FROM pg_class WHERE relnamespace = pg_my_temp_schema()")
        assert cursor.fetchall() == []


@pytest.mark.django_db
def test_a_connection_that_outlives_a_migration_imports_into_the_new_columns(run_import):
    run_import([row(1)])
    run_import([row(1, stock_minimo="30")], replace=True)
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE catalog_product ALTER COLUMN stock_minimo TYPE bigint")
        cursor.execute("ALTER TABLE catalog_product ALTER COLUMN nombre TYPE varchar(9999)")
    run_import([row(1, stock_minimo="31", nombre="n" * 255)], replace=True)
    product = Product.objects.get()
    assert (product.stock_minimo, product.nombre, product.version) == (31, "n" * 255, 3)
