"""A chunk commits whole or not at all, survives what the database refuses, and resumes exactly."""

from __future__ import annotations

import math
from datetime import timedelta

import pytest
from django.db import IntegrityError, OperationalError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from bulk_upload.importing.halving import ChunkRefused
from bulk_upload.importing.matching import create_or_update
from bulk_upload.importing.writing import writer
from bulk_upload.models import BulkUpload, ClaimLost, Status, Tally
from bulk_upload.tests.helpers.row_errors import problems, warnings
from bulk_upload.tests.helpers.rows import import_rows, row
from catalog.models import Category, Product
from medisupply.backends.database import database_now

pytestmark = pytest.mark.django_db

ROWS = [row(n, **({"nombre": ""} if n % 5 == 0 else {})) for n in range(1, 41)]


class Killed(Exception):
    pass


@pytest.fixture
def upload(supplier):
    return BulkUpload.objects.create(proveedor=supplier, filename="a.csv", file_format="csv", s3_key="k", size=1)


def claim(upload):
    BulkUpload.objects.filter(pk=upload.pk).update(lease_until=database_now())
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


def test_a_worker_under_whom_an_older_database_was_restored_skips_no_row(upload):
    """The restored database knows the worker's claim, too, but not the chunk that it has committed since."""
    rows = [row(n) for n in range(1, 31)]
    survivor = claim(upload)

    def restore_after_the_second_chunk():
        if survivor.next_row == 22:
            Product.objects.filter(pk__gt="PROD00010").delete()
            BulkUpload.objects.filter(pk=upload.pk).update(next_row=12, creados=10)
            upload.chunk_rows.filter(first_row__gt=11).delete()

    with pytest.raises(ClaimLost):
        import_rows(survivor, rows, chunk_rows=10, after_chunk=restore_after_the_second_chunk)
    assert Product.objects.count() == 10
    resumed = claim(upload)
    import_rows(resumed, rows, chunk_rows=10)
    resumed.complete()
    assert (resumed.creados, Product.objects.count()) == (30, 30)


def test_a_live_claim_is_not_given_twice(upload):
    claim(upload)
    assert BulkUpload.objects.claim(upload.pk, timedelta(seconds=60)) is None


def test_an_ended_upload_cannot_be_claimed(upload):
    claim(upload).complete()
    assert BulkUpload.objects.claim(upload.pk, timedelta(seconds=60)) is None


def test_a_row_that_the_database_refuses_costs_one_row(run_import, refused_name):
    refused_name("Mal")
    upload = run_import([row(n, **({"nombre": "Mal"} if n == 3 else {})) for n in range(1, 6)])
    assert problems(upload) == [(4, "", "refused_by_database")]
    assert (upload.creados, upload.rechazados, Product.objects.count()) == (4, 1, 4)
    again = run_import([row(1, nombre="Mal"), row(2, nombre="Otro"), row(4)], replace=True)
    assert problems(again) == [(2, "", "refused_by_database")]
    assert (again.actualizados, again.sin_cambios, again.rechazados) == (1, 1, 1)


def test_one_refused_row_in_2500_is_found_by_halving(run_import, refused_name):
    refused_name("Mal")
    run_import([row(1)])  # what is known from the second chunk on is not counted
    rows = [row(n, **({"nombre": "Mal", "categoria": "OTRA"} if n == 1777 else {})) for n in range(2, 2502)]
    with CaptureQueriesContext(connection) as queries:
        upload = run_import(rows, chunk_rows=2500)
    statements = [query["sql"] for query in queries if not query["sql"].startswith("INSERT INTO")]
    assert len(statements) <= 250  # SQLite also needs an insert for each fifty rows
    assert sum(sql.startswith("SAVEPOINT") for sql in statements) <= 2 * math.log2(2500) + 6
    assert problems(upload) == [(1777, "", "refused_by_database")]
    assert (upload.creados, upload.rechazados, warnings(upload)) == (2499, 1, [])


def test_categories_and_their_warnings_are_the_same_when_a_chunk_is_halved(run_import, refused_name):
    refused_name("Mal")
    bad = {2: {"nombre": "Mal", "categoria": "SOLO DE LA MALA"}, 9: {"nombre": "Mal", "categoria": "B"}}
    rows = [row(n, categoria="A" if n < 8 else "B", **bad.get(n, {})) for n in range(1, 14) if n not in bad]
    rows += [row(n, **changes) for n, changes in bad.items()]
    rows.sort(key=lambda values: values["id"])
    upload = run_import(rows, chunk_rows=100)
    assert problems(upload) == [(3, "", "refused_by_database"), (10, "", "refused_by_database")]
    assert warnings(upload) == [(2, "categoria", "new_category"), (9, "categoria", "new_category")]
    assert set(Category.objects.values_list("pk", flat=True)) == {"A", "B"}


