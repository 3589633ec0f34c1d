"""`make demo`: the whole way of one file, seen from outside, on a stack of its own.

The stack runs on free ports in a temporary folder and on embedded parts only, whatever the environment
says: a demonstration never touches anybody's database.
"""

from __future__ import annotations

import json
import os
import random
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any, Final

import urllib3

from dev.announce import EXAMPLE, TOKEN, UPLOAD_PATH, address
from dev.environment import EMBEDDED, PROJECT, StackError, is_free

START_SECONDS: Final = 90
IMPORT_SECONDS: Final = 60
# Longer than supervisor waits for the worker (dev.conf), so that it never has to be killed.
STOP_SECONDS: Final = 90
AUTHORIZATION: Final = {"Authorization": f"Token {TOKEN}"}
ENDS: Final = ("completed", "failed", "cancelled")
BAR_WIDTH: Final = 40


def run_demo() -> None:
    """Start a stack, import the example file, print what came of it, stop. Raises `StackError` in words."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # leave through the `finally` below
    with tempfile.TemporaryDirectory(prefix="medisupply-demo-", ignore_cleanup_errors=True) as folder:
        run_dir = Path(folder)
        with own_stack(run_dir) as port:
            accepted, seconds = _upload(port)
            task = _follow(port, accepted["status_url"])
            print(json.dumps(task["result"], ensure_ascii=False, indent=2))
            print(f"Accepted in {seconds:.2f} s")
            _check(task, _count_products(run_dir))
    print("Stopped; nothing is left running.")


@contextmanager
def own_stack(run_dir: Path) -> Iterator[int]:
    """A running stack; gives its port. What its programs said is shown when anything fails."""
    port = _free_ports()
    env = {name: value for name, value in os.environ.items() if name not in EMBEDDED}
    env |= {"PORT": str(port), "RUN_DIR": str(run_dir), "STACK_FOLLOWS": str(os.getpid())}
    said = run_dir / "programs.log"
    print(f"Starting a stack of its own on ports {port} to {port + 2} …", flush=True)
    with said.open("ab") as output:
        stack = subprocess.Popen(
            [sys.executable, "-m", "dev.stack", "run"],
            cwd=PROJECT,
            env=env,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            start_new_session=True,  # Ctrl-C comes here only, and here it is passed on
        )
    try:
        _wait_until_announced(stack, said)
        yield port
    except BaseException:
        sys.stderr.write(said.read_text("utf-8", "replace"))
        raise
    finally:
        _stop(stack)


def _stop(stack: subprocess.Popen[bytes]) -> None:
    stack.terminate()
    try:
        stack.wait(STOP_SECONDS)
    except subprocess.TimeoutExpired:
        stack.kill()
        raise StackError(f"The stack (process {stack.pid}) did not stop within {STOP_SECONDS} s.") from None


def _free_ports() -> int:
    """The first of three free ports, below those that the system gives to outgoing connections."""
    candidates = random.sample(range(15000, 32000, 3), 100)
    for port in candidates:
        if all(is_free(port + offset) for offset in range(3)):
            return port
    raise StackError("No three free ports in a row were found between 15000 and 32000.")


def _wait_until_announced(stack: subprocess.Popen[bytes], said: Path) -> None:
    deadline = time.monotonic() + START_SECONDS
    while "MediSupply is ready" not in said.read_text("utf-8", "replace"):
        if stack.poll() is not None:
            raise StackError("The stack ended before it was ready: see above.")
        if time.monotonic() > deadline:
            raise StackError(f"The stack was not ready within {START_SECONDS} s: see above.")
        time.sleep(0.1)


def _upload(port: int) -> tuple[dict[str, Any], float]:
    """Post the example file as the supplier; gives the answer and the seconds that it took."""
    content = (PROJECT / EXAMPLE).read_bytes()
    print(f"Uploading {EXAMPLE} ({len(content):,} bytes) as the supplier …", flush=True)
    began = time.monotonic()
    fields = {"file": (Path(EXAMPLE).name, content)}
    answer = _request("POST", f"{address(port)}{UPLOAD_PATH}", 202, fields=fields)
    return answer, time.monotonic() - began


def _request(method: str, url: str, expected: int, **options: Any) -> dict[str, Any]:
    try:
        answer = urllib3.request(method, url, headers=AUTHORIZATION, timeout=30, retries=False, **options)
    except urllib3.exceptions.HTTPError as error:
        raise StackError(f"{method} {url} got no answer: {error}.") from error
    if answer.status != expected:
        body = answer.data.decode("utf-8", "replace")[:500]
        raise StackError(f"{method} {url} answered {answer.status} instead of {expected}: {body}")
    body_json: dict[str, Any] = answer.json()
    return body_json


def _follow(port: int, status_url: str) -> dict[str, Any]:
    """Show the progress until the task has ended; gives its last status."""
    began = time.monotonic()
    shown = ""
    while True:
        task = _request("GET", f"{address(port)}{status_url}", 200)
        line = _bar(task["status"], **task["progress"])
        if line != shown:
            # On a terminal the bar is drawn over itself; in a log every change is a line.
            print(f"\r{line}" if sys.stdout.isatty() else line, end="" if sys.stdout.isatty() else "\n", flush=True)
            shown = line
        if task["status"] in ENDS:
            if sys.stdout.isatty():
                print()
            print(f"Ended {time.monotonic() - began:.1f} s after the upload")
            return task
        if time.monotonic() - began > IMPORT_SECONDS:
            raise StackError(f"The import did not end within {IMPORT_SECONDS} s.")
        time.sleep(0.1)


def _bar(status: str, *, total: int, processed: int, **counts: int) -> str:
    share = processed / total if total else float(status in ENDS)
    return f"[{'#' * round(share * BAR_WIDTH):-<{BAR_WIDTH}}] {share:4.0%}  {processed}/{total}  {status:<10}"


def _count_products(run_dir: Path) -> int:
    with closing(sqlite3.connect(run_dir / "medisupply.sqlite3")) as database:
        (count,) = database.execute("SELECT count(*) FROM catalog_product").fetchone()
    return int(count)


def _check(task: dict[str, Any], products: int) -> None:
    print(f"Products in the table: {products}")
    if task["status"] != "completed":
        raise StackError(f"The task ended as {task['status']}: {task['error']}")
    summary = task["result"]["resumen"]
    if summary["rechazados"] or summary["total"] != products or not products:
        raise StackError(f"{summary['total']} rows gave {products} products, with {summary['rechazados']} rejected.")
