"""The page of the products that an upload updated."""

from __future__ import annotations

import re
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from bulk_upload.tests.helpers import oracle
from bulk_upload.tests.helpers.admin_people import address, make_upload, person, signed_in
from bulk_upload.tests.helpers.rows import row

HEADS = ("Fila", "Producto", "Qué cambió")


def page_of(client, upload, **query):
    response = client.get(address("changes", upload.pk), query)
    assert response.status_code == 200
    return response


def rows_of(response):
    """The table's rows as text."""
    body = re.search(r"<tbody>(.*)</tbody>", response.content.decode(), re.DOTALL)[1]
    return [
        re.sub(r"\s+", " ", re.sub(r"<[^>]+>", "", line)).strip() for line in re.findall(r"<tr>(.*?)</tr>", body, re.S)
    ]


@pytest.fixture
def updated(run_import):
    """Sixty products whose price changed; two of them by much."""
    run_import([row(n) for n in range(1, 61)])
    prices = {7: "4000", 55: "0,5"}
    rows = [row(n, precio_unitario=prices.get(n, "1.300,50"), nombre=f"Guantes <b>{n}</b>") for n in range(1, 61)]
    return run_import(rows, replace=True)


def test_each_row_shows_the_old_value_and_the_new_one(staff, updated):
    lines = rows_of(page_of(staff, updated))
    assert len(lines) == 50
    assert lines[0] == (
        "Fila 2 PROD00001Guantes &lt;b&gt;1&lt;/b&gt; nombre: Guantes de nitrilo 1 →ahora Guantes &lt;b&gt;1&lt;/b&gt; "
        "precio_unitario: 1.250,50 →ahora 1.300,50"
    )
    assert len(rows_of(page_of(staff, updated, pagina="2"))) == 10


def test_large_changes_of_a_price_are_marked_in_words_and_can_be_shown_alone(staff, updated):
    lines = rows_of(page_of(staff, updated))
    assert [line[:7] for line in lines if "Cambio grande" in line] == ["Fila 8 "]
    alone = rows_of(page_of(staff, updated, precio="grandes"))
    assert [re.search("Cambio grande.*", line)[0] for line in alone] == [
        "Cambio grande de «precio_unitario»: +219 %",
        "Cambio grande de «precio_unitario»: −99 %",
    ]


def test_the_result_leads_to_the_changes_and_to_the_large_ones(staff, updated):
    page = staff.get(address("change", updated.pk)).content.decode()
    assert f'href="{address("changes", updated.pk)}"' in page
    link = f'<a href="{address("changes", updated.pk)}?precio=grandes">2 cambios grandes de «precio_unitario»</a>'
    assert link + ": el valor nuevo es al menos 2 veces el anterior, o al revés. Revíselos." in page


def test_an_upload_that_updated_nothing_leads_nowhere(staff, run_import):
    upload = run_import([row(1)])
    page = staff.get(address("change", upload.pk)).content.decode()
    assert address("changes", upload.pk) not in page
    assert "Esta carga no actualizó nada." in page_of(staff, upload).content.decode()


def test_what_an_earlier_release_did_not_keep_is_said(staff, run_import):
    run_import([row(n) for n in range(1, 9)])
    upload = run_import([row(n, precio_unitario="1" if n > 5 else "1251") for n in range(1, 9)], replace=True)
    upload.row_changes.filter(fila__in=[3, 4, 8, 9]).delete()
    page = page_of(staff, upload).content.decode()
    assert "que no guardaba todos los cambios: 4 más no se muestran." in page
    assert "Solo cambios grandes de «precio_unitario» (3)" in page
    assert "2 más no se muestran." in page_of(staff, upload, precio="grandes").content.decode()


def test_an_upload_of_a_release_that_kept_nothing_says_so(staff, supplier):
    upload = make_upload(supplier, actualizados=5, total=5)
    assert "Los valores anteriores de esta carga no se guardaron." in page_of(staff, upload).content.decode()


def test_booleans_and_empty_texts_are_words(staff, run_import):
    run_import([row(1, presentacion="")])
    upload = run_import([row(1, requiere_lote="no", presentacion="Caja")], replace=True)
    line = rows_of(page_of(staff, upload))[0]
    assert "presentacion: (vacío) →ahora Caja" in line
    assert "requiere_lote: sí →ahora no" in line


def test_a_decimal_has_as_many_places_as_its_column(staff, run_import):
    run_import([row(1, temperatura_min="2")])
    upload = run_import([row(1, temperatura_min="2,5", precio_unitario="7")], replace=True)
    line = rows_of(page_of(staff, upload))[0]
    assert "precio_unitario: 1.250,50 →ahora 7,00" in line
    assert "temperatura_min: 2,0 →ahora 2,5" in line


def test_another_suppliers_changes_are_not_there(supplier_person, other_supplier, run_import, bystander):
    run_import([row(1)], owner=other_supplier)
    upload = run_import([row(1, nombre="Secreto")], owner=other_supplier, replace=True)
    assert supplier_person.get(address("changes", upload.pk)).status_code == 404
    assert bystander.get(address("changes", upload.pk)).status_code == 403


def test_who_may_not_see_products_gets_no_links_to_them(updated):
    client = signed_in(person("auditora", "view_bulkupload"))
    assert "/admin/catalog/product/" not in page_of(client, updated).content.decode()


def test_the_page_costs_few_queries(staff, updated):
    page_of(staff, updated)
    with CaptureQueriesContext(connection) as queries:
        page_of(staff, updated)
    assert len(queries) <= 12


def test_the_page_shows_what_an_independent_account_says(staff, supplier, run_import):
    account = oracle.Oracle(0)
    first = [oracle.Line(oracle.good(n)) for n in range(1, 41)]
    again = [oracle.Line(oracle.good(n)) for n in range(1, 41)]
    for n, line in enumerate(again, 1):
        if n % 2:
            line.cells[oracle.AT["nombre"]] += " nuevo"
        if n % 3 == 0:
            line.cells[oracle.AT["precio_unitario"]] = f"{n}.99"
    as_rows = [[as_row(line) for line in lines] for lines in (first, again)]
    account.take(first, replace=False)
    run_import(as_rows[0])
    upload = run_import(as_rows[1], replace=True)
    expected = account.take(again, replace=True).changes
    found = {
        line.fila: (line.key, {cell.column: (cell.before, cell.after) for cell in line.cells})
        for line in page_of(staff, upload).context["lines"]
    }
    assert found == {
        fila: (key, {name: tuple(map(as_shown, pair)) for name, pair in cells.items()})
        for fila, (key, cells) in expected.items()
    }


def as_row(line):
    """The line as the import's rows are in these tests: numbers and booleans in words."""
    words = {True: "sí", False: "no"}
    cells = [words[cell] if isinstance(cell, bool) else str(cell) for cell in line.cells]
    return dict(zip(oracle.HEADER, cells, strict=True))


def as_shown(value):
    try:
        return f"{Decimal(value):,.2f}".translate(str.maketrans(",.", ".,"))
    except ArithmeticError:
        return value
