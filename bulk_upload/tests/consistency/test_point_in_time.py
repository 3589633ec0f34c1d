"""PostgreSQL comes back as it was at a moment, by the commands of docs/operacion.md, on a server of the test's own."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
import time
from pathlib import Path

import psycopg
import pytest
from django.db import connection

from bulk_upload.tests.helpers.operations_page import printed, run
from bulk_upload.tests.helpers.processes import free_port

BINARIES = max(Path("/usr/lib/postgresql").glob("*/bin"), default=None, key=lambda folder: int(folder.parent.name))
# The server does not start as root.
USER = ("runuser", "-u", "postgres", "--") if os.geteuid() == 0 else ()

pytestmark = [
    pytest.mark.processes,
    pytest.mark.skipif(connection.vendor != "postgresql", reason="it is about PostgreSQL's tools"),
    pytest.mark.skipif(
        not BINARIES or bool(USER and not shutil.which("runuser")), reason="PostgreSQL's server is not here"
    ),
]


class Server:
    """A cluster in a folder that its user can reach, archived as the page says."""

    def __init__(self) -> None:
        self._folder = Path(tempfile.mkdtemp(prefix="pitr-"))
        if USER:
            shutil.chown(self._folder, "postgres")
        self._variables = {"PATH": f"{BINARIES}:{os.environ['PATH']}", "TZ": "UTC"}
        self.url = f"postgres://postgres@127.0.0.1:{free_port()}/postgres"
        self.run("mkdir -p main backups/wal")
        self.run("initdb -D main -U postgres --auth=trust --encoding=UTF8 --no-sync >/dev/null")
        conf = f"unix_socket_directories = '{self._folder}'\nfsync = off\n{self.here(printed('archivar'))}"
        self.run(f"cat >> main/postgresql.conf <<'END'\n{conf}END")
        self.start()

    def here(self, text: str) -> str:
        """The page's folders as they are on this server."""
        text = text.replace("/var/backups/medisupply", f"{self._folder}/backups")
        return text.replace("/var/lib/postgresql/15/main", f"{self._folder}/main")

    def run(self, script: str, **variables: str) -> str:
        return run(self.here(script), {**self._variables, **variables}, *USER, cwd=self._folder)

    def start(self) -> None:
        port = self.url.rpartition(":")[2].partition("/")[0]
        self.run(f"pg_ctl -D main -l log -w -o '-p {port} -h 127.0.0.1' start >/dev/null || {{ cat log; exit 1; }}")

    def stop(self, mode: str) -> None:
        self.run(f"pg_ctl -D main -m {mode} stop >/dev/null")

    def ask(self, *queries: str) -> list[tuple[object, ...]]:
        with psycopg.connect(self.url, autocommit=True) as session:
            answers = [session.execute(query) for query in queries]
            return answers[-1].fetchall() if answers[-1].description else []

    def close(self) -> None:
        subprocess.run(
            [*USER, f"{BINARIES}/pg_ctl", "-D", str(self._folder / "main"), "-m", "immediate", "stop"],
            check=False,
            capture_output=True,
        )
        shutil.rmtree(self._folder, ignore_errors=True)


@pytest.fixture
def server():
    running = Server()
    yield running
    running.close()


def test_the_database_comes_back_to_the_moment(server):
    server.ask("CREATE TABLE upload (number integer)", "INSERT INTO upload VALUES (1)")
    server.run(printed("base"), DATABASE_URL=server.url)
    server.ask("INSERT INTO upload VALUES (2)")
    ((moment,),) = server.ask("SELECT clock_timestamp()")
    time.sleep(0.2)
    server.ask("INSERT INTO upload VALUES (3)", "SELECT pg_switch_wal()")
    while not server.ask("SELECT 1 FROM pg_stat_archiver WHERE archived_count > 0"):
        time.sleep(0.1)
    server.stop("fast")
    server.run(printed("momento"), MOMENT=str(moment))
    server.start()
    while server.ask("SELECT pg_is_in_recovery()") == [(True,)]:
        time.sleep(0.1)
    assert server.ask("SELECT number FROM upload ORDER BY number") == [(1,), (2,)]
    server.ask("INSERT INTO upload VALUES (4)")
