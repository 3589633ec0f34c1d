"""A chunk commits whole or not at all, survives what the database refuses, and resumes exactly."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import IntegrityError, OperationalError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from bulk_upload.importing import match, write
from bulk_upload.models import BulkUpload, ClaimLost, Status, Tally
from bulk_upload.tests.conftest import import_rows, problems, row
from catalog.models import Category, Product

pytestmark = pytest.mark.django_db

ROWS = [row(n, **({"nombre": ""} if n % 5 == 0 else {})) for n in range(1, 41)]


class Killed(Exception):
    pass


@pytest.fixture
def upload(supplier):
    return BulkUpload.objects.create(proveedor=supplier, filename="a.csv", file_format="csv", s3_key="k", size=1)


def claim(upload):
    BulkUpload.objects.filter(pk=upload.pk).update(lease_until=timezone.now())
    claimed = BulkUpload.objects.claim(upload.pk, timedelta(seconds=60))
    assert claimed
    return claimed


def run_until(claimed, chunks):
    """Import, and die after so many chunks."""
    left = iter(range(chunks))

    def after_chunk():
        if next(left, None) is None:
            raise Killed

    with pytest.raises(Killed):
        import_rows(claimed, ROWS, chunk_rows=6, after_chunk=after_chunk)


@pytest.mark.parametrize("chunks", range(6))
def test_a_resumed_import_ends_as_an_undisturbed_one(upload, run_import, chunks):
    run_until(claim(upload), chunks)
    resumed = claim(upload)
    import_rows(resumed, ROWS, chunk_rows=7)
    resumed.complete()
    resumed.refresh_from_db()
    assert (resumed.creados, resumed.rechazados, resumed.total) == (32, 8, 40)
    assert [fila for fila, _, _ in problems(resumed)] == [6, 11, 16, 21, 26, 31, 36, 41]
    assert resumed.productos_creados == [r["id"] for r in ROWS if r["nombre"]]
    assert Product.objects.count() == 32


def test_a_repetition_of_a_row_before_the_checkpoint_is_still_seen(upload):
    rows = [row(1), row(2), row(3), row(1)]
    claimed = claim(upload)
    with pytest.raises(Killed):
        import_rows(claimed, rows, chunk_rows=2, after_chunk=lambda: (_ for _ in ()).throw(Killed))
    resumed = claim(upload)
    import_rows(resumed, rows, chunk_rows=2)
    assert problems(resumed) == [(5, "id", "duplicate_in_file"), (5, "codigo", "duplicate_in_file")]


def test_a_worker_that_lost_its_claim_commits_nothing(upload):
    zombie = claim(upload)
    claim(upload)
    with pytest.raises(ClaimLost):
        import_rows(zombie, ROWS, chunk_rows=6)
    assert Product.objects.count() == 0
    assert upload.row_errors.count() == 0


def test_reading_the_row_again_does_not_renew_a_lost_claim(upload):
    zombie = claim(upload)
    claim(upload)
    zombie.refresh_from_db()
    with pytest.raises(ClaimLost):
        zombie.complete()


def test_a_live_claim_is_not_given_twice(upload):
    claim(upload)
    assert BulkUpload.objects.claim(upload.pk, timedelta(seconds=60)) is None


def test_an_ended_upload_cannot_be_claimed(upload):
    claim(upload).complete()
    assert BulkUpload.objects.claim(upload.pk, timedelta(seconds=60)) is None


def test_a_row_that_the_database_refuses_costs_one_row(run_import, monkeypatch):
    refused = "PROD00003"
    save = write._update_or_create

    def picky(key, *args, **more):
        if key == refused:
            raise IntegrityError("refused")
        save(key, *args, **more)

    def refuse(*args, **more):
        raise IntegrityError("refused")

    monkeypatch.setattr(write, "write", refuse)
    monkeypatch.setattr(write, "_update_or_create", picky)
    upload = run_import([row(n) for n in range(1, 6)])
    assert problems(upload) == [(4, "", "refused_by_database")]
    assert (upload.creados, upload.rechazados) == (4, 1)
    assert not Product.objects.filter(pk=refused).exists()


def test_a_deadlock_repeats_the_chunk(run_import, monkeypatch):
    real, calls = write.write, []

    def first_time_deadlocked(*args):
        calls.append(1)
        if len(calls) == 1:
            error = OperationalError("deadlock detected")
            error.__cause__ = type("Cause", (Exception,), {"sqlstate": "40P01"})()
            raise error
        real(*args)

    monkeypatch.setattr(write, "write", first_time_deadlocked)
    upload = run_import([row(1), row(2, nombre="")])
    assert (upload.creados, upload.rechazados, len(calls)) == (1, 1, 2)


def test_the_database_keeps_the_equation_of_an_ended_upload(upload):
    claim(upload)
    BulkUpload.objects.filter(pk=upload.pk).update(total=3, creados=1)
    with pytest.raises(IntegrityError), transaction.atomic():
        BulkUpload.objects.filter(pk=upload.pk).update(status=Status.COMPLETED, completed_at=timezone.now())


def test_a_failure_in_the_middle_counts_the_rest_as_not_processed(upload):
    claimed = claim(upload)
    run_until(claimed, 1)
    claimed.fail("damaged_file", {})
    claimed.refresh_from_db()
    assert (claimed.exitosos, claimed.rechazados, claimed.sin_procesar, claimed.total) == (10, 2, 28, 40)


def test_counters_cannot_exceed_the_total(upload):
    claimed = claim(upload)
    with pytest.raises(IntegrityError), transaction.atomic():
        claimed.checkpoint(Tally(creados=1), 3, timedelta(seconds=60))


def test_lists_of_ids_are_cut_at_a_thousand(run_import):
    upload = run_import([row(n) for n in range(1, 1202)], chunk_rows=500)
    assert (len(upload.productos_creados), upload.creados) == (1000, 1201)


def test_an_unchanged_file_writes_no_product(run_import):
    rows = [row(n) for n in range(1, 31)]
    run_import(rows)
    with CaptureQueriesContext(connection) as queries:
        upload = run_import(rows, replace=True, chunk_rows=10)
    assert upload.sin_cambios == 30
    touched = [
        q["sql"] for q in queries if "catalog_product" in q["sql"] and not q["sql"].lstrip().startswith("SELECT")
    ]
    assert touched == []
    assert sum("catalog_product" in q["sql"] for q in queries) == 3


@pytest.mark.skipif("connection.vendor != 'postgresql'", reason="SQLite tells at the commit: another attempt")
def test_a_category_that_is_deleted_between_two_chunks_is_created_again(upload):
    def delete_all():
        if Product.objects.filter(pk="PROD00001").exists():
            Product.objects.all().delete()
            Category.objects.all().delete()

    import_rows(claim(upload), [row(n) for n in range(1, 5)], chunk_rows=2, after_chunk=delete_all)
    assert list(Product.objects.values_list("id", "categoria_id")) == [
        ("PROD00003", "GUANTES"),
        ("PROD00004", "GUANTES"),
    ]


def test_what_somebody_creates_between_the_look_and_the_write_costs_one_row(run_import, monkeypatch):
    run_import([row(2)])
    find, looks = match.find, []

    def blind_once(rows):
        looks.append(1)
        return {} if len(looks) == 1 else find(rows)

    monkeypatch.setattr(match, "find", blind_once)
    upload = run_import([row(n) for n in range(1, 4)])
    assert problems(upload) == [(3, "id", "duplicate_product")]
    assert (upload.creados, upload.rechazados, Product.objects.count()) == (2, 1, 3)


def test_what_somebody_changes_between_the_look_and_the_write_is_looked_at_again(run_import, monkeypatch):
    """Only what is to be changed is locked, after it was read: a change in between is not overwritten unseen."""
    run_import([row(1), row(2)])
    locked, looks = match.locked, []

    def too_late(keys):
        looks.append(1)
        if len(looks) == 1:
            Product.objects.filter(pk="PROD00001").update(nombre="Otro", version=5)
        return locked(keys)

    monkeypatch.setattr(match, "locked", too_late)
    run_import([row(1, stock_minimo="99"), row(2, stock_minimo="99")], replace=True)
    assert len(looks) == 2
    assert list(Product.objects.order_by("id").values_list("version", "stock_minimo", "nombre")) == [
        (6, 99, "Guantes de nitrilo 1"),
        (2, 99, "Guantes de nitrilo 2"),
    ]
