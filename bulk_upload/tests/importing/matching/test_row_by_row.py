"""What a row does to the catalogue."""

from __future__ import annotations

from decimal import Decimal

import pytest

from bulk_upload.tests.helpers.row_errors import problems, warnings
from bulk_upload.tests.helpers.rows import row
from catalog.models import Category, Product

pytestmark = pytest.mark.django_db


def test_new_rows_become_products(run_import):
    upload = run_import([row(1), row(2)])
    assert (upload.creados, upload.exitosos, upload.rechazados, upload.total) == (2, 2, 0, 2)
    product = Product.objects.get(pk="PROD00001")
    assert product.codigo == "7701200000001"
    assert product.precio_unitario == Decimal("1250.50")
    assert (product.categoria_id, product.proveedor_id, product.version) == ("GUANTES", "PROV001", 1)
    assert (product.created_by_upload, product.changed_by_upload) == (upload.pk, upload.pk)
    assert (product.requiere_lote, product.requiere_vencimiento) == (True, False)


def test_blank_optional_cells_get_their_defaults(run_import):
    run_import(
        [row(1, presentacion="", stock_minimo=None, stock_critico=" ", requiere_lote="", requiere_vencimiento="")]
    )
    product = Product.objects.get()
    assert (product.presentacion, product.stock_minimo, product.stock_critico) == ("", 10, 5)
    assert (product.requiere_lote, product.requiere_vencimiento) == (False, True)


def test_without_replacing_an_existing_product_is_a_duplicate(run_import):
    run_import([row(1), row(2)])
    upload = run_import([row(1, nombre="Otro"), row(9, codigo="7701200000002"), row(3)])
    assert problems(upload) == [(2, "id", "duplicate_product"), (3, "codigo", "duplicate_product")]
    assert (upload.creados, upload.rechazados, upload.duplicados) == (1, 2, 2)
    assert Product.objects.get(pk="PROD00001").nombre == "Guantes de nitrilo 1"


def test_replacing_updates_what_differs(run_import):
    first = run_import([row(1), row(2)])
    upload = run_import([row(1, nombre="Otro"), row(2)], replace=True)
    assert (upload.actualizados, upload.sin_cambios, upload.creados, upload.duplicados) == (1, 1, 0, 2)
    changed, same = Product.objects.order_by("pk")
    assert (changed.nombre, changed.version, changed.created_by_upload, changed.changed_by_upload) == (
        "Otro",
        2,
        first.pk,
        upload.pk,
    )
    assert (same.version, same.changed_by_upload, same.updated_at) == (1, first.pk, same.updated_at)
    assert changed.created_at < changed.updated_at


def test_an_update_keeps_what_blank_optional_cells_do_not_say(run_import):
    run_import([row(1, stock_minimo="77", requiere_lote="sí")])
    upload = run_import([row(1, nombre="Otro", stock_minimo="", requiere_lote="", presentacion="")], replace=True)
    product = Product.objects.get()
    assert (product.stock_minimo, product.requiere_lote, product.presentacion) == (77, True, "Caja x 100")
    assert upload.actualizados == 1


def test_a_row_known_only_by_its_code_updates_that_product_and_keeps_its_id(run_import):
    run_import([row(1)])
    upload = run_import([row(5, codigo="7701200000001", nombre="Otro")], replace=True)
    assert Product.objects.get().pk == "PROD00001"
    assert Product.objects.get().nombre == "Otro"
    assert warnings(upload) == [(2, "id", "id_kept")]


def test_an_id_and_a_code_of_two_products_conflict(run_import):
    run_import([row(1), row(2)])
    upload = run_import([row(1, codigo="7701200000002")], replace=True)
    assert problems(upload) == [(2, "codigo", "code_conflict")]


@pytest.mark.parametrize("replace", [True, False])
def test_a_product_of_another_supplier_is_never_overwritten(run_import, other_supplier, replace):
    run_import([row(1), row(2)], owner=other_supplier)
    upload = run_import([row(1, nombre="Robado"), row(3, codigo="7701200000002")], replace=replace)
    assert problems(upload) == [(2, "id", "other_supplier"), (3, "codigo", "other_supplier")]
    assert set(Product.objects.values_list("proveedor_id", flat=True)) == {"PROV002"}
    assert Product.objects.get(pk="PROD00001").nombre == "Guantes de nitrilo 1"


