"""200 clients poll the state of two imports while these run: how long does an answer take?

Two workers, a file of each of two suppliers. The clients ask as real ones do: they keep their connection, send the
last ETag, and wait for Retry-After. Times are measured at the client, so they hold the server's queue, too. Ends after
half a minute or with the first import.
"""

from __future__ import annotations

import asyncio
import json
import random
import statistics
import sys
import time
from collections import Counter
from dataclasses import dataclass, field
from typing import Any, Final, Self

from benchmarks.client import Client, Task
from benchmarks.files import Recipe
from benchmarks.system import System, on_its_own

CLIENTS: Final = 200
SECONDS: Final = 30
ROWS: Final = 200_000
START_SECONDS: Final = 90
MEDIAN_MS, LAST_PERCENT_MS = 20.0, 150.0
UNFINISHED: Final = ("pending", "processing")


@dataclass
class Seen:
    """What the clients saw."""

    milliseconds: list[float] = field(default_factory=list)
    codes: Counter[int] = field(default_factory=Counter)
    running: bool = True

    def last_percent(self) -> float:
        """The milliseconds that 99 % of the answers took at most."""
        return sorted(self.milliseconds)[int(len(self.milliseconds) * 0.99)]


def polling() -> None:
    paths = [Recipe(ROWS, "csv", first=first).made() for first in (0, ROWS)]
    with on_its_own(workers=2) as system:
        client, suppliers = system.client(), system.add_suppliers(2)
        tasks = [client.send(path, owner=code) for path, code in zip(paths, suppliers, strict=True)]
        wait_until_running(client, tasks)
        print(f"{CLIENTS} clients, two imports of {ROWS:,} rows each …", flush=True)
        seen = asyncio.run(poll(system, tasks))
        for body in map(client.state, tasks):
            print(f"import: {body['status']}, {body['progress']}")
    times = sorted(seen.milliseconds)
    median, last = statistics.median(times), seen.last_percent()
    print(f"{len(times):,} answers: {dict(seen.codes)}")
    print(f"median {median:.1f} ms (wanted: under {MEDIAN_MS:g})")
    print(f"99 % {last:.1f} ms (wanted: under {LAST_PERCENT_MS:g}), longest {times[-1]:.1f} ms")
    sys.exit(0 if median < MEDIAN_MS and last < LAST_PERCENT_MS else 1)


def wait_until_running(client: Client, tasks: list[Task]) -> None:
    deadline = time.monotonic() + START_SECONDS
    while (states := [client.state(task)["status"] for task in tasks]) != ["processing"] * 2:
        if time.monotonic() > deadline or set(states) - set(UNFINISHED):
            sys.exit(f"The imports do not run side by side: {states}")
        time.sleep(0.05)


async def poll(system: System, tasks: list[Task]) -> Seen:
    seen = Seen()
    stop = time.monotonic() + SECONDS
    await asyncio.gather(*(one_client(system, tasks[n % 2], stop, seen) for n in range(CLIENTS)))
    return seen


async def one_client(system: System, task: Task, stop: float, seen: Seen) -> None:
    await asyncio.sleep(random.random())  # people do not all begin at the same moment
    async with Connection(system, seen) as connection:
        while time.monotonic() < stop and seen.running:
            body, pause = await connection.ask(task)
            if body.get("status", "pending") not in UNFINISHED:
                seen.running = False
            await asyncio.sleep(pause)


class Connection:
    """One client's connection, with the ETag of its last answer. What it meets is added to `seen`."""

    def __init__(self, system: System, seen: Seen) -> None:
        self._system, self._seen = system, seen
        self._tags: dict[str, str] = {}

    async def __aenter__(self) -> Self:
        self._reader, self._writer = await asyncio.open_connection("127.0.0.1", self._system.port)
        return self

    async def __aexit__(self, *_: object) -> None:
        self._writer.close()

    async def ask(self, task: Task) -> tuple[dict[str, Any], float]:
        """The task's state (empty: as before), and the seconds after which to ask again."""
        tag = self._tags.get(task.id, "")
        condition = f"If-None-Match: {tag}\r\n" if tag else ""
        began = time.monotonic()
        self._writer.write(
            f"GET /api/catalog/bulk-upload/status/{task.id} HTTP/1.1\r\nHost: 127.0.0.1\r\n"
            f"Authorization: Token {self._system.token}\r\n{condition}\r\n".encode()
        )
        head = (await self._reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
        headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in head[1:])}
        body = await self._reader.readexactly(int(headers.get("content-length") or 0))
        self._seen.milliseconds.append((time.monotonic() - began) * 1000)
        self._seen.codes[int(head[0].split()[1])] += 1
        self._tags[task.id] = headers.get("etag", "")
        return json.loads(body) if body else {}, float(headers.get("retry-after", 1))
