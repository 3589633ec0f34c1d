"""What the purge looks for is found by an index, however long the history is; a slice is a few statements."""

from __future__ import annotations

import pytest
from django.db import connection
from django.db.models import Q
from django.test.utils import CaptureQueriesContext

from bulk_upload.models import Part, RowError
from bulk_upload.purging import parts, uploads
from bulk_upload.purging.pace import Pace
from bulk_upload.purging.report import Removed
from bulk_upload.purging.rows import purge_errors
from bulk_upload.tests.helpers.admin_people import make_upload
from bulk_upload.tests.helpers.purging import age, with_rows

pytestmark = pytest.mark.django_db


@pytest.fixture
def plan():
    """The plan of a query on tables of any size: one that reads a whole table is the last choice."""

    def explain(found):
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL enable_seqscan = off")
        return found.explain()

    return explain


@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite chooses by other rules")
class TestOnPostgresql:
    @pytest.mark.parametrize("part", Part)
    def test_uploads_that_are_due(self, plan, part):
        assert f"Index Scan using upload_{part.value}_kept" in plan(parts.due(part).order_by("completed_at")[:500])

    def test_uploads_that_are_to_be_deleted(self, plan):
        assert "using upload_newest" in plan(uploads.old_uploads().order_by("created_at")[:200])

    def test_row_errors_of_an_upload_behind_a_place(self, plan, supplier):
        rows = RowError.objects.filter(upload=make_upload(supplier), severity="error")
        behind = rows.filter(Q(fila__gt=5) | Q(id__gt=7), fila__gte=5).order_by("fila", "id")[:5000]
        said = plan(behind)
        assert "Index Scan using row_error_in_order" in said
        assert "fila >= 5" in said.partition("Filter")[0]


def test_a_slice_costs_the_same_wherever_it_stands(supplier, settings):
    settings.BULK_UPLOAD_PURGE_ROWS, settings.BULK_UPLOAD_PURGE_PAUSE_MILLISECONDS = 100, 0

    def purge(slices):
        upload = make_upload(supplier)
        # Three in four are errors, the others warnings.
        age(with_rows(upload, 100 * slices), 100, status="failed")
        removed = Removed()
        purge_errors(Pace(), removed)
        assert removed.count == 100 * slices

    costs = []
    for slices in (4, 8, 12):
        with CaptureQueriesContext(connection) as queries:
            purge(slices)
        costs.append(len(queries))
    assert costs[1] - costs[0] == costs[2] - costs[1]
