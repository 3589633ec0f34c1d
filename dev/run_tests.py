"""`make test`: two passes of the suite, on the embedded parts and on PostgreSQL and Redis, where these answer. A test
is in both where a database makes a difference to it (`dev/passes.py`); without a PostgreSQL all are in the first one.

`TEST_DATABASE_URL` and `TEST_REDIS_URL` say where they are; `REQUIRE_POSTGRES=1` makes a missing PostgreSQL
a failure; `ARGS` are more arguments for pytest. No test touches an existing database: Django creates its
own on that server, with a name that no other run has, and they are dropped at the end.

`--other-python` is one pass on the embedded parts, of what another Python can make a difference to.
See `dev/other_pythons.py`.

`make coverage` (`--coverage`) is the same, measured. It fails when both passes together cover less than the floor
in `pyproject.toml`; of a part of the tests (`ARGS`, or no PostgreSQL) it only reports.
"""

from __future__ import annotations

import os
import secrets
import signal
import subprocess
import sys
import tempfile
from contextlib import ExitStack
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit, urlunsplit

import psycopg
import redis
from psycopg import sql

from dev.environment import PROJECT
from dev.passes import ON_ONE_PYTHON, ON_POSTGRESQL, ON_SQLITE
from dev.variables import Tests, Tools, read, refuse_nonsense
from medisupply.environment.refusal import in_words

TIMEOUT: Final = 3
STOP_SECONDS: Final = 30


@dataclass(frozen=True)
class Parts:
    """One pass of the suite: what it runs on, in words and as environment variables."""

    name: str
    variables: dict[str, str]
    left_out: tuple[str, ...]


# Each pass has parts of its own. And the tests start the program a hundred times: its compiled modules are kept.
NOT_PASSED_ON: Final = ("TEST_DATABASE_URL", "TEST_REDIS_URL", "PYTHONDONTWRITEBYTECODE")

EMBEDDED: Final = Parts("SQLite, embedded Valkey, moto", {}, ON_POSTGRESQL)


def main(arguments: list[str]) -> int:
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # leave through `finally`
    if "--other-python" in arguments:
        return _run(replace(EMBEDDED, left_out=ON_ONE_PYTHON), None)
    with ExitStack() as stack:
        measured = stack.enter_context(tempfile.TemporaryDirectory()) if "--coverage" in arguments else None
        return _run_all(measured)


def _run_all(measured: str | None) -> int:
    """Both passes, measured into a file for each process in the folder `measured`, if there is one."""
    server = read(Tests.TEST_DATABASE_URL)
    version = postgres_version(server)
    if version is None and read(Tests.REQUIRE_POSTGRES):
        print(f"REQUIRE_POSTGRES=1, but no PostgreSQL answers at {_without_password(server)} (TEST_DATABASE_URL).")
        return 1
    embedded = replace(EMBEDDED, left_out=()) if version is None else EMBEDDED
    results = {embedded.name: _run(embedded, measured)}
    if version is None:
        skipped = f"PostgreSQL: skipped, none answers at {_without_password(server)} (TEST_DATABASE_URL)"
        print(f"Ran on {_summary(results)} · {skipped}")
        return max(*results.values(), _report(measured, whole=False))
    database = f"medisupply_{secrets.token_hex(4)}"
    parts = _server_parts(server, version, database)
    try:
        results[parts.name] = _run(parts, measured)
    finally:
        _drop_databases(server, database)
    print(f"Ran on {_summary(results)}")
    return max(*results.values(), _report(measured, whole=not read(Tools.ARGS)))


def _run(parts: Parts, measured: str | None) -> int:
    print(f"=== On {parts.name}", flush=True)
    env = {name: value for name, value in os.environ.items() if name not in NOT_PASSED_ON}
    command = [sys.executable]
    if measured:
        command += ["-m", "coverage", "run"]
        env["COVERAGE_FILE"] = str(Path(measured, ".coverage"))
    # The long tests are few: whoever has nothing left to do takes over from the others.
    command += ["-m", "pytest", "-n", str(_processes()), "--dist", "worksteal"]
    command += [f"--ignore={path}" for path in parts.left_out]
    command += read(Tools.ARGS)
    pytest = subprocess.Popen(command, cwd=PROJECT, env=env | parts.variables)
    try:
        return pytest.wait()
    except BaseException:
        # Interrupted, it stops the servers that it started; killed, it would leave them behind.
        pytest.send_signal(signal.SIGINT)
        pytest.wait(STOP_SECONDS)
        raise


def _processes() -> int:
    """Two for each core: half of a test process's time is waiting, for leases, polls and what it has started."""
    return max(2, (os.cpu_count() or 1) * 2)


def _report(measured: str | None, *, whole: bool) -> int:
    """Put together what all processes have measured, in `.coverage`. Fails when all of it is less than it has to be."""
    if not measured:
        return 0
    coverage = [sys.executable, "-m", "coverage"]
    subprocess.run([*coverage, "combine", "--quiet", measured], cwd=PROJECT, check=True)
    floor = [] if whole else ["--fail-under=0"]
    return subprocess.run([*coverage, "report", *floor], cwd=PROJECT, check=False).returncode


def _summary(results: dict[str, int]) -> str:
    return " · ".join(f"{name}: {'FAILED' if code else 'passed'}" for name, code in results.items())


def _server_parts(server: str, version: str, database: str) -> Parts:
    address = read(Tests.TEST_REDIS_URL)
    # Django puts `test_` before the name; a database of the name itself need not exist.
    variables = {"TEST_DATABASE_URL": urlunsplit(urlsplit(server)._replace(path=f"/{database}"))}
    if _redis_answers(address):
        return Parts(f"PostgreSQL {version}, Redis, moto", variables | {"TEST_REDIS_URL": address}, ON_SQLITE)
    return Parts(f"PostgreSQL {version}, embedded Valkey, moto", variables, ON_SQLITE)


def postgres_version(server: str) -> str | None:
    try:
        with psycopg.connect(server, connect_timeout=TIMEOUT) as connection:
            return connection.execute("SHOW server_version").fetchone()[0].split()[0]  # type: ignore[index,no-any-return]
    except psycopg.Error:
        return None


def _redis_answers(address: str) -> bool:
    try:
        with redis.Redis.from_url(address, socket_connect_timeout=TIMEOUT, socket_timeout=TIMEOUT) as client:
            return bool(client.ping())
    except redis.RedisError:
        return False


def _drop_databases(server: str, name: str) -> None:
    """Drop what a run that was stopped has left: each process of pytest-xdist has its own database."""
    with psycopg.connect(server, autocommit=True) as connection:
        found = connection.execute("SELECT datname FROM pg_database WHERE datname LIKE %s", [f"test_{name}%"])
        for (database,) in found.fetchall():
            connection.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(database)))


def _without_password(server: str) -> str:
    parts = urlsplit(server)
    return urlunsplit(parts._replace(netloc=parts.netloc.rpartition("@")[2]))


if __name__ == "__main__":
    with in_words():
        refuse_nonsense(Tools, Tests)
    sys.exit(main(sys.argv[1:]))
