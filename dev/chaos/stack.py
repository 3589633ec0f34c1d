"""The system under test: two hosts with web and workers, and a proxy before everything that they talk to."""

from __future__ import annotations

import shutil
import signal
import subprocess
import tempfile
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path
from types import TracebackType
from typing import Final, Self

import redis
from django.conf import settings
from django.db import connection

from bulk_upload import queue, storage
from bulk_upload.tests.helpers.processes import Supervised, database_url, environment
from bulk_upload.tests.helpers.tcp_proxy import TcpProxy
from dev.chaos.processes import FailingServer, Valkey, Web, has_open, send_signal
from dev.environment import PROJECT
from dev.process_tree import children, descendants, resident

# By how much the hosts' clocks are wrong, in seconds, and how many workers each has.
HOSTS: Final = ((20, 1), (-20, 2))
CHUNK_ROWS: Final = 300
# Seconds that each block between a worker and the database takes: imports last long enough to be disturbed.
LATENCY: Final = 0.003
# The database sessions of the system under test, so that only these are ended.
SESSION_NAME: Final = "medisupply-chaos"


class Host:
    """A web process and workers, with the same wrong clock and one folder for temporary files."""

    def __init__(self, name: str, shift: int, workers: int, stack: Stack) -> None:
        self._name, self._folder = name, stack.folder
        self.temporary = stack.folder / name
        self.temporary.mkdir()
        common = {
            "PYTHONPATH": str(PROJECT / "dev" / "chaos" / "clock"),
            "CLOCK_SHIFT_SECONDS": str(shift),
            "BULK_UPLOAD_TEMP_DIR": str(self.temporary),
            "BULK_UPLOAD_CHUNK_ROWS": str(CHUNK_ROWS),
            "DEBUG": "false",
            "SECURE_SSL_REDIRECT": "false",
        }
        self._worker_variables = common | stack.addresses("worker")
        self._worker_count = workers
        self._log = (stack.folder / f"{name}-web.log").open("wb")
        self.web = Web(environment(**common, **stack.addresses("web")), self._log)
        self.workers = Supervised(workers, **self._worker_variables)

    def worker_pids(self) -> list[int]:
        return children(self.workers.pid)

    def collect_logs(self) -> None:
        """Add the workers' logs, which end with their supervisor, to the stack's folder."""
        for path in self.workers.logs():
            with (self._folder / f"{self._name}-{path.name}").open("ab") as log:
                log.write(path.read_bytes())

    def restart_workers(self) -> None:
        self.collect_logs()
        self._stop_workers()
        self.workers = Supervised(self._worker_count, **self._worker_variables)

    def stop(self) -> None:
        try:
            self._stop_workers()
        finally:
            self.web.stop()
            self._log.close()

    def _stop_workers(self) -> None:
        """As an operator stops them; whoever does not end is killed."""
        for pid in self.worker_pids():
            for each in (pid, *descendants(pid)):
                send_signal(each, signal.SIGCONT)
        try:
            self.workers.stop()
        except subprocess.TimeoutExpired:
            for pid in (*self.worker_pids(), self.workers.pid):
                send_signal(pid, signal.SIGKILL)