@pytest.mark.parametrize("chunk_rows", [1, 2, 100])
def test_a_repeated_key_names_the_earlier_row(run_import, chunk_rows):
    upload = run_import(
        [row(1), row(1, codigo="X"), row(3, codigo="7701200000001"), row(1)], replace=True, chunk_rows=chunk_rows
    )
    errors = upload.row_errors.filter(severity="error")
    assert [(e.fila, e.columna, e.params["fila_anterior"]) for e in errors] == [
        (3, "id", 2),
        (4, "codigo", 2),
        (5, "id", 2),
        (5, "codigo", 2),
    ]
    assert (upload.creados, upload.rechazados, upload.duplicados) == (1, 3, 3)


def test_a_row_that_repeats_a_rejected_row_is_still_a_repetition(run_import):
    upload = run_import([row(1, nombre=""), row(1)])
    assert problems(upload) == [
        (2, "nombre", "required_blank"),
        (3, "id", "duplicate_in_file"),
        (3, "codigo", "duplicate_in_file"),
    ]


@pytest.mark.parametrize("chunk_rows", [1, 2, 100])
def test_a_code_that_an_earlier_row_freed_can_be_taken(run_import, chunk_rows):
    run_import([row(1), row(2)])
    upload = run_import(
        [row(1, codigo="NUEVO"), row(2, codigo="7701200000001"), row(3, codigo="7701200000002")],
        replace=True,
        chunk_rows=chunk_rows,
    )
    assert problems(upload) == []
    assert list(Product.objects.order_by("pk").values_list("codigo", flat=True)) == [
        "NUEVO",
        "7701200000001",
        "7701200000002",
    ]


@pytest.mark.parametrize("chunk_rows", [1, 100])
def test_two_rows_that_change_one_product_both_count(run_import, chunk_rows):
    run_import([row(1)])
    upload = run_import(
        [row(9, codigo="7701200000001", nombre="Primero"), row(1, codigo="NUEVO", nombre="Segundo")],
        replace=True,
        chunk_rows=chunk_rows,
    )
    product = Product.objects.get()
    assert (upload.actualizados, product.version) == (2, 3)
    assert (product.codigo, product.nombre) == ("NUEVO", "Segundo")
    assert upload.productos_actualizados == ["PROD00001", "PROD00001"]


def test_every_bad_cell_of_a_row_is_explained(run_import):
    upload = run_import([row(1, nombre="", precio_unitario="1.250", requiere_lote="quizás", stock_minimo="-1")])
    assert problems(upload) == [
        (2, "nombre", "required_blank"),
        (2, "precio_unitario", "ambiguous_number"),
        (2, "stock_minimo", "below_minimum"),
        (2, "requiere_lote", "not_a_boolean"),
    ]
    assert (upload.rechazados, Product.objects.count()) == (1, 0)


@pytest.mark.parametrize("chunk_rows", [1, 100])
def test_a_new_category_is_created_once_with_a_warning_at_its_first_row(run_import, chunk_rows):
    Category.objects.create(nombre="GUANTES")
    upload = run_import(
        [row(1), row(2, categoria="jeringas", nombre=""), row(3, categoria="Jeringas"), row(4, categoria="JERINGAS")],
        chunk_rows=chunk_rows,
    )
    assert warnings(upload) == [(4, "categoria", "new_category")]
    assert set(Category.objects.values_list("pk", flat=True)) == {"GUANTES", "JERINGAS"}


def test_a_rejected_row_creates_no_category(run_import):
    run_import([row(1)])
    run_import([row(1, categoria="NUEVA")])
    assert not Category.objects.filter(pk="NUEVA").exists()


def test_a_critical_stock_above_the_minimum_is_a_warning(run_import):
    Category.objects.create(nombre="GUANTES")
    upload = run_import([row(1, stock_minimo="5", stock_critico="6"), row(2, stock_minimo="3", stock_critico="")])
    assert warnings(upload) == [
        (2, "stock_critico", "critical_above_minimum"),
        (3, "stock_critico", "critical_above_minimum"),
    ]
    assert upload.creados == 2


def test_what_a_copy_would_take_for_something_else_is_kept_as_it_is(run_import):
    odd = [r"C:\temp\new", r"\.", r"\N", "a\\", '"5" x \'m\'"', "100 %", "ñandú–15 °C", "{a,b}", "NULL", "%s"]
    run_import([row(n, nombre=text, presentacion=text) for n, text in enumerate(odd)])
    run_import([row(n, nombre=f"{text}!", presentacion=text) for n, text in enumerate(odd)], replace=True)
    found = Product.objects.order_by("id").values_list("nombre", "presentacion", "version")
    assert list(found) == [(f"{text}!", text, 2) for text in odd]
