"""What can go wrong. A fault begins, lasts for a while and ends; those of no length only begin."""

from __future__ import annotations

import random
import signal
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import psycopg
from django.db import connection

from bulk_upload.tests.helpers.processes import database_url
from bulk_upload.tests.helpers.tcp_proxy import TcpProxy
from dev.chaos.messages import deliver_again, send_garbage, send_unknown_task
from dev.chaos.processes import send_signal
from dev.chaos.stack import SESSION_NAME, Stack


class Lasting:
    """A fault that has begun. `happened` says that what it waits for has come; most are there at once."""

    def __init__(self, end: Callable[[], object], happened: Callable[[], bool] | None = None) -> None:
        self.end = end
        self.happened = happened


Begin = Callable[[Stack, random.Random], Lasting | None]


class Missed(Exception):
    """There was nothing that the fault could be made of."""


@dataclass(frozen=True)
class Fault:
    """`seconds` is the range from which its length is drawn (or how long it waits); `None` when it has none."""

    name: str
    begin: Begin
    seconds: tuple[float, float] | None = None


def possible() -> list[Fault]:
    """The faults that can be made here: SQLite has no server to lose."""
    on_postgresql = connection.vendor == "postgresql"
    return [fault for fault in FAULTS if on_postgresql or not fault.name.startswith("database")]


# --- Signals to processes ---


def _signalled(number: signal.Signals, pids: Callable[[Stack], list[int]]) -> Begin:
    def begin(stack: Stack, chance: random.Random) -> Lasting | None:
        choice = chance.random()
        deadline = time.monotonic() + PID_SECONDS
        while not (found := pids(stack)):
            if time.monotonic() > deadline:
                raise Missed
            time.sleep(0.005)
        pid = found[int(choice * len(found))]
        send_signal(pid, number)
        return Lasting(lambda: send_signal(pid, signal.SIGCONT)) if number == signal.SIGSTOP else None

    return begin


def _any_web(stack: Stack) -> list[int]:
    return [pid for host in stack.hosts for pid in host.web.pids()]


def _second_web(stack: Stack) -> list[int]:
    """The first one's web process is never killed: its memory is measured to the end."""
    return stack.hosts[1].web.pids()


# --- Proxies ---


def _proxied(server: str, change: Callable[[TcpProxy], None], clients: tuple[str, ...] = ("web", "worker")) -> Begin:
    """`change` the proxies of one client or of both."""
    choices = [*((client,) for client in clients), clients]

    def begin(stack: Stack, chance: random.Random) -> Lasting:
        chosen = chance.choice(choices)
        for client in chosen:
            change(stack.proxies[server, client])
        return Lasting(lambda: stack.mend(server, *chosen))

    return begin


def _lose(server: str, client: str, request: bytes, times: int = 1) -> Begin:
    """The server does what `request` says, and the client never learns of it."""

    def begin(stack: Stack, chance: random.Random) -> Lasting:
        proxy = stack.proxies[server, client]
        cuts = proxy.cuts
        proxy.cut_after(request, times=times)
        return Lasting(lambda: stack.mend(server, client), lambda: proxy.cuts >= cuts + times)

    return begin


def _fail_with_500(stack: Stack, chance: random.Random) -> Lasting:
    for client in ("web", "worker"):
        proxy = stack.proxies["s3", client]
        proxy.target = stack.failing.address
        proxy.cut()  # connections that are open lead elsewhere
        proxy.forward()
    return Lasting(lambda: stack.mend("s3", "web", "worker"))


# --- The cache and the database themselves ---


def _freeze_cache(stack: Stack, chance: random.Random) -> Lasting:
    pid = stack.valkey.process.pid
    send_signal(pid, signal.SIGSTOP)
    return Lasting(lambda: send_signal(pid, signal.SIGCONT))


