"""Whatever the file: a plan and its application come to the same as its import."""

from __future__ import annotations

from pathlib import Path

import pytest

from bulk_upload.models import BulkUpload
from bulk_upload.plans import rows as plan_rows
from bulk_upload.plans.apply import CannotApply, apply_plan
from bulk_upload.tests import awkward
from bulk_upload.tests.helpers.outcomes import clear, outcome
from bulk_upload.tests.helpers.rows import csv_bytes, row

pytestmark = pytest.mark.django_db

FOLDER = Path(awkward.__file__).parent
# They are refused before anything is read.
NOT_ACCEPTED = ("old_workbook.xlsx", "under_a_password.xlsx")
ALL = sorted(path for path in FOLDER.rglob("*") if path.suffix in (".csv", ".xlsx"))
FILES = [path for path in ALL if path.name not in NOT_ACCEPTED]
# The first product of most of the files, and another one: rows of the files may change them.
EXISTING = csv_bytes([row(1, id="PROD001", codigo="007"), row(2, id="PROD002", codigo="7701234567897")])


@pytest.fixture
def end(accept, worker):
    """What a file comes to, with what was there before."""

    def run(path: Path, **options) -> BulkUpload:
        upload = accept(path.read_bytes(), path.name, replace=True, **options)
        worker.step()
        upload.refresh_from_db()
        assert upload.is_final
        return upload

    return run


@pytest.fixture
def prepare(accept, worker):
    def run():
        clear()
        accept(EXISTING)
        worker.step()

    return run


def without_rows(found):
    """What a plan has of an outcome: it changes nothing."""
    return {name: found[name] for name in ("counts", "problems", "lists")}


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_an_awkward_file(prepare, end, worker, user, path):
    prepare()
    direct = end(path)
    expected = outcome(direct)
    prepare()
    plan = end(path, plan=True)
    assert without_rows(outcome(plan)) == without_rows(expected)
    assert (plan.error_code, plan.error_params) == (direct.error_code, direct.error_params)
    if plan.status != "completed" or not plan.creados + plan.actualizados:
        with pytest.raises(CannotApply):
            apply_plan(plan, user)
        return
    assert len(list(plan_rows.every(plan))) == plan.total
    applied = apply_plan(plan, user)
    worker.step()
    assert outcome(applied) == expected
