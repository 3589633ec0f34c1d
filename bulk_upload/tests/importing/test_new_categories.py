"""A file creates a limited number of categories; further unknown ones are errors of their rows, with what was meant."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bulk_upload.models import BulkUpload
from bulk_upload.tests.helpers.row_errors import problems, warnings
from bulk_upload.tests.helpers.rows import import_rows, row
from bulk_upload.wording import text_of
from catalog.models import Category
from medisupply.backends.database import database_now

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _two_at_most(settings):
    settings.BULK_UPLOAD_MAX_NEW_CATEGORIES = 2


@pytest.fixture(autouse=True)
def _known():
    Category.objects.create(nombre="GUANTES", aprobada=True)


def named(*names, **changes):
    return [row(n, categoria=name, **changes) for n, name in enumerate(names, 1)]


@pytest.mark.parametrize("chunk_rows", [1, 2, 100])
def test_the_first_ones_of_the_file_are_created(run_import, chunk_rows):
    upload = run_import(named("C", "GUANTES", "B", "A", "C", "A", "GUANTES"), chunk_rows=chunk_rows)
    assert warnings(upload) == [(2, "categoria", "new_category"), (4, "categoria", "new_category")]
    assert problems(upload) == [(fila, "categoria", "too_many_new_categories") for fila in (5, 7)]
    assert (upload.creados, upload.rechazados, upload.categorias_creadas) == (5, 2, 2)
    assert set(Category.objects.filter(aprobada=False).values_list("pk", flat=True)) == {"B", "C"}


def test_the_nearest_existing_name_is_suggested(run_import):
    upload = run_import(named("A", "B", "GUANTE"))
    (error,) = upload.row_errors.filter(severity="error")
    assert text_of(error.codigo, error.params, "es") == (
        "La categoría «GUANTE» no existe, y este archivo ya creó 2 categorías nuevas, que es lo máximo. "
        "¿Quiso decir «GUANTES»?"
    )


def test_names_of_other_suppliers_are_not_suggested(run_import, other_supplier):
    run_import(named("SECRETO DEL OTRO"), owner=other_supplier)
    rows = [row(n, categoria=name) for n, name in enumerate(["A", "B", "SECRETO DEL OTRA"], 10)]
    assert problems(run_import(rows)) == [(4, "categoria", "too_many_new_categories")]


def test_rows_that_do_not_land_create_nothing(run_import):
    run_import(named("GUANTES", "GUANTES"))
    upload = run_import(named("X", "Y") + [row(n, categoria=name) for n, name in ((3, "A"), (4, "B"))])
    assert problems(upload) == [(2, "id", "duplicate_product"), (3, "id", "duplicate_product")]
    assert upload.categorias_creadas == 2


def test_a_halved_chunk_counts_each_category_once(run_import, refused_name):
    refused_name("Mal")
    rows = [*named("A", "B", "C"), row(4, categoria="B"), row(5, nombre="Mal")]
    upload = run_import(rows, chunk_rows=100)
    assert problems(upload) == [(4, "categoria", "too_many_new_categories"), (6, "", "refused_by_database")]
    assert (upload.creados, upload.categorias_creadas) == (3, 2)


def test_the_count_is_resumed_with_the_import(supplier):
    class Killed(Exception):
        pass

    def kill():
        raise Killed

    rows = named("A", "B", "C")
    upload = BulkUpload.objects.create(proveedor=supplier, filename="a.csv", file_format="csv", s3_key="k", size=1)
    with pytest.raises(Killed):
        import_rows(BulkUpload.objects.claim(upload.pk, timedelta(0)), rows, chunk_rows=2, after_chunk=kill)
    BulkUpload.objects.update(lease_until=database_now())
    resumed = BulkUpload.objects.claim(upload.pk, timedelta(seconds=60))
    import_rows(resumed, rows, chunk_rows=2)
    assert problems(resumed) == [(4, "categoria", "too_many_new_categories")]