def _fill_cache(stack: Stack, chance: random.Random) -> Lasting:
    """Redis with ``noeviction`` and no memory left refuses every write and answers reads."""
    cache = stack.cache()
    cache.config_set("maxmemory", 1)
    return Lasting(lambda: cache.config_set("maxmemory", 0))


def _empty_cache(stack: Stack, chance: random.Random) -> None:
    stack.cache().flushall()


def _end_sessions(stack: Stack, chance: random.Random) -> None:
    with psycopg.connect(database_url(), autocommit=True) as session:
        session.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = %s "
            "AND datname = current_database()",
            [SESSION_NAME],
        )


COMMIT: Final = b"COMMIT\x00"
UPDATE: Final = b'UPDATE "bulk_upload_bulkupload"'
WORKERS, READERS, FORK_SERVERS = Stack.busy_worker_pids, Stack.busy_reader_pids, Stack.fork_server_pids
# Seconds for which a fault waits for a process that is busy.
PID_SECONDS: Final = 3

FAULTS: Final = [
    Fault("worker killed", _signalled(signal.SIGKILL, WORKERS)),
    Fault("worker terminated", _signalled(signal.SIGTERM, WORKERS)),
    Fault("worker frozen", _signalled(signal.SIGSTOP, WORKERS), (3, 6)),
    Fault("reader killed", _signalled(signal.SIGKILL, READERS)),
    Fault("reader terminated", _signalled(signal.SIGTERM, READERS)),
    Fault("reader frozen", _signalled(signal.SIGSTOP, READERS), (3, 6)),
    Fault("fork server killed", _signalled(signal.SIGKILL, FORK_SERVERS)),
    Fault("fork server frozen", _signalled(signal.SIGSTOP, FORK_SERVERS), (3, 6)),
    Fault("web killed", _signalled(signal.SIGKILL, _second_web)),
    Fault("web terminated", _signalled(signal.SIGTERM, _second_web)),
    Fault("web frozen", _signalled(signal.SIGSTOP, _any_web), (1, 4)),
    Fault("redis frozen", _freeze_cache, (2, 9)),
    Fault("redis full", _fill_cache, (2, 8)),
    Fault("redis emptied", _empty_cache),
    Fault("redis cut", _proxied("redis", TcpProxy.cut), (1, 5)),
    Fault("s3 slow", _proxied("s3", lambda proxy: proxy.delay(0.5)), (3, 8)),
    Fault("s3 hanging", _proxied("s3", TcpProxy.hang), (3, 9)),
    Fault("s3 answers 500", _fail_with_500, (2, 6)),
    Fault("s3 answer to PUT lost", _lose("s3", "web", b"PUT /"), (4, 4)),
    Fault("sqs cut", _proxied("sqs", TcpProxy.cut), (2, 8)),
    Fault("sqs hanging", _proxied("sqs", TcpProxy.hang), (2, 8)),
    Fault("sqs answer to SendMessage lost", _lose("sqs", "web", b"AmazonSQS.SendMessage"), (4, 4)),
    Fault("database sessions ended", _end_sessions),
    Fault("database cut", _proxied("database", TcpProxy.cut), (1, 4)),
    Fault("database hanging", _proxied("database", TcpProxy.hang), (1, 5)),
    Fault("database slow", _proxied("database", lambda proxy: proxy.delay(0.02)), (2, 6)),
    Fault("database: answer to COMMIT lost on the web", _lose("database", "web", COMMIT), (4, 4)),
    Fault("database: answer to COMMIT lost on a worker", _lose("database", "worker", COMMIT), (4, 4)),
    Fault("database: answer to UPDATE lost on the web", _lose("database", "web", UPDATE), (4, 4)),
    Fault("database: answer to UPDATE lost on a worker", _lose("database", "worker", UPDATE), (4, 4)),
    Fault("message delivered again", deliver_again),
    Fault("message of an unknown task", send_unknown_task),
    Fault("message of garbage", send_garbage),
]