def test_a_chunk_that_is_halved_is_kept_alive_on_the_way(upload, refused_name):
    refused_name("Mal")
    kept = []
    rows = [row(n, **({"nombre": "Mal"} if n == 3 else {})) for n in range(1, 17)]
    import_rows(claim(upload), rows, chunk_rows=16, keep=lambda: kept.append(1))
    assert len(kept) == 8  # two parts for each of four halvings


def test_what_ends_a_halved_chunk_leaves_nothing_of_it(upload, refused_name):
    def stop():
        if Product.objects.exists():
            raise Killed

    refused_name("Mal")
    claimed = claim(upload)
    with pytest.raises(Killed):
        import_rows(claimed, [row(1), row(2, nombre="Mal")], chunk_rows=16, keep=stop)
    assert Product.objects.count() == 0
    claimed.give_back()


@pytest.mark.parametrize("rows", [2, 40])
def test_a_chunk_of_which_every_row_is_refused_is_a_fault(upload, refused_name, rows):
    refused_name()
    claimed = claim(upload)
    with pytest.raises(ChunkRefused):
        import_rows(claimed, [row(n) for n in range(rows)], chunk_rows=100)
    claimed.refresh_from_db()
    assert (claimed.rechazados, claimed.row_errors.count(), Product.objects.count()) == (0, 0, 0)


def test_a_single_row_that_is_refused_is_the_rows_fault(run_import, refused_name):
    run_import([row(1)])
    refused_name("Mal")
    assert problems(run_import([row(1), row(2, nombre="Mal")], replace=True)) == [(3, "", "refused_by_database")]


@pytest.mark.skipif("connection.vendor != 'postgresql'", reason="SQLite takes no such column without a default")
def test_a_required_column_that_this_release_does_not_know_is_a_fault_even_of_a_single_row(run_import, upload):
    run_import([row(1)])
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE catalog_product ADD COLUMN peso integer NOT NULL DEFAULT 0")
        cursor.execute("ALTER TABLE catalog_product ALTER COLUMN peso DROP DEFAULT")
    claimed = claim(upload)
    with pytest.raises(ChunkRefused, match="peso"):
        import_rows(claimed, [row(2)], chunk_rows=10)
    assert (claimed.rechazados, Product.objects.count(), claimed.row_errors.count()) == (0, 1, 0)


def test_a_deadlock_repeats_the_chunk(run_import, monkeypatch):
    real, calls = writer.write, []

    def first_time_deadlocked(*args):
        calls.append(1)
        if len(calls) == 1:
            error = OperationalError("deadlock detected")
            error.__cause__ = type("Cause", (Exception,), {"sqlstate": "40P01"})()
            raise error
        real(*args)

    monkeypatch.setattr(writer, "write", first_time_deadlocked)
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
    find, looks = create_or_update.find, []

    def blind_once(target, rows):
        looks.append(1)
        return {} if len(looks) == 1 else find(target, rows)

    monkeypatch.setattr(create_or_update, "find", blind_once)
    upload = run_import([row(n) for n in range(1, 4)])
    assert problems(upload) == [(3, "id", "duplicate_product")]
    assert (upload.creados, upload.rechazados, Product.objects.count()) == (2, 1, 3)


def test_what_somebody_changes_between_the_look_and_the_write_is_looked_at_again(run_import, monkeypatch):
    """Only what is to be changed is locked, after it was read: a change in between is not overwritten unseen."""
    run_import([row(1), row(2)])
    locked, looks = create_or_update.locked, []

    def too_late(target, pks):
        looks.append(1)
        if len(looks) == 1:
            Product.objects.filter(pk="PROD00001").update(nombre="Otro", version=5)
        return locked(target, pks)

    monkeypatch.setattr(create_or_update, "locked", too_late)
    run_import([row(1, stock_minimo="99"), row(2, stock_minimo="99")], replace=True)
    assert len(looks) == 2
    assert list(Product.objects.order_by("id").values_list("version", "stock_minimo", "nombre")) == [
        (6, 99, "Guantes de nitrilo 1"),
        (2, 99, "Guantes de nitrilo 2"),
    ]
