"""What people changed is kept as long as what uploads changed."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bulk_upload.models import EditAction, EditSource, RowEdit
from bulk_upload.purging.pace import Pace
from bulk_upload.purging.purge import preview, purge
from bulk_upload.purging.report import Kind, Report
from medisupply.backends.database import database_now

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("aws")]


@pytest.fixture
def edit():
    def make(days: float) -> RowEdit:
        return RowEdit.objects.create(
            sheet_name="productos",
            producto="P1",
            moment=database_now() - timedelta(days=days),
            source=EditSource.ADMIN,
            action=EditAction.CHANGED,
            cambios={"nombre": ["a", "b"]},
        )

    return make


def removed(run) -> tuple[int, bool]:
    report = Report()
    run(report)
    found = report.removed[Kind.EDITS]
    return found.count, found.size > 0


def test_those_past_their_age_go_in_slices_and_the_preview_says_how_many(edit, settings):
    settings.BULK_UPLOAD_PURGE_ROWS = 2
    young = [edit(days) for days in (0, 89.9)]
    for days in (90.1, 91, 92, 93, 500):
        edit(days)
    assert removed(preview) == (5, True)
    assert RowEdit.objects.count() == 7
    assert removed(lambda report: purge(report, Pace())) == (5, True)
    assert list(RowEdit.objects.order_by("pk")) == young


def test_nothing_goes_that_is_kept_for_ever(edit, settings):
    settings.BULK_UPLOAD_KEEP_CHANGES_DAYS = 0
    edit(30_000)
    assert removed(preview) == (0, False)
    assert removed(lambda report: purge(report, Pace())) == (0, False)
    assert RowEdit.objects.exists()
