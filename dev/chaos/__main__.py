"""`python -m dev.chaos`: the soak, for MINUTES, with the faults of SEED (only FAULTS, if it names some)."""

from __future__ import annotations

import os
import secrets
import signal
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import urlsplit, urlunsplit

from dev.run_tests import postgres_version
from dev.variables import Tests, Tools, is_given, minutes_and_seed, read
from medisupply.environment.refusal import in_words


def choose_database() -> None:
    """PostgreSQL where one answers, a database of this run's own; else SQLite."""
    server = read(Tests.TEST_DATABASE_URL)
    if not is_given(Tests.TEST_DATABASE_URL) and postgres_version(server):
        name = f"/chaos_{secrets.token_hex(4)}"
        os.environ["TEST_DATABASE_URL"] = urlunsplit(urlsplit(server)._replace(path=name))


def main() -> int:
    with in_words():
        minutes, seed = minutes_and_seed()
        choose_database()
    import conftest  # starts Valkey and moto, and sets Django up
    from dev.chaos.soak import Soak
    from dev.chaos.stack import Stack

    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # leave through `finally`
    print(f"SEED={seed} MINUTES={minutes:g} on {os.environ['DATABASE_URL'].partition(':')[0]}", flush=True)
    try:
        with _database(), Stack() as stack:
            soak = Soak(stack, seed, faults=read(Tools.FAULTS))
            ends = time.monotonic() + minutes * 60
            try:
                while time.monotonic() < ends:
                    soak.round()
                    print(
                        f"round {soak.report.counts['rounds']}: {soak.report.counts['uploads']} uploads, "
                        f"{soak.injector.counts.total()} faults, {soak.report.differences.total()} differences",
                        flush=True,
                    )
                soak.finish()
            finally:
                print(soak.report.text(soak.injector.counts), flush=True)
                if soak.report.differences:
                    print(f"logs: {stack.save_logs(seed)}", flush=True)
    finally:
        conftest.stop_parts()
    return 1 if soak.report.differences or not soak.report.counts["uploads"] else 0


@contextmanager
def _database() -> Iterator[None]:
    from django.test.runner import DiscoverRunner

    runner = DiscoverRunner(verbosity=0, interactive=False)
    config = runner.setup_databases()
    try:
        yield
    finally:
        runner.teardown_databases(config)


if __name__ == "__main__":
    sys.exit(main())
