"""The nights of `make bench-year`, within Django.

Each night some suppliers send their catalogue, a fifth of it changed, every other night with errors; workers import it,
rows to correct are asked for, people sign in, the purge runs. A night that is over gets its date in the year which ends
today, and the purge gets ages that are longer by the days since then: no clock is changed, and only new rows are moved.
"""

from __future__ import annotations

import re
import sys
import time
from collections import Counter
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from io import StringIO
from typing import Any, Final, cast
from unittest.mock import patch

from django.conf import settings
from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY, get_user_model
from django.contrib.sessions.backends.db import SessionStore
from django.core.files.storage import default_storage
from django.core.management import call_command
from django.test import override_settings
from django.utils import timezone

from benchmarks import results
from benchmarks.client import Client
from benchmarks.databases import Database
from benchmarks.files import FORMATS, Recipe, Variant
from benchmarks.old_uploads import move_back, removed
from benchmarks.options import QUICK
from benchmarks.tables import sizes, vacuum_as_autovacuum
from benchmarks.year_report import DAYS, Night, Year, month
from bulk_upload import queue, storage_keys
from catalog.search_filling import fill_some

# Days from one night to the next.
STEP: Final = 15 if QUICK else 1
NIGHTS: Final = range(STEP, DAYS + 1, STEP)
# Suppliers that send a file each night, and its rows.
SENDERS, ROWS = (8, 300) if QUICK else (10, 500)
# The files of one night after another, after the first one.
VARIANTS: Final[tuple[Variant, ...]] = ("changed", "defects")
# The settings that say for how many days something is kept in the database or the bucket. What is kept for two years is
# here kept for half a year, so that it comes to its age.
AGE: Final = re.compile(r"BULK_UPLOAD_KEEP_(?!DEAD_LETTERS)\w+_DAYS")
LONGEST_DAYS: Final = 180
# After each night: uploads whose status is asked for, and how often the admin's list is; people who sign in and change
# something in the admin.
ASKED, LISTED, PEOPLE = 30, 3, 12
CONNECTIONS: Final = 4
NIGHT_SECONDS: Final = 120
LIST_PAGE: Final = "/admin/bulk_upload/bulkupload/"
UNFINISHED: Final = """
    SELECT (SELECT count(*) FROM bulk_upload_bulkupload WHERE status IN ('pending', 'processing'))
        + (SELECT count(*) FROM bulk_upload_preparedfile WHERE state IN ('pending', 'processing'))
"""
FAILED: Final = """
    SELECT (SELECT count(*) FROM bulk_upload_bulkupload WHERE status <> 'completed')
        + (SELECT count(*) FROM bulk_upload_preparedfile WHERE state <> 'ready')
"""
WITH_ERRORS: Final = """
    SELECT task_id FROM bulk_upload_bulkupload WHERE rechazados > 0 AND errors_purged_at IS NULL
    ORDER BY number DESC LIMIT 1
"""
SOME: Final = f"SELECT task_id FROM bulk_upload_bulkupload ORDER BY random() LIMIT {ASKED}"
KEPT: Final = """
    SELECT (SELECT count(*) FROM bulk_upload_bulkupload), (SELECT count(*) FROM bulk_upload_rowerror),
        (SELECT count(*) FROM bulk_upload_rowchange)
"""
# Sessions have no age but a date: the next night comes so many days later.
OLDER_SESSIONS: Final = f"UPDATE django_session SET expire_date = expire_date - make_interval(days => {STEP})"


def simulate(url: str, port: str, token: str) -> None:
    """Print a line for each month; exit with 1 when something grew that must not."""
    began = time.monotonic()
    database, client, found = Database(url), Client(int(port), token, CONNECTIONS), Year()
    for number, day in enumerate(NIGHTS):
        ends_month = month(day + STEP) > month(day)
        found.nights.append(one_night(database, client, number, ends_month=ends_month))
        if ends_month:
            print(" | ".join(found.line(month(day))), flush=True)
    faults = [*found.grown(), *wrongly_kept(database)]
    text = "\n\n".join((scale(time.monotonic() - began), found.months(), found.ratios(), found.rows_take()))
    print("", text, *(faults or ["as it must be"]), sep="\n\n")
    results.write("bench-year", "\n\n".join((text, *faults)))
    sys.exit(1 if faults else 0)


def one_night(database: Database, client: Client, number: int, *, ends_month: bool) -> Night:
    days_ago = DAYS - NIGHTS[number]
    send_files(client, number)
    wait_for_workers(database)
    for (task,) in database.execute(WITH_ERRORS):
        client.request("GET", f"/api/v1/catalog/bulk-upload/{task}/corrections", 200, 202)
    wait_for_workers(database)
    fill_searches()
    move_back(database, f"make_interval(days => {days_ago})")
    database.execute(OLDER_SESSIONS)
    sessions = [sign_in_and_act(days_ago) for _ in range(PEOPLE)]
    seconds, gone = purge(days_ago)
    dead = sum(size.dead for size in sizes(database).values())
    vacuum_as_autovacuum(database)
    tasks = [task for (task,) in database.execute(SOME)]
    return Night(
        NIGHTS[number],
        sizes(database),
        dead,
        [milliseconds(client, f"/api/catalog/bulk-upload/status/{task}") for task in tasks],
        [milliseconds(client, LIST_PAGE, {"Cookie": f"sessionid={sessions[0]}"}) for _ in range(LISTED)],
        [milliseconds(client, "/health") for _ in tasks],
        seconds,
        gone,
        (*database.execute(KEPT)[0], stored_files()) if ends_month else (),
    )


