"""Web and worker through a real pgbouncer with the configuration of production."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tempfile
from contextlib import ExitStack, contextmanager
from pathlib import Path

import psycopg
import pytest
import urllib3
from django.conf import settings
from django.db import connection
from rest_framework.authtoken.models import Token

from bulk_upload.models import BulkUpload
from bulk_upload.tests.helpers.processes import environment, free_port, wait_for, worker_process
from bulk_upload.tests.helpers.rows import csv_bytes, row
from bulk_upload.tests.helpers.servers import answers, program
from bulk_upload.tests.helpers.serving import served
from bulk_upload.tests.helpers.upload_api import URL

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.processes,
    pytest.mark.skipif("connection.vendor != 'postgresql'", reason="only PostgreSQL has sessions"),
]

FILE = settings.BASE_DIR / "deploy" / "pgbouncer.ini"
PASSWORD = "una-clave"


@pytest.fixture
def folder():
    """One that pgbouncer may write to, which does not run as root."""
    with tempfile.TemporaryDirectory(prefix="pgbouncer-") as name:
        folder = Path(name)
        folder.chmod(0o777)
        yield folder


@contextmanager
def pgbouncer(folder, **changed):
    """pgbouncer with the file of production: only ports and paths differ, and what is `changed`. Gives the address."""
    db, port = connection.settings_dict, free_port()
    name, user, password = db["NAME"], db["USER"], db["PASSWORD"] or PASSWORD
    options = {"listen_port": port, "unix_socket_dir": "", **changed}
    text = FILE.read_text("utf-8")
    for option, value in options.items():
        text, found = re.subn(rf"^{option} = .*$", f"{option} = {value}", text, flags=re.MULTILINE)
        assert found == 1
    target = f"{name} = host={db['HOST']} port={db['PORT']} dbname={name}"
    text = text.replace("medisupply = host=db.internal port=5432 dbname=medisupply", target)
    for installed in ("/var/run/postgresql", "/var/log/postgresql", "/etc/pgbouncer"):
        text = text.replace(f"{installed}/", f"{folder}/")
    (folder / FILE.name).write_text(text)
    (folder / "userlist.txt").write_text(f'"{user}" "{password}"\n')
    as_user = ["-u", "nobody"] if os.geteuid() == 0 else []
    process = subprocess.Popen([program("pgbouncer"), "-q", *as_user, str(folder / FILE.name)])
    try:
        wait_for(lambda: answers(port))
        yield f"postgres://{user}:{password}@127.0.0.1:{port}/{name}"
    finally:
        process.terminate()
        process.wait(10)


@contextmanager
def role_with_limits():
    """What the file's head asks of the role, given to the database that this test uses."""
    name = connection.ops.quote_name(connection.settings_dict["NAME"])
    with connection.cursor() as cursor:
        for setting in settings.DATABASE_SESSION_SETTINGS:
            cursor.execute(f"ALTER DATABASE {name} SET {setting} = '2s'")
        try:
            yield
        finally:
            cursor.execute(f"ALTER DATABASE {name} RESET ALL")


def manage(address, *words):
    command = [sys.executable, "manage.py", *words]
    return subprocess.run(command, env=environment(DATABASE_URL=address), cwd=settings.BASE_DIR, check=False).returncode


def test_web_and_worker_import_and_export_through_it(folder, aws, supplier, user):
    token = {"Authorization": f"Token {Token.objects.create(user=user).key}"}
    rows = [row(number) for number in range(1000)] + [
        row(number, precio_unitario="gratis") for number in range(1000, 4000)
    ]
    with role_with_limits(), pgbouncer(folder) as address, served(DATABASE_URL=address) as port:
        assert manage(address, "check", "--database", "default") == 0

        def ask(method, path, **more):
            return urllib3.request(
                method, f"http://127.0.0.1:{port}{path}", headers=token, timeout=60, retries=False, **more
            )

        task = ask("POST", URL, fields={"file": ("a.csv", csv_bytes(rows))}).json()["task_id"]
        with worker_process(DATABASE_URL=address):
            wait_for(lambda: BulkUpload.objects.filter(pk=task, status="completed").exists())
        upload = BulkUpload.objects.get(pk=task)
        assert (upload.creados, upload.rechazados) == (1000, 3000)
        # More than a block of a server-side cursor, which has to find its session again.
        errors = ask("GET", f"/api/v1/catalog/bulk-upload/{task}/errors.csv")
        assert errors.data.count(b';"gratis"') == 3000
    log = (folder / "pgbouncer.log").read_text()
    assert "login attempt" in log
    assert "ERROR" not in log


def test_a_download_would_lose_its_rows_in_transaction_mode(folder):
    """Why the mode is `session`: between two blocks the cursor's session is lent to somebody else."""
    with ExitStack() as stack:
        address = stack.enter_context(pgbouncer(folder, pool_mode="transaction"))
        download = stack.enter_context(psycopg.connect(address, autocommit=True))
        other = stack.enter_context(psycopg.connect(address))
        cursor = download.cursor("bloques", withhold=True)  # as Django's `iterator` makes it
        cursor.execute("SELECT generate_series(1, 5000)")
        cursor.fetchmany(2000)
        other.execute("SELECT 1")
        with pytest.raises(psycopg.errors.InvalidCursorName):
            cursor.fetchmany(2000)
