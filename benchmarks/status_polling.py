"""200 clients poll the state of two imports while these run: how long does an answer take?

    python benchmarks/status_polling.py [--clients 200] [--seconds 30] [--rows 200000]

Starts a stack of its own on this machine (Valkey, moto, web and two workers; SQLite, or PostgreSQL when
BENCHMARK_DATABASE_URL names an empty database), uploads a file for each of two suppliers, and lets the clients
ask as real ones do: they keep their connection, send the last ETag, and wait for Retry-After. Times are
measured at the client, so they hold the server's queue, too. Only 127.0.0.1 is spoken to, and everything
ends after `--seconds` or with the first import.
"""

from __future__ import annotations

import argparse
import asyncio
import csv
import io
import json
import os
import random
import statistics
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import urllib3

PROJECT: Final = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(PROJECT))

from catalog.sheets.products import PRODUCTS  # noqa: E402
from dev.environment import EMBEDDED, is_free, stack_environment  # noqa: E402

TOKENS: Final = ("demo-token-prov001", "demo-token-prov002")
REQUIRED: Final = [column.name for column in PRODUCTS.columns if column.required]
START_SECONDS: Final = 90
MEDIAN_MS, LAST_PERCENT_MS = 20.0, 150.0


@dataclass
class Seen:
    """What the clients saw."""

    milliseconds: list[float] = field(default_factory=list)
    codes: Counter[int] = field(default_factory=Counter)
    running: bool = True


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--clients", type=int, default=200)
    parser.add_argument("--seconds", type=float, default=30)
    parser.add_argument("--rows", type=int, default=200_000)
    options = parser.parse_args()
    folder = tempfile.TemporaryDirectory(prefix="medisupply-polling-", ignore_cleanup_errors=True)
    with folder as run_dir, stack(Path(run_dir)) as port:
        tasks = [upload(port, token, options.rows) for token in TOKENS]
        wait_until_running(port, tasks)
        print(f"{options.clients} clients, two imports of {options.rows:,} rows each …", flush=True)
        seen = asyncio.run(poll(port, tasks, options.clients, options.seconds))
        shown = [state(port, token, task) for token, task in zip(TOKENS, tasks, strict=True)]
    report(seen, shown)


@contextmanager
def stack(run_dir: Path) -> Iterator[int]:
    """A running stack with two workers; gives its port."""
    port = next(p for p in random.sample(range(15000, 32000, 3), 100) if all(is_free(p + n) for n in range(3)))
    given = {name: value for name, value in os.environ.items() if name not in EMBEDDED}
    given |= {"PORT": str(port), "RUN_DIR": str(run_dir), "STACK_FOLLOWS": str(os.getpid()), "API_THROTTLE_STATUS": ""}
    if os.environ.get("BENCHMARK_DATABASE_URL"):
        given["DATABASE_URL"] = os.environ["BENCHMARK_DATABASE_URL"]
    said = run_dir / "programs.log"
    with said.open("ab") as output:
        programs = [
            subprocess.Popen(
                [sys.executable, "-m", "dev.stack", "run"],
                cwd=PROJECT,
                env=given,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                start_new_session=True,
            )
        ]
        try:
            deadline = time.monotonic() + START_SECONDS
            while "MediSupply is ready" not in said.read_text("utf-8", "replace"):
                if programs[0].poll() is not None or time.monotonic() > deadline:
                    sys.exit(said.read_text("utf-8", "replace"))
                time.sleep(0.2)
            second = [sys.executable, "manage.py", "consume_bulk_uploads"]
            programs.append(
                subprocess.Popen(second, cwd=PROJECT, env=stack_environment(given), stdout=output, stderr=output)
            )
            yield port
        finally:
            for program in reversed(programs):
                program.terminate()
            for program in programs:
                program.wait(90)


def upload(port: int, token: str, rows: int) -> str:
    """Send a made-up catalogue; gives the task's id."""
    letter = token[-1]
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(REQUIRED)
    for n in range(rows):
        writer.writerow([f"P{letter}-{n}", f"Producto {n}", f"C{letter}-{n}", "GUANTES", "12.50", "INVIMA", "Seco", 5])
    answer = urllib3.request(
        "POST",
        f"http://127.0.0.1:{port}/api/v1/catalog/items/bulk-upload",
        headers={"Authorization": f"Token {token}"},
        fields={"file": ("productos.csv", text.getvalue().encode())},
        timeout=60,
    )
    if answer.status != 202:
        sys.exit(f"The upload answered {answer.status}: {answer.data.decode()}")
    return str(answer.json()["task_id"])


def state(port: int, token: str, task: str) -> dict[str, object]:
    url = f"http://127.0.0.1:{port}/api/v1/catalog/bulk-upload/{task}"
    body: dict[str, object] = urllib3.request("GET", url, headers={"Authorization": f"Token {token}"}).json()
    return body


def wait_until_running(port: int, tasks: list[str]) -> None:
    deadline = time.monotonic() + START_SECONDS
    while True:
        states = [state(port, token, task)["status"] for token, task in zip(TOKENS, tasks, strict=True)]
        if states == ["processing"] * 2:
            return
        if time.monotonic() > deadline or set(states) - {"pending", "processing"}:
            sys.exit(f"The imports do not run side by side: {states}")
        time.sleep(0.2)


async def poll(port: int, tasks: list[str], clients: int, seconds: float) -> Seen:
    seen = Seen()
    stop = asyncio.get_running_loop().time() + seconds
    await asyncio.gather(*(one_client(port, n, tasks, stop, seen) for n in range(clients)))
    return seen


async def one_client(port: int, number: int, tasks: list[str], stop: float, seen: Seen) -> None:
    clock = asyncio.get_running_loop().time
    token, task = TOKENS[number % 2], tasks[number % 2]
    await asyncio.sleep(random.random())  # people do not all begin at the same moment
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    tag = ""
    while clock() < stop and seen.running:
        condition = f"If-None-Match: {tag}\r\n" if tag else ""
        began = clock()
        writer.write(
            f"GET /api/catalog/bulk-upload/status/{task} HTTP/1.1\r\nHost: 127.0.0.1\r\n"
            f"Authorization: Token {token}\r\n{condition}\r\n".encode()
        )
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
        headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in head[1:])}
        body = await reader.readexactly(int(headers.get("content-length") or 0))
        seen.milliseconds.append((clock() - began) * 1000)
        seen.codes[int(head[0].split()[1])] += 1
        tag = headers.get("etag", "")
        if body and json.loads(body).get("status") not in ("pending", "processing"):
            seen.running = False
        await asyncio.sleep(float(headers.get("retry-after", 1)))
    writer.close()


def report(seen: Seen, shown: list[dict[str, object]]) -> None:
    times = sorted(seen.milliseconds)
    median, last = statistics.median(times), times[int(len(times) * 0.99)]
    print(f"{len(times):,} answers: {dict(seen.codes)}")
    for body in shown:
        print(f"import: {body['status']}, {body['progress']}")
    print(f"median {median:.1f} ms (wanted: under {MEDIAN_MS:g})")
    print(f"99 % {last:.1f} ms (wanted: under {LAST_PERCENT_MS:g}), longest {times[-1]:.1f} ms")
    sys.exit(0 if median < MEDIAN_MS and last < LAST_PERCENT_MS else 1)


if __name__ == "__main__":
    main()
