"""What a plan would do is kept for some days, and while it is being applied."""

from __future__ import annotations

import pytest

from bulk_upload.models import BulkUpload, PlannedRows
from bulk_upload.plans.apply import apply_plan
from bulk_upload.purging import plans
from bulk_upload.tests.helpers.purging import age, purge
from bulk_upload.tests.helpers.rows import csv_bytes, row

pytestmark = pytest.mark.django_db


@pytest.fixture
def planned(accept, worker, settings):
    """A plan of so many chunks, which ended so many days ago."""
    settings.BULK_UPLOAD_CHUNK_ROWS = 10
    numbers = iter(range(1, 1_000_000, 1000))

    def make(days, chunks=2):
        start = next(numbers)
        upload = accept(csv_bytes(row(n) for n in range(start, start + 10 * chunks)), plan=True)
        worker.step()
        return age(upload, days)

    return make


def chunks(plan):
    return plan.planned_rows.count()


def test_the_rows_of_old_plans_are_removed_and_counted_as_said_before(planned):
    old, young = planned(8, chunks=3), planned(6)
    said = purge("--dry-run")["planes"]
    assert said[0] == 1
    assert said[1] > 0
    assert (chunks(old), chunks(young)) == (3, 2)
    assert purge()["planes"] == said
    assert (chunks(old), chunks(young)) == (0, 2)
    assert BulkUpload.objects.filter(pk=old.pk).exists()
    assert purge()["planes"] == (0, 0)


def test_they_go_in_slices(planned, monkeypatch):
    monkeypatch.setattr(plans, "SLICE", 2)
    old = planned(8, chunks=5)
    assert purge()["planes"][0] == 1
    assert chunks(old) == 0


def test_a_plan_that_is_being_applied_is_kept_until_that_ends(planned, user, worker):
    plan = planned(6)
    applied = apply_plan(plan, user)
    age(plan, 8)
    assert purge()["planes"] == (0, 0)
    worker.step()
    applied.refresh_from_db()
    assert (applied.status, applied.creados) == ("completed", 20)
    assert purge()["planes"][0] == 1
    assert not PlannedRows.objects.exists()


def test_plans_may_be_kept_for_ever(planned, settings):
    settings.BULK_UPLOAD_KEEP_PLANS_DAYS = 0
    plan = planned(400)
    assert purge()["planes"] == (0, 0)
    assert chunks(plan) == 2
