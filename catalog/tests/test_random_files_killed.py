"""Random files of every sheet, imported by worker processes that are killed: as if nothing had happened."""

from __future__ import annotations

import random
import time

import pytest
from django.contrib.auth.models import User
from django.core.files.uploadedfile import SimpleUploadedFile

from bulk_upload.imports import registry
from bulk_upload.intake import accept_upload
from bulk_upload.models import BulkUpload
from bulk_upload.tests.helpers.outcomes import ended
from bulk_upload.tests.helpers.processes import wait_for, worker_process
from catalog.models import Supplier
from catalog.tests.random_files.database import account_of, fill, rows_expected, rows_of
from catalog.tests.random_files.drawing import TIMES, Scenario, scenarios
from catalog.tests.random_files.oracle import OURS, Oracle
from catalog.tests.random_files.plan import Plan
from catalog.tests.random_files.sheets import PLANS

ROWS = 40


def accept(plan: Plan, scenario: Scenario, folder) -> BulkUpload:
    (file,) = scenario.files
    path = folder / f"a.{file.file_format}"
    file.write(path)
    return accept_upload(
        file=SimpleUploadedFile(path.name, path.read_bytes()),
        sheet=registry.get(plan.sheet).sheet,
        owner=Supplier.objects.get(pk=OURS) if plan.is_sent_by_suppliers else None,
        user=User.objects.create_user("ana"),
        reemplazar_duplicados=file.replace,
    )


def reached(upload: BulkUpload, row: int) -> bool:
    return BulkUpload.objects.filter(pk=upload.pk, next_row__gte=row).exists()


@pytest.mark.django_db(transaction=True)
@pytest.mark.processes
@pytest.mark.usefixtures("aws")
@pytest.mark.parametrize("number", range(1, TIMES + 1))
@pytest.mark.parametrize("plan", [plan.with_more_rows(ROWS) for plan in PLANS], ids=str)
def test_a_worker_that_is_killed_in_the_middle_changes_nothing(plan, number, tmp_path):
    *_, scenario = scenarios(plan, number, most_files=1, rows=(ROWS, ROWS))
    fill(plan, scenario.existing, is_their_supplier_active=True)
    upload = accept(plan, scenario, tmp_path)
    variables = {"BULK_UPLOAD_CHUNK_ROWS": 1, "BULK_UPLOAD_LEASE_SECONDS": 1}
    if plan.created:
        variables["BULK_UPLOAD_MAX_NEW_CATEGORIES"] = plan.created.most
    row = random.randint(2, ROWS // 2)
    with worker_process(**variables) as worker:
        wait_for(lambda: reached(upload, row), 60, pause=0.005)
        time.sleep(random.uniform(0, 0.02))
        worker.kill()
    with worker_process(**variables):
        wait_for(lambda: ended(upload), 60)
    upload.refresh_from_db()
    assert upload.claim_number > 1, "no worker was hit in the middle"
    oracle = Oracle(plan, scenario.existing)
    assert account_of(upload) == oracle.take(scenario.files[0], 1)
    assert rows_of(plan, [upload]) == rows_expected(oracle)
