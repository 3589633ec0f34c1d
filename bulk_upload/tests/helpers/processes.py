"""Real processes for the tests: workers under supervisor with the production configuration, and faults."""

from __future__ import annotations

import configparser
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
import xmlrpc.client
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import IO, Any

import supervisor.xmlrpc
from django.conf import settings
from django.db import connection

WORKER_CONF = settings.BASE_DIR / "deploy" / "supervisor" / "worker.conf"

# Short enough that a killed worker's upload is taken over within a test's patience.
LEASE_SECONDS = 2


def free_port() -> int:
    return free_ports(1)[0]


def free_ports(count: int) -> list[int]:
    """Different ones: asked for one after another, the same port may come twice."""
    with ExitStack() as stack:
        probes = [stack.enter_context(socket.socket()) for _ in range(count)]
        for probe in probes:
            probe.bind(("127.0.0.1", 0))
        return [int(probe.getsockname()[1]) for probe in probes]


def database_url() -> str:
    """The address of the database that this test uses, for another process."""
    db = connection.settings_dict
    if connection.vendor == "sqlite":
        return f"sqlite:///{db['NAME']}"
    return f"postgres://{db['USER']}:{db['PASSWORD']}@{db['HOST']}:{db['PORT']}/{db['NAME']}"


def environment(**more: Any) -> dict[str, str]:
    """A worker's environment: this test's parts, and short leases."""
    return {
        **os.environ,
        "DATABASE_URL": database_url(),
        "BULK_UPLOAD_LEASE_SECONDS": str(LEASE_SECONDS),
        "BULK_UPLOAD_CHUNK_ROWS": "300",
        "BULK_UPLOAD_SWEEP_SECONDS": "1",
        # moto, like SQS, may hand a message to the long poll of a worker that is dead: keep those short.
        "BULK_UPLOAD_WAIT_SECONDS": "1",
        "LOG_LEVEL": "WARNING",
        **{name: str(value) for name, value in more.items()},
    }


def start_worker(
    *arguments: str, output: IO[bytes] | None = None, code: Path = settings.BASE_DIR, **variables: Any
) -> subprocess.Popen[bytes]:
    """`manage.py consume_bulk_uploads` by itself. All that it writes goes to `output`, if given.

    `code` is the folder of the program, this one's or that of another release.
    """
    command = [sys.executable, "manage.py", "consume_bulk_uploads", *arguments]
    env = environment(**variables)
    return subprocess.Popen(command, env=env, cwd=code, stdout=output, stderr=output)


@contextmanager
def worker_process(
    *arguments: str, output: IO[bytes] | None = None, code: Path = settings.BASE_DIR, **variables: Any
) -> Iterator[subprocess.Popen[bytes]]:
    """A worker that is killed at the end of the block, if it is still there."""
    process = start_worker(*arguments, output=output, code=code, **variables)
    try:
        yield process
    finally:
        if process.poll() is None:
            process.send_signal(signal.SIGCONT)
            process.kill()
        process.wait(10)


def wait_for(condition: Callable[[], Any], seconds: float = 30.0, pause: float = 0.05) -> Any:
    """Wait until `condition` gives something true, and return that."""
    deadline = time.monotonic() + seconds
    while not (found := condition()):
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(pause)
    return found


class Supervised:
    """Workers under supervisord with `deploy/supervisor/worker.conf`: only paths, user and number differ."""

    def __init__(self, numprocs: int, **variables: Any) -> None:
        self._folder = tempfile.TemporaryDirectory(prefix="sv")  # short: a socket's path has a limit
        folder = Path(self._folder.name)
        self._socket = folder / "s"
        conf = folder / "supervisord.conf"
        with conf.open("w") as file:
            self._configuration(folder, numprocs).write(file)
        self._daemon = subprocess.Popen(
            [str(Path(sys.executable).with_name("supervisord")), "-n", "-c", str(conf)],
            env=environment(**variables),
            stdout=subprocess.DEVNULL,
            # A terminal's Ctrl-C is for the test alone, which then stops it.
            start_new_session=True,
        )
        self.pid = self._daemon.pid
        wait_for(self._socket.exists)

    def _configuration(self, folder: Path, numprocs: int) -> configparser.RawConfigParser:
        conf = configparser.RawConfigParser(inline_comment_prefixes=(" ;",))
        conf.read(WORKER_CONF)
        program = conf["program:medisupply-worker"]
        del program["user"]
        program["command"] = f"{sys.executable} manage.py consume_bulk_uploads"
        program["directory"] = str(settings.BASE_DIR)
        program["numprocs"] = str(numprocs)
        program["startsecs"] = "0"
        program["stdout_logfile"] = f"{folder}/%(process_num)02d.log"
        conf["supervisord"] = {"logfile": f"{folder}/log", "pidfile": f"{folder}/pid", "nodaemon": "true"}
        conf["unix_http_server"] = {"file": str(self._socket)}
        factory = "supervisor.rpcinterface:make_main_rpcinterface"
        conf["rpcinterface:supervisor"] = {"supervisor.rpcinterface_factory": factory}
        return conf

    def pids(self) -> list[int]:
        """The workers that run now."""
        transport = supervisor.xmlrpc.SupervisorTransport(None, None, f"unix://{self._socket}")
        server: Any = xmlrpc.client.ServerProxy("http://127.0.0.1", transport=transport)
        return [info["pid"] for info in server.supervisor.getAllProcessInfo() if info["pid"]]

    def logs(self) -> list[Path]:
        """What the workers have written so far, a file each."""
        return sorted(Path(self._folder.name).glob("*.log"))

    def stop(self) -> int:
        """Stop all as an operator would; returns supervisord's exit code."""
        self._daemon.terminate()
        code = self._daemon.wait(30)
        self._folder.cleanup()
        return code


@contextmanager
def supervised(numprocs: int, **variables: Any) -> Iterator[Supervised]:
    """Workers under supervisor for the length of the block."""
    workers = Supervised(numprocs, **variables)
    try:
        yield workers
    finally:
        workers.stop()
