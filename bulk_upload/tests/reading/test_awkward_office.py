"""What offices send comes out as a careful person expects. `awkward/make_awkward_office.py` made it and says what."""

from __future__ import annotations

import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db.models import Q

from bulk_upload.models import BulkUpload
from bulk_upload.receiving.file_formats import format_of, format_of_name
from bulk_upload.receiving.refusals import RefusedUpload
from bulk_upload.sheet.problems import FileProblem
from bulk_upload.tests.awkward.make_awkward_office import CASES, FOLDER
from bulk_upload.tests.awkward.office import Case
from bulk_upload.tests.awkward.reading import EXPECTED
from bulk_upload.tests.reading.test_awkward_xlsx import imported
from catalog.models import Product
from catalog.sheets.products import PRODUCTS

PLAIN = {"decimal": Decimal, "integer": int, "boolean": lambda word: word == "sí", "date": datetime.date.fromisoformat}


def test_the_folder_holds_every_case_and_is_small():
    assert {path.name for path in FOLDER.iterdir()} == set(CASES)
    assert len(CASES) >= 30
    assert sum(path.stat().st_size for path in FOLDER.iterdir()) < 400_000


def expected(case: Case, names: list[str]) -> list[dict[str, Any]]:
    """The products of a case as they are stored."""
    kinds = {column.name: PLAIN.get(column.kind, str) for column in PRODUCTS.columns}
    absent = dict.fromkeys(names)
    found = [
        {**absent, **EXPECTED, **{name: kinds[name](value) for name, value in changes.items()}}
        for changes in case.products
    ]
    return sorted(found, key=lambda product: product["id"])


def run(path: Path, supplier: Any) -> BulkUpload:
    file = SimpleUploadedFile(path.name, path.read_bytes())
    return imported(path, format_of(file, format_of_name(path.name)), supplier)


@pytest.mark.django_db
@pytest.mark.parametrize("name", CASES)
def test_the_catalogue_is_what_a_careful_person_expects(name, supplier):
    case, path = CASES[name], FOLDER / name
    if case.problem:
        with pytest.raises((FileProblem, RefusedUpload)) as problem:
            run(path, supplier)
        assert problem.value.code == case.problem
        assert {key: problem.value.params[key] for key in case.params} == case.params
        assert not Product.objects.exists()
    else:
        check(run(path, supplier), case)


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
