"""Passwords that are kept apart from the addresses, as Secrets Manager gives them, reach database and cache."""

from __future__ import annotations

import subprocess
import sys

import pytest
from django.conf import settings
from django.db import connection

from bulk_upload.tests.helpers.pgbouncer import IGNORE, needs_pgbouncer, pgbouncer
from bulk_upload.tests.helpers.processes import environment
from bulk_upload.tests.helpers.valkey import Valkey

# It would have to be percent-encoded in an address.
PASSWORD = "p@ss/w0rd%20#"


def answer(script, **variables):
    """What a process of the system with these variables prints, or the last line of its error."""
    command = [sys.executable, "manage.py", "shell", "--no-imports", "-c", script]
    env = environment(**variables)
    done = subprocess.run(command, env=env, cwd=settings.BASE_DIR, capture_output=True, text=True, timeout=60)
    return (done.stdout or done.stderr).splitlines()[-1]


@needs_pgbouncer
@pytest.mark.skipif("connection.vendor != 'postgresql'", reason="SQLite has no passwords")
@pytest.mark.django_db
def test_the_databases_password_is_taken_beside_its_address(tmp_path):
    (tmp_path / "users").write_text(f'"{connection.settings_dict["USER"]}" "{PASSWORD}"\n')
    (tmp_path / "users").chmod(0o644)
    tmp_path.chmod(0o755)
    users = ["auth_type = plain", f"auth_file = {tmp_path / 'users'}"]
    script = "from django.db import connection as c; c.ensure_connection(); print(c.connection.info.status.name)"
    with pgbouncer(tmp_path, "session", IGNORE, *users) as address:
        assert answer(script, DATABASE_URL=address, DATABASE_PASSWORD=PASSWORD) == "OK"
        assert "password" in answer(script, DATABASE_URL=address, DATABASE_PASSWORD="another")


def test_the_caches_password_is_taken_beside_its_address():
    server = Valkey()
    try:
        server.client.config_set("requirepass", PASSWORD)
        script = "from bulk_upload import progress; progress.ping(); print('there')"
        assert answer(script, REDIS_URL=server.url, REDIS_PASSWORD=PASSWORD) == "there"
        assert "CacheDown" in answer(script, REDIS_URL=server.url)
    finally:
        server.kill()


def test_a_password_in_the_caches_address_is_taken_as_before():
    server = Valkey()
    try:
        server.client.config_set("requirepass", "secreto")
        script = "from bulk_upload import progress; progress.ping(); print('there')"
        assert answer(script, REDIS_URL=server.url.replace("//", "//:secreto@")) == "there"
    finally:
        server.kill()
