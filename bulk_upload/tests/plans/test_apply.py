"""Plans through queue and worker, from the file to its application."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bulk_upload import intake
from bulk_upload.models import BulkUpload, Operation
from bulk_upload.plans import rows as plan_rows
from bulk_upload.plans.apply import CannotApply, apply_plan
from bulk_upload.tests.helpers.outcomes import clear, eventful_file, outcome, prepare_catalogue
from bulk_upload.tests.helpers.rows import csv_bytes, row
from catalog.models import Product

pytestmark = pytest.mark.django_db

ROWS = 400


@pytest.fixture(autouse=True)
def small_chunks(settings):
    settings.BULK_UPLOAD_CHUNK_ROWS = 50


def without_categories(problems):
    return [problem for problem in problems if problem[3] != "new_category"]


@pytest.mark.django_db(transaction=True)
def test_plan_and_application_come_to_the_same_as_the_import(accept, worker, supplier, user):
    content = eventful_file(ROWS)
    prepare_catalogue(ROWS, supplier)
    direct = accept(content, replace=True)
    worker.step()
    expected = outcome(direct)
    clear()
    prepare_catalogue(ROWS, supplier)
    plan = accept(content, replace=True, plan=True)
    worker.step()
    plan.refresh_from_db()
    assert (plan.status, plan_rows.count(plan)) == ("completed", plan.total)
    applied = apply_plan(plan, user)
    assert applied.s3_key != plan.s3_key
    worker.step()
    assert outcome(applied) == expected
    assert outcome(plan)["counts"] == expected["counts"]
    assert outcome(plan)["problems"] == expected["problems"]


class TestAnApplicationThatGoesOnAfterItsPlanWasPurged:
    @pytest.fixture
    def applied(self, accept, worker, user):
        """The application of a plan of 120 new products that was cancelled before it began, and the plan purged."""
        plan = accept(csv_bytes(row(n) for n in range(1, 121)), plan=True)
        worker.step()
        plan.refresh_from_db()
        applied = apply_plan(plan, user)
        applied.cancel()
        BulkUpload.objects.filter(pk=plan.pk).update(completed_at=plan.completed_at - timedelta(days=8))
        # A purge that was stopped in the middle of the plan.
        plan.planned_rows.filter(first_row__gt=60).delete()
        return applied

    def test_is_refused_in_words(self, applied, api):
        answer = api.post(f"/api/v1/catalog/bulk-upload/{applied.pk}/retry")
        assert (answer.status_code, answer.json()["code"]) == (410, "plan_expired")
        assert "El plan venció y ya no se conserva" in answer.json()["message"]

    def test_ends_in_words_where_it_was_under_way(self, applied, worker):
        applied.retry()
        intake.publish(applied)
        worker.step()
        applied.refresh_from_db()
        assert (applied.status, applied.error_code, applied.rechazados) == ("failed", "plan_expired", 0)
        assert not Product.objects.exists()

    def test_ends_in_words_where_the_plan_itself_is_gone(self, applied, worker):
        BulkUpload.objects.filter(pk=applied.based_on_id).delete()
        applied.refresh_from_db()
        self.test_ends_in_words_where_it_was_under_way(applied, worker)


def test_the_same_file_may_be_planned_and_imported_at_once(accept):
    content = csv_bytes([row(1)])
    plan = accept(content, plan=True)
    assert accept(content, plan=True).pk == plan.pk
    assert accept(content).pk != plan.pk


def test_an_interrupted_plan_begins_again(accept, worker):
    plan = accept(csv_bytes(row(n, nombre="" if n == 7 else "Guantes") for n in range(1, 201)), plan=True)
    BulkUpload.objects.claim(plan.pk, timedelta(seconds=60))
    BulkUpload.objects.filter(pk=plan.pk).update(
        lease_until=plan.created_at - timedelta(minutes=5), next_row=52, total=200, creados=49, rechazados=1
    )
    plan.row_errors.create(severity="error", fila=8, columna="nombre", codigo="required_blank", params={}, valor="")
    plan.planned_rows.create(first_row=2, creados=49, actualizados=0, sin_cambios=0, rechazados=1, content="{}")
    worker.step()
    plan.refresh_from_db()
    assert (plan.status, plan.total, plan.creados, plan.rechazados) == ("completed", 200, 199, 1)
    assert plan.row_errors.filter(severity="error").count() == 1
    assert len(list(plan_rows.every(plan))) == 200
    assert not Product.objects.exists()


def test_why_a_plan_cannot_be_applied(accept, worker, user, settings):
    imported = accept(csv_bytes([row(1)]))
    worker.step()
    plan = accept(csv_bytes([row(2)]), plan=True)
    with pytest.raises(CannotApply, match="not_a_plan"):
        apply_plan(plan, user)
    worker.step()
    nothing = accept(csv_bytes([row(1)]), plan=True, replace=True)
    worker.step()
    for upload in (imported, plan, nothing):
        upload.refresh_from_db()
    with pytest.raises(CannotApply, match="not_a_plan"):
        apply_plan(imported, user)
    with pytest.raises(CannotApply, match="nothing_to_apply"):
        apply_plan(nothing, user)
    BulkUpload.objects.filter(pk=plan.pk).update(completed_at=plan.completed_at - timedelta(days=8))
    plan.refresh_from_db()
    with pytest.raises(CannotApply, match="plan_expired"):
        apply_plan(plan, user)
    settings.BULK_UPLOAD_KEEP_PLANS_DAYS = 30
    applied = apply_plan(plan, user)
    assert applied.operation == Operation.APPLY
    with pytest.raises(CannotApply, match="plan_applied"):
        apply_plan(plan, user)
