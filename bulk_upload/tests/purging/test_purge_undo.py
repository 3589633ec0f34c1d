"""What an undo needs is kept as long as changes are, and goes with them."""

from __future__ import annotations

import pytest

from bulk_upload.models import ChunkRows, Part, RowChange
from bulk_upload.purging import parts
from bulk_upload.purging.pace import Pace
from bulk_upload.purging.report import Removed
from bulk_upload.purging.rows import purge_changes
from bulk_upload.tests.helpers.purging import age, purge
from bulk_upload.tests.helpers.rows import row
from bulk_upload.undoing.request import CannotUndo, request_undo

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def no_pause(settings):
    settings.BULK_UPLOAD_PURGE_PAUSE_MILLISECONDS = 0


@pytest.fixture
def upload(run_import):
    """Created five rows in two chunks, and changed one."""
    run_import([row(1)])
    rows = [row(1, nombre="Otro"), *(row(n) for n in range(2, 7))]
    return run_import(rows, replace=True, chunk_rows=4)


def kept(upload):
    return RowChange.objects.filter(upload=upload).count(), ChunkRows.objects.filter(upload=upload).count()


def test_the_keys_of_what_was_created_go_with_the_changes(aws, upload):
    assert kept(upload) == (1, 2)
    age(upload, 100)
    said = purge("--dry-run")["cambios de filas"]
    assert said[0] == 3
    assert purge()["cambios de filas"] == said
    assert kept(upload) == (0, 0)


def test_they_are_deleted_in_slices_of_so_many_rows(upload, settings):
    settings.BULK_UPLOAD_PURGE_ROWS, settings.BULK_UPLOAD_CHUNK_ROWS = 4, 4
    age(upload, 100)
    pauses, removed = [], Removed()
    pace = Pace()
    pace.after_rows = pauses.append
    purge_changes(pace, removed)
    assert (removed.count, pauses) == (3, [1, 4, 4, 0])


def test_a_purge_that_was_stopped_between_both_goes_on(aws, upload):
    age(upload, 100)
    assert parts.mark_some(Part.CHANGES)
    RowChange.objects.all().delete()
    assert purge()["cambios de filas"][0] == 2
    assert kept(upload) == (0, 0)


def test_what_is_being_undone_is_not_purged(aws, upload, user):
    age(upload, 100)
    undo = request_undo(upload, user)
    purge()
    assert kept(upload) == (1, 2)
    undo.cancel()
    purge()
    assert kept(upload) == (0, 0)


def test_an_undo_does_not_go_on_too_late_or_ends_in_words(aws, upload, user, worker, api):
    undo = request_undo(upload, user)
    undo.cancel()
    age(upload, 100)
    purge()
    answer = api.post(f"/api/v1/catalog/bulk-upload/{undo.pk}/retry")
    assert (answer.status_code, answer.json()["code"]) == (410, "undo_expired")
    undo.retry()
    worker.step()
    undo.refresh_from_db()
    assert (undo.status, undo.error_code) == ("failed", "undo_expired")


def test_what_is_purged_is_not_undone(aws, upload, user):
    age(upload, 100)
    purge()
    upload.refresh_from_db()
    with pytest.raises(CannotUndo, match="undo_expired"):
        request_undo(upload, user)
