"""The speed that clients see: that of the last ten seconds of this attempt."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from bulk_upload import snapshots
from bulk_upload.consuming.speed import RecentSpeed
from bulk_upload.models import BulkUpload
from bulk_upload.tests.helpers.admin_people import make_upload


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock():
    return Clock()


def measured(clock, *samples):
    speed = RecentSpeed(clock)
    for clock.now, rows in samples:
        speed.add(rows)
    return speed.rows_per_second()


def test_one_chunk_has_no_speed(clock):
    assert measured(clock, (1, 500)) is None


def test_a_steady_import(clock):
    assert measured(clock, (0, 0), (1, 500), (2, 1000)) == 500


def test_a_slow_beginning_is_forgotten_after_ten_seconds(clock):
    assert measured(clock, (0, 0), (60, 600), (65, 5600), (71, 11600), (75, 15600)) == 1000


def test_chunks_that_take_longer_than_the_window(clock):
    assert measured(clock, (0, 0), (20, 100), (40, 300)) == 10


def test_rows_of_an_earlier_attempt_do_not_count(clock):
    assert measured(clock, (3600, 50_000), (3601, 50_500)) == 500


@pytest.mark.django_db
def test_a_state_from_the_database_alone_has_no_speed_while_it_runs_and_the_average_at_its_end(supplier):
    began = timezone.now() - timedelta(hours=1)
    upload = make_upload(supplier, status="processing", total=100, creados=50, started_at=began)
    assert snapshots.head(upload)["rows_per_second"] is None
    BulkUpload.objects.filter(pk=upload.pk).update(
        status="completed", creados=100, completed_at=began + timedelta(seconds=10)
    )
    upload.refresh_from_db()
    assert snapshots.head(upload)["rows_per_second"] == 10
