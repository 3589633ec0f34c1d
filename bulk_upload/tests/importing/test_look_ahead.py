"""The next chunk is read and decided on while the database writes the one before; nobody can tell from the outcome."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.db import connection

from bulk_upload.checking.chunks import checked_chunks
from bulk_upload.checking.results import CheckedChunk
from bulk_upload.checking.tables import CheckedTable
from bulk_upload.importing import halving, look_ahead
from bulk_upload.importing.import_table import import_table
from bulk_upload.models import BulkUpload
from bulk_upload.sheet.problems import FileProblem
from bulk_upload.tests.helpers.row_errors import problems
from bulk_upload.tests.helpers.rows import row, table
from catalog.models import Product

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.skipif(connection.vendor != "postgresql", reason="only COPY leaves time for it"),
]
ROWS = 40
SIZE = 10


@pytest.fixture
def upload(supplier):
    return BulkUpload.objects.create(proveedor=supplier, filename="a.csv", file_format="csv", s3_key="k", size=1)


@pytest.fixture
def early(monkeypatch) -> list[int]:
    """How many rows of each chunk were decided on early."""
    decided: list[int] = []
    real = halving.GoodRows.decide_early

    def decide_early(self):
        decisions = real(self)
        decided.append(len(decisions.creates))
        return decisions

    monkeypatch.setattr(halving.GoodRows, "decide_early", decide_early)
    return decided


def run(upload: BulkUpload, chunks: Iterator[CheckedChunk] | None = None, after_chunk=lambda: None) -> BulkUpload:
    read = table([row(n) for n in range(1, ROWS + 1)])
    chunks = chunks or checked_chunks(read, next_row=0, chunk_rows=SIZE)
    claimed = BulkUpload.objects.claim(upload.pk, timedelta(seconds=60))
    assert claimed
    import_table(claimed, CheckedTable(read.header, ROWS, chunks, is_ready=lambda: True), after_chunk)
    return claimed


def test_chunks_of_new_rows_are_decided_early(upload, early):
    assert run(upload).creados == ROWS
    # The first chunk tells that rows are new; the second was read while it was written.
    assert early == [SIZE, SIZE]
    assert set(Product.objects.values_list("id", flat=True)) == {row(n)["id"] for n in range(1, ROWS + 1)}


def test_what_somebody_else_created_in_between_is_looked_for(upload, early):
    def create() -> None:
        if Product.objects.count() == 2 * SIZE:
            product = Product.objects.earliest("id")
            product.id, product.codigo = row(2 * SIZE + 3)["id"], "OTRO"
            product.save(force_insert=True)

    claimed = run(upload, after_chunk=create)
    assert early
    assert (claimed.creados, problems(claimed)) == (ROWS - 1, [(2 * SIZE + 4, "id", "duplicate_product")])


def test_an_unreadable_chunk_is_not_the_fault_of_the_one_before(upload, early):
    def chunks() -> Iterator[CheckedChunk]:
        whole = checked_chunks(table([row(n) for n in range(1, ROWS + 1)]), next_row=0, chunk_rows=SIZE)
        yield next(whole)
        yield next(whole)
        raise FileProblem("damaged_file")

    with pytest.raises(FileProblem):
        run(upload, chunks())
    upload.refresh_from_db()
    assert (upload.creados, Product.objects.count()) == (2 * SIZE, 2 * SIZE)


def test_nothing_is_read_early_while_it_must_be_waited_for():
    def chunks() -> Iterator[CheckedChunk]:
        raise AssertionError("read")
        yield

    read = table([row(1)])
    look_ahead.LookAhead(CheckedTable(read.header, 1, chunks()), lambda _: pytest.fail("made")).prepare()


def test_an_early_decision_that_fails_is_not_the_fault_of_the_chunk_before(upload, monkeypatch):
    def decide_early(self):
        raise RuntimeError("a mistake of ours")

    monkeypatch.setattr(halving.GoodRows, "decide_early", decide_early)
    with pytest.raises(RuntimeError):
        run(upload)
    upload.refresh_from_db()
    assert upload.creados == 2 * SIZE
