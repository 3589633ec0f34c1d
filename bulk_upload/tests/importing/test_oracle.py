"""What files come to equals an independent account: 20,000 rows with 5 % defects, and each awkward text file."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from bulk_upload.checking.chunks import checked_chunks
from bulk_upload.checking.tables import CheckedTable, Limits
from bulk_upload.importing.import_table import import_table
from bulk_upload.models import BulkUpload
from bulk_upload.reading.child.columns_without_header import with_unnamed_columns
from bulk_upload.reading.child.csv_file import open_csv
from bulk_upload.reading.files import only_reader
from bulk_upload.sheet.problems import FileProblem
from bulk_upload.tests.awkward.make_awkward_text import FOLDER as AWKWARD
from bulk_upload.tests.awkward.make_awkward_text import expected as expected_texts
from bulk_upload.tests.helpers import oracle
from catalog.models import Category, Product, Supplier
from catalog.sheets.products import PRODUCTS

ROWS, KNOWN = 20_000, 1_000
COUNTERS = ("creados", "actualizados", "sin_cambios", "rechazados", "duplicados")


@pytest.fixture(scope="module")
def workbook(tmp_path_factory):
    lines = oracle.lines(ROWS, KNOWN)
    path = tmp_path_factory.mktemp("oracle") / "grande.xlsx"
    oracle.write_workbook(path, lines)
    return lines, path


@pytest.fixture
def catalogue(supplier, other_supplier):
    Category.objects.bulk_create([Category(nombre=n) for n in ("GUANTES", "JERINGAS", "SUTURAS", "VENDAJES")])
    Product.objects.bulk_create(
        [
            Product(
                **{("categoria_id" if k == "categoria" else k): v for k, v in zip(oracle.HEADER, cells, strict=True)}
                | {"requiere_lote": cells[11] == "sí"},
                proveedor_id=owner,
            )
            for owner, _key, cells in oracle.existing(KNOWN)
        ],
        batch_size=2000,
    )


def claimed_upload(supplier, file_format, *, replace):
    upload = BulkUpload.objects.create(
        proveedor=supplier, filename="a", file_format=file_format, s3_key="k", size=1, reemplazar_duplicados=replace
    )
    return BulkUpload.objects.claim(upload.pk, timedelta(hours=1))


def run(path, supplier, *, replace):
    claimed = claimed_upload(supplier, "xlsx", replace=replace)
    with only_reader(Limits()) as reader:
        table = reader.checked(path, "xlsx", PRODUCTS, next_row=0, chunk_rows=1000)
        import_table(claimed, table, after_chunk=lambda: None)
    claimed.complete()
    claimed.refresh_from_db()
    return claimed


def assert_agrees(upload, account):
    found = upload.row_errors.filter(severity="error").values_list("fila", "codigo")
    assert sorted(set(found) ^ set(account.codes))[:10] == []
    assert {name: getattr(upload, name) for name in COUNTERS} == {name: getattr(account, name) for name in COUNTERS}
    assert upload.total == ROWS
    assert sorted(found) == sorted(account.codes)


TEXT_FILES = expected_texts()


@pytest.mark.django_db
@pytest.mark.parametrize("name", TEXT_FILES)
def test_an_awkward_text_file_comes_to_what_was_written_down(name, supplier: Supplier):
    file = TEXT_FILES[name]
    path = AWKWARD / name
    assert path.read_bytes() == file.content, "run: python -m bulk_upload.tests.awkward.make_awkward_text"
    if file.refused:
        with pytest.raises(FileProblem) as problem:
            imported(path, supplier)
        assert (problem.value.code, problem.value.params | file.params) == (file.refused, problem.value.params)
        return
    upload = imported(path, supplier)
    expected = oracle.Oracle(0)
    account = expected.take(file.lines, replace=False)
    found = upload.row_errors.filter(severity="error").values_list("fila", "codigo")
    assert sorted(found) == sorted((file.numbers[at - 2], code) for at, code in account.codes)
    assert {name: getattr(upload, name) for name in COUNTERS} == {name: getattr(account, name) for name in COUNTERS}
    warnings = upload.row_errors.filter(severity="warning", fila=0).exclude(codigo="new_category")
    assert sorted(warnings.values_list("codigo", flat=True)) == sorted(file.warnings)
    assert_same_products(expected)


def imported(path, supplier):
    """Read and checked in this process, as the guarded child does it."""
    upload = claimed_upload(supplier, "csv", replace=False)
    with open_csv(path, PRODUCTS, Limits()) as opened:
        table = with_unnamed_columns(opened)
        chunks = checked_chunks(table, next_row=0, chunk_rows=1000)
        checked = CheckedTable(table.header, table.total, chunks, delimiter=table.delimiter, warnings=table.warnings)
        checked.is_ready = lambda: True
        import_table(upload, checked, after_chunk=lambda: None)
    upload.complete()
    upload.refresh_from_db()
    return upload


def assert_same_products(expected):
    """Every product has exactly the values of the account's catalogue, and its owner."""
    fields = ["categoria_id" if name == "categoria" else name for name in oracle.HEADER]
    count = 0
    for owner, *values in Product.objects.values_list("proveedor_id", *fields).iterator(5000):
        cells = list(expected.cells[values[0]])
        cells[5] = Decimal(cells[5])
        assert (owner, values) == (expected.owner[values[0]], cells)
        count += 1
    assert count == len(expected.cells)


def assert_same_changes(upload, account):
    """Each row that updated a product has its old and new values; prices that doubled or halved are marked."""
    kept = upload.row_changes.values_list("fila", "producto", "cambios", "precio_grande")
    found = {fila: (key, {name: tuple(pair) for name, pair in cells.items()}) for fila, key, cells, _ in kept}
    assert found == account.changes
    prices = {fila: cells.get("precio_unitario", ("1", "1")) for fila, (_key, cells) in account.changes.items()}
    large = {fila for fila, (old, new) in prices.items() if old != new and not 0.5 < float(new) / float(old) < 2}
    assert {fila for fila, *_, marked in kept if marked} == large
    assert upload.cambios_grandes_de_precio == len(large)


@pytest.mark.django_db
@pytest.mark.usefixtures("catalogue")
@pytest.mark.parametrize("replace", [False, True])
def test_counts_and_problems_equal_the_oracles(workbook, supplier: Supplier, replace):
    lines, path = workbook
    expected = oracle.Oracle(KNOWN)
    upload = run(path, supplier, replace=replace)
    account = expected.take(lines, replace=replace)
    assert_agrees(upload, account)
    assert_same_changes(upload, account)
    assert_same_products(expected)
    if replace:
        account = expected.take(lines, replace=True)
        with CaptureQueriesContext(connection) as queries:
            again = run(path, supplier, replace=True)
        assert_agrees(again, account)
        assert (again.creados, again.actualizados) == (0, 0)
        assert [
            q["sql"][:60] for q in queries if "catalog_product" in q["sql"] and q["sql"].lstrip()[:6] != "SELECT"
        ] == []
