"""`make bench-web-memory`: the memory of the web processes while 500 files of mixed size are uploaded and watched.

Starts a stack of its own (two gunicorn processes of eight threads, a worker, Valkey, moto; SQLite, or PostgreSQL when
TEST_DATABASE_URL names a server). Fails when a web process grows by 5 % or more in the second half of the uploads.
"""

from __future__ import annotations

import csv
import io
import os
import subprocess
import sys
import tempfile
import time
import uuid
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, Final

import urllib3

from benchmarks.files import values
from catalog.sheets.products import PRODUCTS
from dev.process_tree import children, resident

UPLOADS: Final = int(os.environ.get("BENCH_UPLOADS", "500"))
SAMPLES: Final = 10
CLIENTS: Final = 12
LARGEST_GROWTH: Final = 0.05
# Rows of one file after another: small ones stay in memory, larger ones go through a temporary file, the largest
# to S3 in parts.
SIZES: Final = (10, 200, 1_000, 10, 200, 5_000, 10, 1_000, 20_000, 200)
LARGEST_ROWS: Final = 80_000
LARGEST_EVERY: Final = 50


def main() -> None:
    """Upload and watch; runs in a process that has Django set up, beside the stack."""
    from rest_framework.authtoken.models import Token

    from benchmarks.client import Client

    Client()  # creates the user
    supplier = Supplier(Token.objects.get(user__username="bench").key)
    pids = children(int(os.environ["BENCH_WEB"]))
    history = [_resident(pids)]
    print(f"{'uploads':>8} {'MiB of each web process':>30}\n{0:>8} {_shown(history[0]):>30}", flush=True)
    with ThreadPoolExecutor(CLIENTS) as clients:
        for step in range(SAMPLES):
            numbers = range(step * UPLOADS // SAMPLES, (step + 1) * UPLOADS // SAMPLES)
            list(clients.map(supplier.upload_and_watch, numbers))
            history.append(_resident(pids))
            print(f"{numbers.stop:>8} {_shown(history[-1]):>30}", flush=True)
    middle, end = history[SAMPLES // 2], history[-1]
    growth = max(after / before - 1 for before, after in zip(middle, end, strict=True))
    print(f"growth in the second half: {growth:.1%} (allowed: under {LARGEST_GROWTH:.0%})")
    sys.exit(0 if growth < LARGEST_GROWTH else 1)


class Supplier:
    """A client that uploads files and asks how they go, on several threads."""

    def __init__(self, token: str) -> None:
        self._headers = {"Authorization": f"Token {token}"}
        self._address = f"http://127.0.0.1:{os.environ['BENCH_PORT']}/api/v1/catalog"
        self._http = urllib3.PoolManager(maxsize=CLIENTS, retries=False, timeout=120)
        self._files = {rows: _csv(rows) for rows in {*SIZES, LARGEST_ROWS}}

    def upload_and_watch(self, number: int) -> None:
        rows = SIZES[number % len(SIZES)] if (number + 1) % LARGEST_EVERY else LARGEST_ROWS
        answer = self._http.request(
            "POST",
            f"{self._address}/items/bulk-upload?proveedor_id=PROV001&reemplazar_duplicados=true",
            headers={**self._headers, "Idempotency-Key": str(uuid.uuid4())},
            fields={"file": ("productos.csv", self._files[rows])},
        )
        if answer.status != 202:
            raise AssertionError(f"upload {number} was answered with {answer.status}: {answer.data[:500]!r}")
        for _ in range(4):
            self._get(f"bulk-upload/status/{answer.json()['task_id']}")
            time.sleep(0.05)
        self._get("bulk-upload?limit=20")

    def _get(self, path: str) -> Any:
        answer = self._http.request("GET", f"{self._address}/{path}", headers=self._headers)
        if answer.status != 200:
            raise AssertionError(f"{path} was answered with {answer.status}: {answer.data[:500]!r}")
        return answer.json()


def _csv(rows: int) -> bytes:
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(PRODUCTS.names)
    for number in range(rows):
        writer.writerow([str(cell).lower() if isinstance(cell, bool) else cell for cell in values(number)])
    return text.getvalue().encode()


def _resident(pids: list[int]) -> list[float]:
    return [resident(pid) for pid in pids]


def _shown(mebibytes: list[float]) -> str:
    return "  ".join(f"{one:6.1f}" for one in mebibytes)


def run_with_stack() -> None:
    from benchmarks import databases, stack
    from dev.environment import PROJECT

    server = os.environ.get("TEST_DATABASE_URL", "")
    with tempfile.TemporaryDirectory(prefix="medisupply-memory-") as name:
        folder = Path(name)
        database = databases.on_postgresql(server) if server else databases.on_sqlite(folder)
        with database as url, stack.running(url, folder) as system:
            command = [sys.executable, "-m", "benchmarks.django_process", "benchmarks.web_memory"]
            done = subprocess.run(command, cwd=PROJECT, env=dict(system.environment), check=False)
    sys.exit(done.returncode)


if __name__ == "__main__":
    run_with_stack()