class Stack:
    """Starts everything on the test database; `with Stack() as stack` stops it again.

    `proxies` are named by server and client: ``database``, ``redis``, ``s3``, ``sqs`` and ``web``, ``worker``.
    """

    def __init__(self) -> None:
        self._stopping = ExitStack()
        self.hosts: list[Host] = []
        # The uploads of this round: supplier and task id.
        self.accepted: list[tuple[str, str]] = []

    def __enter__(self) -> Self:
        with self._stopping as stopping:
            storage.ensure_bucket()
            queue.ensure_queues()
            self.folder = Path(stopping.enter_context(tempfile.TemporaryDirectory(prefix="chaos-")))
            self.valkey = Valkey()
            stopping.callback(self.valkey.stop)
            self.failing = FailingServer()
            stopping.callback(self.failing.stop)
            self.proxies = self._start_proxies(stopping)
            self._targets = {name: proxy.target for name, proxy in self.proxies.items()}
            for server, client in self.proxies:
                self.mend(server, client)
            stopping.callback(self.for_each_host, Host.stop)
            for shift, workers in HOSTS:
                # On SQLite the database's clock is each process's own: there is but one.
                shift = shift if connection.vendor == "postgresql" else 0
                self.hosts.append(Host(f"host{len(self.hosts)}", shift, workers, self))
            stopping.callback(self.heal)
            self._stopping = stopping.pop_all()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._stopping.close()

    def for_each_host(self, action: Callable[[Host], None]) -> None:
        """On all hosts at the same time."""
        with ThreadPoolExecutor() as pool:
            list(pool.map(action, self.hosts))

    def _start_proxies(self, stopping: ExitStack) -> dict[tuple[str, str], TcpProxy]:
        urls = {
            "redis": f"redis://127.0.0.1:{self.valkey.port}/0",
            "s3": settings.AWS_ENDPOINT_URL,
            "sqs": settings.AWS_ENDPOINT_URL,
        }
        if connection.vendor == "postgresql":
            urls["database"] = f"{database_url()}?application_name={SESSION_NAME}"
        return {
            (server, client): stopping.enter_context(TcpProxy(url))
            for server, url in urls.items()
            for client in ("web", "worker")
        }

    def addresses(self, client: str) -> dict[str, str]:
        """The environment that leads `client` through its proxies."""
        urls = {server: proxy.url for (server, named), proxy in self.proxies.items() if named == client}
        found = {
            "REDIS_URL": urls["redis"],
            # The first one says that it is not Amazon's; the others go before it.
            "AWS_ENDPOINT_URL": urls["s3"],
            "AWS_ENDPOINT_URL_S3": urls["s3"],
            "AWS_ENDPOINT_URL_SQS": urls["sqs"],
        }
        return found | ({"DATABASE_URL": urls["database"]} if "database" in urls else {})

    # --- What faults ask for ---

    def worker_pids(self) -> list[int]:
        return [pid for host in self.hosts for pid in host.worker_pids()]

    def reader_pids(self) -> list[int]:
        """The workers' readers, and the processes that these are forked from."""
        return [each for pid in self.worker_pids() for each in descendants(pid)]

    def busy_reader_pids(self) -> list[int]:
        """The readers that have a file open."""
        return [pid for pid in self.reader_pids() if has_open(pid, "/bulk-upload-")]

    def fork_server_pids(self) -> list[int]:
        """The processes that busy workers' readers are forked from."""
        return [child for pid in self.busy_worker_pids() for child in children(pid)]

    def busy_worker_pids(self) -> list[int]:
        """The workers of which an import has a temporary folder."""
        busy = [host for host in self.hosts if any(host.temporary.glob("bulk-upload-*"))]
        return [pid for host in busy for pid in host.worker_pids()]

    def cache(self) -> redis.Redis:
        """The cache itself, past the proxies."""
        return redis.Redis(port=self.valkey.port, socket_timeout=5)

    def mend(self, server: str, *clients: str) -> None:
        """Let the proxies of these clients forward again, to their own server."""
        for client in clients:
            proxy = self.proxies[server, client]
            proxy.target = self._targets[server, client]
            proxy.delay(LATENCY if (server, client) == ("database", "worker") else 0)

    def heal(self) -> None:
        """End every fault that lasts."""
        for server, client in self.proxies:
            self.mend(server, client)
        send_signal(self.valkey.process.pid, signal.SIGCONT)
        self.cache().config_set("maxmemory", 0)
        for pid in [*self.worker_pids(), *self.reader_pids(), *(pid for host in self.hosts for pid in host.web.pids())]:
            send_signal(pid, signal.SIGCONT)

    # --- What the report asks for ---

    def memory(self) -> dict[str, float]:
        """Resident memory in MB of each kind of process, the largest one's."""
        web = [resident(pid) for host in self.hosts for pid in host.web.pids()]
        return {
            "web": max(web, default=0.0),
            "worker": max(map(resident, self.worker_pids()), default=0.0),
            "reader": max(map(resident, self.reader_pids()), default=0.0),
        }

    def save_logs(self, seed: int) -> Path:
        """Copy what web and workers wrote, before it is removed with the stack."""
        into = PROJECT / "run" / f"chaos-{seed}"
        into.mkdir(parents=True, exist_ok=True)
        for host in self.hosts:
            host.collect_logs()
        for path in self.folder.glob("*.log"):
            shutil.copy(path, into)
        return into

    def temporary_folders(self) -> int:
        """Folders of imports that nobody has removed."""
        return sum(1 for host in self.hosts for _ in host.temporary.glob("bulk-upload-*"))