def send_files(client: Client, number: int) -> None:
    """One of each sender; those of the first night are new."""
    variant = VARIANTS[number % len(VARIANTS)] if number else "fresh"

    def send(sender: int) -> None:
        recipe = Recipe(ROWS, FORMATS[sender % len(FORMATS)], variant, sender * ROWS)
        client.send(recipe.made(), owner=f"BENCH{sender:02d}", key=f"night-{number}-{sender}")

    with ThreadPoolExecutor(CONNECTIONS) as threads:
        list(threads.map(send, range(SENDERS)))


def wait_for_workers(database: Database) -> None:
    """Until nothing waits or is being worked at. Raises when something has failed, or nothing comes of it."""
    ends = time.monotonic() + NIGHT_SECONDS
    while database.execute(UNFINISHED)[0][0]:
        if time.monotonic() > ends:
            raise AssertionError("the workers do not finish")
        time.sleep(0.02)
    if count := database.execute(FAILED)[0][0]:
        raise AssertionError(f"{count} imports or files have failed")


def fill_searches() -> None:
    """As workers do when no message has come for two seconds: here the next night comes sooner."""
    while fill_some():
        pass


def sign_in_and_act(days_ago: int) -> str:
    """Leave what a person leaves who signs in to the admin and changes something; returns the session's key."""
    user = get_user_model().objects.get(username="bench")
    session = SessionStore()
    session[SESSION_KEY], session[HASH_SESSION_KEY] = str(user.pk), user.get_session_auth_hash()
    session[BACKEND_SESSION_KEY] = "django.contrib.auth.backends.ModelBackend"
    session.save()
    LogEntry.objects.create(
        user_id=user.pk,
        action_time=timezone.now() - timedelta(days=days_ago),
        object_repr="P00000001",
        action_flag=CHANGE,
        change_message='[{"changed": {"fields": ["Nombre"]}}]',
    )
    return str(session.session_key)


def purge(days_ago: int) -> tuple[float, Counter[str]]:
    """As an operator runs it so many days ago; the seconds, and how many of each kind were removed.

    There is no dead letter: it would be looked for in vain for a second, each night.
    """
    names = filter(AGE.fullmatch, dir(settings))
    ages = {name: min(cast(int, getattr(settings, name)), LONGEST_DAYS) + days_ago for name in names}
    said = StringIO()
    with override_settings(**ages), patch.object(queue, "remove_old_dead_letters", lambda *_, **__: []):
        began = time.perf_counter()
        call_command("purge_bulk_uploads", stdout=said)
        return time.perf_counter() - began, removed(said.getvalue())


def milliseconds(client: Client, path: str, headers: Mapping[str, str] | None = None) -> float:
    began = time.perf_counter()
    client.request("GET", path, 200, headers=headers or {})
    return (time.perf_counter() - began) * 1000


def stored_files() -> int:
    """The files of uploads in the bucket."""
    bucket: Any = default_storage.bucket  # type: ignore[attr-defined]
    return sum(1 for _ in bucket.objects.filter(Prefix=storage_keys.uploads()))


def wrongly_kept(database: Database) -> list[str]:
    """A sentence for each kind of which there is more, or less, than its age allows."""
    found = {
        settings.BULK_UPLOAD_KEEP_FILES_DAYS: stored_files(),
        LONGEST_DAYS: database.execute("SELECT count(*) FROM bulk_upload_bulkupload")[0][0],
    }
    wanted = {days: SENDERS * sum(NIGHTS[-1] - day < days for day in NIGHTS) for days in found}
    return [
        f"{found[days]} of {days} days are kept, not {wanted[days]}" for days in found if found[days] != wanted[days]
    ]


def scale(seconds: float) -> str:
    nights, rows = len(NIGHTS), len(NIGHTS) * SENDERS * ROWS
    return f"""{nights} nights in {seconds / 60:.0f} minutes. Of 1,000 suppliers {SENDERS} send {ROWS} rows every night
({rows:,} in all), a fifth of them changed; every other night one row in twenty is wrong. {PEOPLE} people sign
in to the admin and change something. Files, errors and changes are kept for 90 days, prepared files for 7, what is
kept for two years by default for {LONGEST_DAYS} days. Each night ends with the purge, without its pauses and its look
for dead letters, then with what autovacuum does by the server's settings; sizes and times are taken after that, dead
rows before it."""
