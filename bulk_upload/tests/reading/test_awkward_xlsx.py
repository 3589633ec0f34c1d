"""Awkward workbooks come out as a careful person expects. `awkward/make_awkward_xlsx.py` made them and says what."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from bulk_upload.sheet.problems import FileProblem
from bulk_upload.tests.awkward.make_awkward_xlsx import CASES, FOLDER, Case
from bulk_upload.tests.awkward.reading import EXPECTED
from bulk_upload.tests.helpers.catalogues import imported
from catalog.models import Product
from catalog.sheets.products import PRODUCTS


def test_the_folder_holds_every_case_and_is_small():
    assert {path.stem for path in FOLDER.iterdir()} == set(CASES)
    assert len(CASES) >= 40
    assert sum(path.stat().st_size for path in FOLDER.iterdir()) < 150_000


def stored(name: str, value: Any) -> Any:
    """A cell of a case as the product has it."""
    column = next(column for column in PRODUCTS.columns if column.name == name)
    if value is None:
        return column.default
    return {"decimal": Decimal, "integer": int, "boolean": lambda word: word == "sí"}.get(column.kind, str)(value)


def expected(case: Case) -> list[dict[str, Any]]:
    products = [EXPECTED | {name: stored(name, value) for name, value in p.items()} for p in case.products]
    return sorted(products, key=lambda p: p["id"])


@pytest.mark.django_db
@pytest.mark.parametrize("name", CASES)
def test_the_catalogue_is_what_a_careful_person_expects(name, supplier):
    case, path = CASES[name], FOLDER / f"{name}.xlsx"
    if case.problem:
        with pytest.raises(FileProblem) as problem:
            imported(path, "xlsx", supplier)
        assert problem.value.code == case.problem
        assert {key: problem.value.params[key] for key in case.params} == case.params
        assert not Product.objects.exists()
        return
    upload = imported(path, "xlsx", supplier)
    errors = upload.row_errors.filter(severity="error").values_list("fila", "columna", "codigo")
    assert {(fila, columna): codigo for fila, columna, codigo in errors} == case.errors
    assert list(upload.row_errors.filter(severity="warning", fila=0).values_list("codigo", flat=True)) == [
        *case.warnings
    ]
    names = ["categoria_id" if name == "categoria" else name for name in EXPECTED]
    found = Product.objects.order_by("id").values_list(*names)
    assert [dict(zip(EXPECTED, values, strict=True)) for values in found] == expected(case)
