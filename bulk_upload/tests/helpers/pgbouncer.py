"""A real pgbouncer between a test and its database."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from django.db import connection

from bulk_upload.tests.helpers.processes import free_port, wait_for

PGBOUNCER = shutil.which("pgbouncer", path=f"{os.environ.get('PATH', '')}:/usr/sbin")
needs_pgbouncer = pytest.mark.skipif(PGBOUNCER is None, reason="needs pgbouncer")
IGNORE = "ignore_startup_parameters = options"


@contextmanager
def pgbouncer(folder: Path, mode: str, *more: str) -> Iterator[str]:
    """A pgbouncer before the test's database; gives the address. `more` are lines of its configuration."""
    db, port = connection.settings_dict, free_port()
    names = {"host": "HOST", "port": "PORT", "dbname": "NAME", "user": "USER", "password": "PASSWORD"}
    target = " ".join(f"{name}={db[key]}" for name, key in names.items() if db[key])
    lines = [
        *("[databases]", f"{db['NAME']} = {target}"),
        *("[pgbouncer]", "listen_addr = 127.0.0.1", f"listen_port = {port}", "auth_type = any", "unix_socket_dir ="),
        *(f"pool_mode = {mode}", *more),
    ]
    (folder / "pgbouncer.ini").write_text("\n".join(lines))
    user = ["-u", "nobody"] if os.getuid() == 0 else []
    process = subprocess.Popen([str(PGBOUNCER), "-q", *user, str(folder / "pgbouncer.ini")], stderr=subprocess.DEVNULL)
    address = f"postgres://{db['USER']}:{db['PASSWORD']}@127.0.0.1:{port}/{db['NAME']}"
    try:
        wait_for(lambda: _answers(port))
        yield address
    finally:
        process.terminate()
        process.wait(10)


def _answers(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0
