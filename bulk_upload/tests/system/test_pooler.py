"""Behind a pooler the import works only where each connection has a session of its own, and says so at the start."""

from __future__ import annotations

import subprocess
import sys
from contextlib import contextmanager

import pytest
from django.conf import settings
from django.core.checks import run_checks
from django.db import connection

from bulk_upload.tests.helpers.pgbouncer import IGNORE, needs_pgbouncer, pgbouncer
from bulk_upload.tests.helpers.processes import environment
from bulk_upload.tests.helpers.rows import csv_bytes, row
from medisupply.backends import pooler
from medisupply.backends.database import database_session

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif("connection.vendor != 'postgresql'", reason="only PostgreSQL has sessions"),
]


def test_a_connection_of_its_own_is_taken():
    assert pooler.pooler_problem() == ""
    assert run_checks(tags=["database"], databases=["default"]) == []


def test_the_connection_and_its_server_notice_when_the_other_end_is_gone():
    with connection.cursor() as cursor:
        cursor.execute("SELECT name, setting FROM pg_settings WHERE name LIKE 'tcp_%%'")
        server = dict(cursor.fetchall())
        client = cursor.connection.info.get_parameters()
    if cursor.connection.info.host.startswith("/"):
        pytest.skip("no TCP")
    assert server["tcp_keepalives_idle"] == client["keepalives_idle"] == "10"
    lease = str(settings.BULK_UPLOAD_LEASE_SECONDS * 1000)
    assert server["tcp_user_timeout"] == client["tcp_user_timeout"] == lease


@pytest.mark.parametrize("setting", ["lock_timeout", "idle_in_transaction_session_timeout"])
def test_a_session_without_the_time_limits_is_refused(setting):
    with connection.cursor() as cursor:
        cursor.execute(f"SET {setting} = 0")
        try:
            assert f"{setting} is 0 ms" in pooler.pooler_problem()
            assert [found.id for found in run_checks(tags=["database"], databases=["default"])] == ["bulk_upload.E007"]
        finally:
            cursor.execute(f"RESET {setting}")


def run(address, *command):
    done = subprocess.run(
        [sys.executable, "manage.py", *command],
        env={**environment(), "DATABASE_URL": address},
        cwd=settings.BASE_DIR,
        capture_output=True,
        text=True,
        timeout=60,
    )
    return done.returncode, done.stdout + done.stderr


@contextmanager
def role_with_limits():
    """The settings given to the database, as the page for operators says for session mode."""
    name = connection.ops.quote_name(connection.settings_dict["NAME"])
    with connection.cursor() as cursor:
        for setting in settings.DATABASE_SESSION_SETTINGS:
            cursor.execute(f"ALTER DATABASE {name} SET {setting} = '2s'")
        try:
            yield
        finally:
            cursor.execute(f"ALTER DATABASE {name} RESET ALL")


@needs_pgbouncer
@pytest.mark.usefixtures("aws")
@pytest.mark.parametrize(
    ("mode", "more", "sentence"),
    [
        ("transaction", [], "refuses the session settings"),
        ("transaction", [IGNORE], "are not in force (idle_in_transaction_session_timeout is 0 ms"),
        ("session", [IGNORE], "are not in force"),
    ],
)
def test_the_worker_and_bootstrap_refuse_a_pooler_that_drops_the_settings(tmp_path, mode, more, sentence):
    with pgbouncer(tmp_path, mode, *more) as address:
        for command in (["consume_bulk_uploads", "--once"], ["bootstrap", "--timeout", "5"]):
            code, said = run(address, *command)
            assert code == 1
            assert sentence in said
            assert "pool_mode = session" in said


@needs_pgbouncer
def test_transaction_mode_is_refused_even_where_the_role_has_the_limits(tmp_path):
    with role_with_limits(), pgbouncer(tmp_path, "transaction", IGNORE) as address:
        assert "share one database session" in run(address, "consume_bulk_uploads", "--once")[1]
        assert "bulk_upload.E007" in run(address, "check", "--database", "default")[1]


@needs_pgbouncer
def test_session_mode_works_where_the_role_has_the_limits(tmp_path, accept):
    uploads = [accept(csv_bytes([row(1), row(2)]), replace=True) for _ in range(2)]
    with role_with_limits(), pgbouncer(tmp_path, "session", IGNORE) as address:
        assert run(address, "check", "--database", "default")[0] == 0
        assert run(address, "consume_bulk_uploads", "--once") == (0, "")
    uploads[0].refresh_from_db()
    assert (uploads[0].status, uploads[0].creados) == ("completed", 2)


def test_the_name_of_a_session_is_that_of_the_server():
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        assert database_session().partition(":")[0] == str(cursor.fetchone()[0])
