"""Plans, and their application, in this process: without file and queue."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import Any

import pytest

from bulk_upload.models import BulkUpload, Operation
from bulk_upload.sheet.declaration import Sheet
from bulk_upload.tests.helpers.rows import import_rows
from catalog.models import Supplier
from catalog.sheets.products import PRODUCTS

Rows = Sequence[dict[str, Any]]


@pytest.fixture
def run_plan(supplier: Supplier) -> Callable[..., BulkUpload]:
    def run(rows: Rows, *, replace: bool = False, sheet: Sheet = PRODUCTS, chunk_rows: int = 10) -> BulkUpload:
        fields = {"operation": Operation.PLAN, "reemplazar_duplicados": replace, "sheet_name": sheet.name}
        return _run(supplier, rows, chunk_rows, is_plan=True, **fields)

    return run


@pytest.fixture
def run_apply(supplier: Supplier) -> Callable[..., BulkUpload]:
    def run(plan: BulkUpload, rows: Rows, *, chunk_rows: int = 10) -> BulkUpload:
        fields = {"operation": Operation.APPLY, "reemplazar_duplicados": plan.reemplazar_duplicados}
        return _run(supplier, rows, chunk_rows, is_plan=False, based_on=plan, sheet_name=plan.sheet_name, **fields)

    return run


def _run(supplier: Supplier, rows: Rows, chunk_rows: int, *, is_plan: bool, **fields: Any) -> BulkUpload:
    upload = BulkUpload.objects.create(
        proveedor=supplier, filename="a.csv", file_format="csv", s3_key="k", size=1, **fields
    )
    claimed = BulkUpload.objects.claim(upload.pk, timedelta(seconds=60))
    assert claimed
    import_rows(claimed, rows, chunk_rows=chunk_rows, only_plan=is_plan)
    claimed.complete()
    claimed.refresh_from_db()
    return claimed
