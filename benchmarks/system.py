"""The whole system as in production, on ports of its own (Valkey, moto, gunicorn and workers without DEBUG)."""

from __future__ import annotations

import os
import random
import secrets
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from typing import Final

from benchmarks.client import Client
from benchmarks.databases import Database, on_postgresql
from benchmarks.options import FOLDER
from dev.announce import wait_until_ready
from dev.environment import EMBEDDED, PROJECT, is_free, stack_environment

STOP_SECONDS: Final = 60
# A user who may act for every supplier, and its token.
USER: Final = (
    "INSERT INTO auth_user (id, username, password, first_name, last_name, email, is_superuser, is_staff, is_active,"
    " date_joined) VALUES (1000, 'bench', '', '', '', '', true, true, true, CURRENT_TIMESTAMP) ON CONFLICT DO NOTHING"
)
TOKEN: Final = "INSERT INTO authtoken_token VALUES ('{}', CURRENT_TIMESTAMP, 1000)"  # noqa: S105


@dataclass(frozen=True)
class System:
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
        columns = "codigo, nombre, nit, email, activo"
        self.database.execute(f"INSERT INTO catalog_supplier ({columns}) VALUES {rows} ON CONFLICT DO NOTHING")
        return codes


@contextmanager
def on_its_own(workers: int = 1) -> Iterator[System]:
    """A system of this checkout with an empty database on PostgreSQL."""
    with on_postgresql() as database, running(database, workers) as system:
        yield system


@contextmanager
def running(database: Database, workers: int = 1, settings: Mapping[str, str] | None = None) -> Iterator[System]:
    """Start everything on 127.0.0.1, wait until it answers, and stop it at the end of the block."""
    env = environment(database) | dict(settings or {})
    web, valkey, moto = (env[name] for name in ("PORT", "VALKEY_PORT", "LOCAL_AWS_PORT"))
    with ExitStack() as servers, (FOLDER / "programs.log").open("ab") as log:

        def start(*command: str) -> int:
            return servers.enter_context(_program(command, env, log.fileno())).pid

        start(env["VALKEY_SERVER"], "--bind", "127.0.0.1", "--port", valkey, "--save", "")
        start(sys.executable, "-m", "moto.server", "--host", "127.0.0.1", "--port", moto)
        subprocess.run([sys.executable, "manage.py", "bootstrap"], cwd=PROJECT, env=env, stdout=log, check=True)
        token = secrets.token_hex(20)
        database.execute(USER, "DELETE FROM authtoken_token", TOKEN.format(token))
        gunicorn = start(
            *(sys.executable, "-m", "deploy.web", "--config", "deploy/gunicorn_config.py", "--workers", "2"),
            *("--bind", f"127.0.0.1:{web}", "--log-level", "warning", "medisupply.wsgi:application"),
        )
        pids = tuple(start(sys.executable, "manage.py", "consume_bulk_uploads") for _ in range(workers))
        wait_until_ready(int(web))
        yield System(database, env, int(web), gunicorn, pids, token)


def environment(database: Database) -> dict[str, str]:
    """Of every program that measures or is measured: the developers' stack, on free ports, but as in production."""
    ports = random.sample(range(15000, 32000, 3), 100)
    port = next(port for port in ports if all(is_free(port + each) for each in range(3)))
    given = {name: value for name, value in os.environ.items() if name not in EMBEDDED}
    env = stack_environment({**given, "PORT": str(port), "RUN_DIR": str(FOLDER)})
    (FOLDER / "tmp").mkdir(parents=True, exist_ok=True)
    throttles = dict.fromkeys((f"API_THROTTLE_{name}" for name in ("ALL", "EXPORTS", "UPLOADS", "STATUS")), "")
    return {
        **env,
        **throttles,
        "RUN_DIR": str(FOLDER.parent),
        "DEBUG": "false",
        "SECRET_KEY": secrets.token_urlsafe(50),
        "SECURE_SSL_REDIRECT": "false",
        "LOG_LEVEL": "WARNING",
        "DATABASE_URL": database.url,
    }


@contextmanager
def _program(command: tuple[str, ...], env: Mapping[str, str], output: int) -> Iterator[subprocess.Popen[bytes]]:
    program = subprocess.Popen(
        command, cwd=PROJECT, env=env, stdin=subprocess.DEVNULL, stdout=output, stderr=output, start_new_session=True
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
