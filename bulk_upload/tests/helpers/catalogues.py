"""Awkward files, imported without a queue, and the catalogue that is there afterwards."""

from __future__ import annotations

import datetime
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

from django.db.models import Q

from bulk_upload.checking.tables import Limits
from bulk_upload.importing.import_table import import_table
from bulk_upload.models import BulkUpload
from bulk_upload.reading.files import only_reader
from bulk_upload.tests.awkward.office import Case
from bulk_upload.tests.awkward.reading import EXPECTED
from catalog.models import Product
from catalog.sheets.products import PRODUCTS

PLAIN = {"decimal": Decimal, "integer": int, "boolean": lambda word: word == "sí", "date": datetime.date.fromisoformat}


def imported(path: Path, file_format: str, supplier: Any) -> BulkUpload:
    upload = BulkUpload.objects.create(
        proveedor=supplier, filename=path.name, file_format=file_format, s3_key="k", size=1
    )
    claimed = BulkUpload.objects.claim(upload.pk, timedelta(hours=1))
    with only_reader(Limits()) as reader:
        table = reader.checked(path, file_format, PRODUCTS, next_row=0, chunk_rows=100)
        import_table(claimed, table, after_chunk=lambda: None)
    claimed.complete()
    claimed.refresh_from_db()
    return claimed


def check(upload: BulkUpload, case: Case) -> None:
    """The upload ended with what the case expects, and nothing else is there."""
    errors = upload.row_errors.filter(severity="error").values_list("fila", "columna", "codigo")
    assert {(fila, columna): codigo for fila, columna, codigo in errors} == case.errors
    of_the_file = Q(fila=0) | Q(codigo="totals_row")
    warnings = upload.row_errors.filter(of_the_file, severity="warning").values_list("codigo", flat=True)
    assert list(warnings) == [*case.warnings]
    names = list(dict.fromkeys([*EXPECTED, *(name for changes in case.products for name in changes)]))
    fields = ["categoria_id" if name == "categoria" else name for name in names]
    found = Product.objects.order_by("id").values_list(*fields)
    assert [dict(zip(names, values, strict=True)) for values in found] == expected(case, names)


def expected(case: Case, names: list[str]) -> list[dict[str, Any]]:
    """The products of a case as they are stored."""
    kinds = {column.name: PLAIN.get(column.kind, str) for column in PRODUCTS.columns}
    absent = dict.fromkeys(names)
    found = [
        {**absent, **EXPECTED, **{name: kinds[name](value) for name, value in changes.items()}}
        for changes in case.products
    ]
    return sorted(found, key=lambda product: product["id"])
