"""Rejected rows are corrected on a page: by the import's own rules, and sent as a correction of their upload."""

from __future__ import annotations

import re
from html import unescape

import pytest
from django.core.files.storage import default_storage

from bulk_upload.models import BulkUpload, MendedRow, PreparedFile
from bulk_upload.tests.helpers.admin_people import address, person, signed_in
from bulk_upload.tests.helpers.rows import csv_bytes, row
from catalog.models import Product

pytestmark = pytest.mark.django_db


@pytest.fixture
def rejected(accept, worker):
    """Rows 2 and 4 have no price, row 5 the id of row 3."""
    rows = [row(1, precio_unitario="caro"), row(2), row(3, precio_unitario="caro"), row(2, nombre="Otro")]
    upload = accept(csv_bytes(rows))
    worker.step()
    return upload


@pytest.fixture
def page(supplier_person, rejected, worker):
    """Opens the page, once the worker has read the rows."""
    supplier_person.get(address("mend", rejected.pk))
    worker.step()
    return lambda **query: unescape(supplier_person.get(address("mend", rejected.pk), query).content.decode())


@pytest.fixture
def type_into(supplier_person, rejected):
    def run(fila, **texts):
        boxes = {f"celda-{fila}-{column}": text for column, text in texts.items()}
        return supplier_person.post(address("mend_row", rejected.pk, fila), boxes).json()

    return run


def act(person, upload, action, **more):
    return person.post(address("mend", upload.pk), {"accion": action, **more}, follow=True)


def prices():
    return {product.pk: str(product.precio_unitario) for product in Product.objects.all()}


def test_the_page_waits_for_the_worker_and_then_has_a_box_for_each_wrong_cell(supplier_person, rejected, worker):
    waiting = supplier_person.get(address("mend", rejected.pk)).content.decode()
    assert "se prepararán enseguida" in waiting
    assert supplier_person.get(address("mend_state", rejected.pk)).json()["waiting"] is True
    worker.step()
    page = supplier_person.get(address("mend", rejected.pk)).content.decode()
    assert re.findall(r'type="text" id="(celda-[^"]+)"', page) == [
        "celda-2-precio_unitario",
        "celda-4-precio_unitario",
        *("celda-5-id", "celda-5-codigo"),
    ]
    assert 'value="caro"' in page


def test_a_cell_is_checked_at_once_by_the_rules_of_the_import(page, type_into):
    answer = type_into(2, precio_unitario="1.250")
    assert "1250" in answer["said"]  # which of the two readings is meant
    assert 'aria-invalid="true"' in answer["row"]
    answer = type_into(2, precio_unitario="1.250,50")
    assert (answer["said"], answer["ready"]) == ("Fila 2: Lista.", "1 de 3 filas listas para importar.")
    assert 'value="1.250,50"' in page()  # kept for whoever comes back


def test_what_only_the_import_can_find_stays_until_the_cell_is_changed(page, type_into):
    assert "fila 3" in type_into(5, nombre="Otro nombre")["said"]
    assert type_into(5, id="PROD00009", codigo="7701200000009")["said"] == "Fila 5: Lista."
    type_into(2, precio_unitario="1")
    assert "fila 2" in type_into(5, id="PROD00001")["said"]  # two of the corrected rows have one key


def test_the_rows_that_are_ready_are_imported_as_a_correction(page, type_into, supplier_person, rejected, worker):
    type_into(2, precio_unitario="$ 1.250,50")
    type_into(4, precio_unitario="mucho")
    answer = act(supplier_person, rejected, "importar", **{"celda-5-id": "PROD00004", "celda-5-codigo": "0004"})
    sent = BulkUpload.objects.get(filename="corregido_productos.xlsx")
    assert answer.redirect_chain[-1][0] == address("change", sent.pk)
    assert "Enviada" in page()
    worker.step()
    sent.refresh_from_db()
    assert (sent.status, sent.corrects_id, sent.total, sent.creados) == ("completed", rejected.pk, 2, 2)
    assert prices() == {"PROD00001": "1250.50", "PROD00002": "1250.50", "PROD00004": "1250.50"}
    assert Product.objects.get(pk="PROD00004").codigo == "0004"
    assert set(rejected.row_errors.filter(severity="error", corregida=False).values_list("fila", flat=True)) == {4}


