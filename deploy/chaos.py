"""A soak under random faults: `make chaos MINUTES=10`.

Starts its own Valkey, moto and workers under supervisor on a database that is thrown away, imports
files that overlap in time, and meanwhile kills, stops, terminates and starves what it can. At the end every
upload must have ended once, with the same products, counters and problems as an undisturbed import of
the same file. Prints uploads done, faults injected, differences found; exits 1 when there are any.

It runs on the tests' own parts (`conftest.py` starts them), on SQLite unless `TEST_DATABASE_URL` names a
PostgreSQL server.
"""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import conftest  # starts Valkey and moto, and sets Django up

# isort: split
from django.conf import settings
from django.contrib.auth.models import User
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.runner import DiscoverRunner

from bulk_upload import queue, storage
from bulk_upload.intake import accept_upload
from bulk_upload.models import BulkUpload
from bulk_upload.tests.outcomes import clear, eventful_file, outcome, prepare_catalogue
from bulk_upload.tests.processes import Supervised, supervised
from catalog.models import Supplier

ROWS = 3_000
SUPPLIERS = 4
# Seconds after which an upload that has not ended counts as lost.
PATIENCE = 180.0

Fault = Callable[[Supervised], None]


def main() -> int:
    minutes = float(os.environ.get("MINUTES") or 5)
    with _services(), _database():
        suppliers = [Supplier.objects.create(codigo=f"CAOS{n}", nombre=f"Caos {n}") for n in range(SUPPLIERS)]
        user = User.objects.create_user("caos")
        with supervised(3) as workers:
            expected = [_import(supplier, n, user) for n, supplier in enumerate(suppliers)]
            done, faults, differences = _soak(workers, suppliers, user, expected, minutes * 60)
    print(f"uploads done: {done}; faults injected: {sum(faults.values())} {dict(faults)}; differences: {differences}")
    return 1 if differences or not done else 0


def _soak(
    workers: Supervised, suppliers: list[Supplier], user: User, expected: list[dict[str, object]], seconds: float
) -> tuple[int, Counter[str], int]:
    faults: Counter[str] = Counter()
    done = differences = 0
    ends = time.monotonic() + seconds
    while time.monotonic() < ends:
        clear()
        uploads = [_send(supplier, n, user) for n, supplier in enumerate(suppliers)]
        deadline = time.monotonic() + PATIENCE
        while not _ended(uploads) and time.monotonic() < deadline:
            name, fault = random.choice(list(FAULTS.items()))  # noqa: S311  # no secret
            fault(workers)
            faults[name] += 1
            time.sleep(random.uniform(0.3, 3))  # noqa: S311
        for upload, result in zip(uploads, expected, strict=True):
            done += 1
            if outcome(upload) != result:
                differences += 1
                print(f"DIFFERENT: {upload.pk} {upload.status} claim {upload.claim_number}", file=sys.stderr)
        print(f"{done} uploads, {sum(faults.values())} faults, {differences} differences", flush=True)
    return done, faults, differences


def _send(supplier: Supplier, number: int, user: User) -> BulkUpload:
    start = 1 + number * 50_000
    prepare_catalogue(ROWS, supplier, start)
    file = SimpleUploadedFile("caos.csv", eventful_file(ROWS, start))
    return accept_upload(file=file, supplier=supplier, user=user, reemplazar_duplicados=True)


def _import(supplier: Supplier, number: int, user: User) -> dict[str, object]:
    """What the supplier's file comes to without a fault."""
    clear()
    upload = _send(supplier, number, user)
    while not _ended([upload]):
        time.sleep(0.1)
    return outcome(upload)


def _ended(uploads: list[BulkUpload]) -> bool:
    keys = [upload.pk for upload in uploads]
    return not BulkUpload.objects.unfinished().filter(pk__in=keys).exists()


# --- The faults ---------------------------------------------------------------------------------


def _kill(workers: Supervised) -> None:
    _signal(random.choice(workers.pids() or [0]), signal.SIGKILL)  # noqa: S311


def _terminate(workers: Supervised) -> None:
    _signal(random.choice(workers.pids() or [0]), signal.SIGTERM)  # noqa: S311


def _freeze(workers: Supervised) -> None:
    """Stop a worker for longer than its lease. On SQLite for less: its one lock cannot be taken away."""
    pid = random.choice(workers.pids() or [0])  # noqa: S311
    _signal(pid, signal.SIGSTOP)
    time.sleep(3 if connection.vendor == "postgresql" else 0.5)
    _signal(pid, signal.SIGCONT)


def _empty_cache(workers: Supervised) -> None:
    subprocess.run(
        [sys.executable, "-c", f"import redis; redis.from_url({settings.REDIS_URL!r}).flushdb()"], check=False
    )


def _deliver_again(workers: Supervised) -> None:
    for upload in BulkUpload.objects.all()[:2]:
        queue.publish(upload.pk, upload.proveedor_id, random.randrange(1000, 10**9))  # noqa: S311


def _strange_message(workers: Supervised) -> None:
    queue.client().send_message(
        QueueUrl=queue.queue_url(),
        MessageBody="?",
        MessageGroupId="caos",
        MessageDeduplicationId=str(random.random()),  # noqa: S311
    )


def _cut_connections(workers: Supervised) -> None:
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                "WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )


FAULTS: dict[str, Fault] = {
    "kill": _kill,
    "terminate": _terminate,
    "freeze": _freeze,
    "empty cache": _empty_cache,
    "deliver again": _deliver_again,
    "strange message": _strange_message,
    "cut connections": _cut_connections,
}


def _signal(pid: int, number: signal.Signals) -> None:
    if pid:
        try:
            os.kill(pid, number)
        except ProcessLookupError:
            return


@contextmanager
def _database() -> Iterator[None]:
    runner = DiscoverRunner(verbosity=0, interactive=False)
    config = runner.setup_databases()
    try:
        yield
    finally:
        runner.teardown_databases(config)


@contextmanager
def _services() -> Iterator[None]:
    try:
        storage.ensure_bucket()
        queue.ensure_queues()
        yield
    finally:
        conftest.stop_parts()


if __name__ == "__main__":
    sys.exit(main())
