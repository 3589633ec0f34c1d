"""Actions in the admin go by their age, sessions by their own date; what is said is what was done."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.sessions.backends.db import SessionStore
from django.contrib.sessions.models import Session
from django.db import connection
from django.test.utils import CaptureQueriesContext

from bulk_upload.purging.django_tables import expired_sessions, old_actions, purge_actions
from bulk_upload.purging.pace import Pace
from bulk_upload.purging.report import Removed
from bulk_upload.tests.helpers.processes import wait_for
from bulk_upload.tests.helpers.purging import KINDS, purge, start_purge
from medisupply.backends.database import database_now

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("aws")]

ACTIONS, SESSIONS = "acciones en el admin", "sesiones vencidas"


@pytest.fixture
def act(user):
    """Something that a person did so many days ago, as often as is said."""

    def acted(days, times=1):
        moment = database_now() - timedelta(days=days)
        return LogEntry.objects.bulk_create(
            LogEntry(user=user, object_id="1", object_repr="a", action_flag=CHANGE, action_time=moment)
            for _ in range(times)
        )

    return acted


def session(seconds):
    """One that ends so many seconds from now."""
    Session.objects.create(session_key=f"key{seconds}", session_data="a" * 40, expire_date=_in(seconds))


def _in(seconds):
    return database_now() + timedelta(seconds=seconds)


def test_actions_go_after_two_years_and_sessions_when_they_have_ended(act):
    act(731, times=3)
    (young,) = act(729)
    session(-1)
    session(60)
    said = purge("--dry-run")
    assert (said[ACTIONS][0], said[SESSIONS][0]) == (3, 1)
    assert said[ACTIONS][1] > 0
    assert said[SESSIONS][1] > 0
    assert (LogEntry.objects.count(), Session.objects.count()) == (4, 2)
    assert purge() == said
    assert LogEntry.objects.get() == young
    assert Session.objects.get().session_key == "key60"
    assert purge("--dry-run") == purge() == dict.fromkeys(KINDS, (0, 0))


def test_the_age_of_actions_is_that_of_the_settings_and_0_is_for_ever(act, settings):
    act(30_000)
    settings.BULK_UPLOAD_KEEP_ADMIN_LOG_DAYS = 0
    assert purge("--dry-run")[ACTIONS] == purge()[ACTIONS] == (0, 0)
    act(2.1)
    act(1.9)
    settings.BULK_UPLOAD_KEEP_ADMIN_LOG_DAYS = 2
    assert purge()[ACTIONS][0] == 2
    assert LogEntry.objects.count() == 1


def test_a_person_who_is_signed_in_stays_so(admin_client):
    old = SessionStore()
    old.set_expiry(_in(-10))
    old.save()
    assert purge()[SESSIONS][0] == 1
    assert admin_client.get("/admin/").status_code == 200


def test_more_than_a_slice_goes_in_slices_of_the_settings(act, settings):
    settings.BULK_UPLOAD_PURGE_ROWS = 7
    act(800, times=20)
    removed = Removed()
    with CaptureQueriesContext(connection) as queries:
        purge_actions(Pace(), removed)
    assert sum("DELETE" in query["sql"] for query in queries) == 3
    assert (removed.count, LogEntry.objects.count()) == (20, 0)


@pytest.mark.django_db(transaction=True)
@pytest.mark.processes
def test_killed_between_two_slices_the_next_one_does_the_rest(act):
    act(800, times=500)
    process = start_purge(BULK_UPLOAD_PURGE_ROWS=10, BULK_UPLOAD_PURGE_PAUSE_MILLISECONDS=50)
    wait_for(lambda: 0 < LogEntry.objects.count() < 500, pause=0.01)
    process.kill()
    process.wait(10)
    left = LogEntry.objects.count()
    assert 0 < left < 500
    assert purge()[ACTIONS][0] == left
    assert not LogEntry.objects.exists()


@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite chooses by other rules")
@pytest.mark.parametrize(
    ("rows", "index"), [(old_actions, "django_admin_log_pkey"), (expired_sessions, "django_session_expire_date")]
)
def test_a_slice_is_found_by_an_index(rows, index):
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute("SET LOCAL enable_bitmapscan = off")
    assert f"Index Scan using {index}" in rows()[:5000].explain()