def test_sent_twice_they_are_one_upload(page, type_into, supplier_person, rejected):
    type_into(2, precio_unitario="1")
    act(supplier_person, rejected, "importar")
    MendedRow.objects.update(sent_in=None)  # as another request sees it that comes at the same time
    act(supplier_person, rejected, "importar")
    assert BulkUpload.objects.count() == 2
    answer = act(supplier_person, rejected, "importar")
    assert "Ninguna fila está lista" in answer.content.decode()


def test_a_row_that_is_rejected_again_says_why_where_it_was_corrected(
    page, type_into, supplier_person, rejected, worker, accept
):
    other = accept(csv_bytes([row(7)]))
    worker.step()
    assert type_into(5, id="PROD00004", codigo=row(7)["codigo"])["said"] == "Fila 5: Lista."
    act(supplier_person, rejected, "importar")
    worker.step()
    assert re.search(r'id="celda-5-codigo"[^>]+aria-invalid', page())
    sent = BulkUpload.objects.exclude(pk__in=[rejected.pk, other.pk]).get()
    result = supplier_person.get(address("change", sent.pk)).content.decode()
    assert address("mend", rejected.pk) in result
    assert type_into(5, codigo="0005")["said"] == "Fila 5: Lista."


def test_equal_mistakes_are_replaced_in_all_of_their_rows(page, supplier_person, rejected):
    assert "Reemplazar en las 2 filas" in page()
    answer = act(supplier_person, rejected, "reemplazar", columna="precio_unitario", valor="caro", nuevo="99")
    assert "Se reemplazó en 2 filas. 2 de 3 filas listas" in answer.content.decode()
    assert "Reemplazar en" not in page()


def test_without_a_script_the_form_keeps_a_whole_page(page, supplier_person, rejected):
    boxes = {
        "celda-2-precio_unitario": "10",
        "celda-4-precio_unitario": "caro",
        "celda-9-nombre": "x",
        "celda-2-no": "x",
    }
    answer = act(supplier_person, rejected, "guardar", **boxes)
    assert "1 de 3 filas listas" in answer.content.decode()
    assert list(MendedRow.objects.values_list("fila", "values")) == [(2, {"precio_unitario": "10"})]
    act(supplier_person, rejected, "guardar", **{"celda-2-precio_unitario": "caro"})
    assert not MendedRow.objects.exists()  # as in the file again


def test_every_cell_of_a_row_can_be_changed(page):
    assert 'id="celda-2-nombre"' not in page()
    assert 'id="celda-2-nombre"' in page(fila=2)


def test_a_value_is_neither_executed_nor_rendered(accept, worker, supplier_person):
    evil = '"><script>alert(1)</script>'
    upload = accept(csv_bytes([row(1, nombre="=cmd|' /C calc'!A0", presentacion=evil, precio_unitario="caro")]))
    worker.step()
    supplier_person.get(address("mend", upload.pk))
    worker.step()
    page = supplier_person.get(address("mend", upload.pk)).content.decode()
    assert "<script>alert" not in page
    answer = supplier_person.post(
        address("mend_row", upload.pk, 2), {"celda-2-precio_unitario": "1", "celda-2-presentacion": f"{evil}\x00"}
    ).json()
    assert "<script>alert" not in answer["row"]
    act(supplier_person, upload, "importar", **{"celda-2-presentacion": evil})
    sent = BulkUpload.objects.exclude(pk=upload.pk).get()
    with default_storage.open(sent.s3_key) as file:
        content = file.read()
    worker.step()
    product = Product.objects.get()
    assert (product.nombre, product.presentacion) == ("=cmd|' /C calc'!A0", evil)
    assert b"<f>" not in content


@pytest.mark.parametrize("name", ["mend", "mend_state", "mend_row"])
def test_others_rows_are_not_there(supplier_person, rejected, other_supplier, name):
    BulkUpload.objects.update(proveedor=other_supplier)
    place = address(name, rejected.pk, *([2] if name == "mend_row" else []))
    assert {supplier_person.get(place).status_code, supplier_person.post(place, {}).status_code} == {404}
    assert not PreparedFile.objects.exists()


def test_who_may_only_look_changes_nothing(rejected, supplier):
    reader = signed_in(person("lectora", "view_bulkupload", supplier=supplier))
    assert reader.post(address("mend_row", rejected.pk, 2), {"celda-2-precio_unitario": "1"}).status_code == 403
    assert reader.get(address("mend", rejected.pk)).status_code == 403


def test_an_unreadable_file_of_rows_is_made_again(page, supplier_person, rejected, worker):
    default_storage.delete(PreparedFile.objects.get().s3_key)
    assert "se prepararán enseguida" in page()
    worker.step()
    assert 'value="caro"' in page()
