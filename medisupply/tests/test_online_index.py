"""An index on a large table is built beside what writes to it, and again when an attempt broke off."""

from __future__ import annotations

import pytest
from django.db import connection, migrations, models
from django.db.migrations.state import ProjectState
from django.test.utils import CaptureQueriesContext

from medisupply.backends.online_index import AddIndexOnline

pytestmark = pytest.mark.django_db(transaction=True)

NAME = "number_online"


@pytest.fixture
def states():
    """Before and after an index on a table of its own, and how to migrate."""
    before = ProjectState()
    table = migrations.CreateModel(
        "Number", [("id", models.BigAutoField(primary_key=True)), ("n", models.IntegerField())]
    )
    table.state_forwards("numbers", before)
    operation = AddIndexOnline("number", models.Index(fields=["n"], name=NAME))
    after = before.clone()
    operation.state_forwards("numbers", after)
    with connection.schema_editor(atomic=False) as editor:
        table.database_forwards("numbers", editor, ProjectState(), before)
    yield operation, before, after
    with connection.schema_editor(atomic=False) as editor:
        table.database_backwards("numbers", editor, before, ProjectState())


def forwards(operation, before, after):
    with connection.schema_editor(atomic=False) as editor:
        operation.database_forwards("numbers", editor, before, after)


def indexes():
    with connection.cursor() as cursor:
        return {name for name, found in connection.introspection.get_constraints(cursor, "numbers_number").items()}


def test_it_is_there_and_goes_again(states):
    operation, before, after = states
    forwards(*states)
    assert NAME in indexes()
    with connection.schema_editor(atomic=False) as editor:
        operation.database_backwards("numbers", editor, after, before)
    assert NAME not in indexes()


@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has no other way to build one")
def test_writers_do_not_wait_for_it(states):
    with CaptureQueriesContext(connection) as queries:
        forwards(*states)
    assert any("CREATE INDEX CONCURRENTLY" in query["sql"] for query in queries)


@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite leaves nothing behind")
def test_what_an_attempt_left_is_built_again(states):
    forwards(*states)
    with connection.cursor() as cursor:
        cursor.execute("UPDATE pg_index SET indisvalid = false WHERE indexrelid = to_regclass(%s)", [NAME])
    forwards(*states)
    with connection.cursor() as cursor:
        cursor.execute("SELECT indisvalid FROM pg_index WHERE indexrelid = to_regclass(%s)", [NAME])
        assert cursor.fetchall() == [(True,)]
