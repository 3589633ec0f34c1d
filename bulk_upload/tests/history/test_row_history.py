"""Where the values of a row come from: files with their rows, undos, people, in the order in which it happened."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.contrib.auth.models import User
from django.db import transaction
from django.forms.models import model_to_dict

from bulk_upload.history.edits import Editor, keep_changed, keep_created, keep_removed
from bulk_upload.history.row_history import history_of
from bulk_upload.history.wording import sentence
from bulk_upload.models import BulkUpload, EditSource, RowEdit
from bulk_upload.tests.helpers.rows import row
from catalog.models import Product, StockLot, Supplier
from catalog.sheets.stock import STOCK
from catalog.sheets.suppliers import SUPPLIERS
from catalog.tests.stock_rows import make_lot, make_product, make_warehouse
from medisupply.backends.database import next_change_number

pytestmark = pytest.mark.django_db
KEY = "PROD00001"


@pytest.fixture
def ana(db) -> Editor:
    return Editor(User.objects.create_user("ana"), EditSource.ADMIN)


def product(key: str = KEY) -> Product:
    return Product.objects.get(pk=key)


def told(one=None, field: str = ""):
    """Source, action, row of the file, and the new values of the history's entries."""
    history = history_of(one or product())
    events = history.of_field(field) if field else history.events
    return [
        (
            event.source.value,
            event.action.value,
            event.fila,
            {name: new for name, (_old, new) in (event.changes or {}).items() if name in ("precio_unitario", "nombre")},
        )
        for event in events
    ]


def change_by_hand(editor: Editor, **values) -> None:
    """As the admin's page and the API do it."""
    with transaction.atomic():
        one = product()
        before = model_to_dict(one)
        for name, value in values.items():
            setattr(one, name, value)
        one.version, one.changed_by_upload, one.change_number = one.version + 1, None, next_change_number()
        one.save()
        keep_changed(one, before, editor)


def remove_by_hand(editor: Editor, key: str = KEY) -> None:
    with transaction.atomic():
        keep_removed(Product, [product(key)], editor)
        product(key).delete()


def test_a_person_a_file_and_an_undo_in_their_order_with_the_rows_of_the_files(run_import, run_undo, ana):
    run_import([row(7), row(1, precio_unitario="5")])
    change_by_hand(ana, nombre="A mano")
    upload = run_import([row(8), row(9), row(1, precio_unitario="6", nombre="De la lista")], replace=True)
    run_undo(upload)
    assert told() == [
        ("undo", "changed", 4, {"precio_unitario": "5.00", "nombre": "A mano"}),
        ("file", "changed", 4, {"precio_unitario": "6.00", "nombre": "De la lista"}),
        ("admin", "changed", None, {"nombre": "A mano"}),
        ("file", "created", 3, {"precio_unitario": "5.00", "nombre": row(1)["nombre"]}),
    ]
    assert history_of(product()).missing == 0


def test_one_field_has_a_history_of_its_own_and_an_origin(run_import, ana):
    run_import([row(1, precio_unitario="5")])
    run_import([row(7), row(1, precio_unitario="6")], replace=True)
    change_by_hand(ana, nombre="A mano")
    assert told(field="precio_unitario") == [
        ("file", "changed", 3, {"precio_unitario": "6.00"}),
        ("file", "created", 2, {"precio_unitario": "5.00"}),
    ]
    history = history_of(product())
    assert history.origin("precio_unitario", "6.00").fila == 3
    assert history.origin("nombre", "A mano").username == "ana"
    assert history.origin("codigo", row(1)["codigo"]).action == "created"
    assert history.origin("nombre", "Por nadie") is None


def test_the_sentence_names_the_file_its_row_and_who_sent_it(run_import, user):
    upload = run_import([row(7), row(1)])
    BulkUpload.objects.filter(pk=upload.pk).update(created_by=user, filename="enero.xlsx")
    (created,) = history_of(product()).events
    assert sentence(created) == "Lo creó el archivo «enero.xlsx», fila 3, subido por proveedor"


def test_what_a_person_changed_while_the_file_was_imported_stands_after_what_the_file_wrote(run_import, ana):
    run_import([row(1, precio_unitario="5")])
    upload = run_import([row(1, precio_unitario="6")], replace=True)
    change_by_hand(ana, precio_unitario=7)
    edit = RowEdit.objects.get()
    BulkUpload.objects.filter(pk=upload.pk).update(completed_at=edit.moment + timedelta(minutes=5))
    assert [source for source, *_ in told()] == ["admin", "file", "file"]


def test_the_number_of_queries_does_not_grow(run_import, ana, django_assert_num_queries):
    run_import([row(1)])
    for price in range(2, 8):
        run_import([row(1, precio_unitario=str(price))], replace=True)
        change_by_hand(ana, precio_unitario=price * 10)
    one = product()
    with django_assert_num_queries(5):
        assert len(history_of(one).events) == 13


class TestWhatIsNoLongerKept:
    def test_changes_that_were_purged_are_counted(self, run_import):
        run_import([row(1)])
        for price in ("2", "3", "4"):
            run_import([row(1, precio_unitario=price)], replace=True)
        older = BulkUpload.objects.order_by("number")[1:3]
        for upload in older:
            upload.row_changes.all().delete()
        assert [action for _, action, *_ in told()] == ["changed", "created"]
        assert history_of(product()).missing == 2
        assert told()[-1] == ("file", "created", 2, {})  # with which values is not known any more

    def test_the_last_upload_is_named_without_its_values(self, run_import):
        run_import([row(1)])
        run_import([row(1, precio_unitario="2")], replace=True).row_changes.all().delete()
        event = history_of(product()).events[0]
        assert (event.changes, event.source, sentence(event)) == (
            None,
            "file",
            "Lo cambió el archivo «a.csv», fila que ya no se conserva",
        )
        assert history_of(product()).origin("precio_unitario", "2.00") == event

    def test_an_upload_that_is_gone_is_named_by_its_identifier(self, run_import):
        upload = run_import([row(1)])
        BulkUpload.objects.all().delete()
        (created,) = history_of(product()).events
        assert sentence(created) == f"Lo creó una carga que ya no se conserva ({upload.pk})"

    def test_a_row_of_an_earlier_release_was_created_by_nobody_that_is_known(self, supplier):
        make_product(KEY, supplier, precio_unitario="5.00")
        (created,) = history_of(product()).events
        assert sentence(created) == "Creado; no se guardó de dónde salió"
        assert created.changes["precio_unitario"] == (None, "5.00")


class TestEarlierRowsWithTheSameKey:
    def test_what_an_undo_removed_and_a_list_brought_back(self, run_import, run_undo):
        run_undo(run_import([row(7), row(1, precio_unitario="5")]))
        run_import([row(1, precio_unitario="6")])
        assert told() == [
            ("file", "created", 2, {"precio_unitario": "6.00", "nombre": row(1)["nombre"]}),
            ("undo", "removed", 3, {}),
            ("file", "created", 3, {}),
        ]

    def test_what_a_person_removed(self, run_import, ana):
        run_import([row(1, precio_unitario="5")])
        remove_by_hand(ana)
        run_import([row(7), row(1, precio_unitario="6")])
        assert [entry[:3] for entry in told()] == [
            ("file", "created", 3),
            ("admin", "removed", None),
            ("file", "created", 2),
        ]

    def test_those_of_another_supplier_are_not_told(self, run_import, run_undo, ana, other_supplier):
        run_import([row(1, precio_unitario="5")])
        change_by_hand(ana, precio_unitario=7)
        remove_by_hand(ana)
        run_import([row(1, precio_unitario="9")], owner=other_supplier)
        assert told() == [("file", "created", 2, {"precio_unitario": "9.00", "nombre": row(1)["nombre"]})]

    def test_those_that_nobody_was_seen_to_remove_are_not_told(self, run_import, ana, other_supplier):
        run_import([row(1)])
        change_by_hand(ana, precio_unitario=7)
        Product.objects.all().delete()
        run_import([row(1)], owner=other_supplier)
        assert [entry[:2] for entry in told()] == [("file", "created")]

    def test_a_product_that_was_given_to_another_supplier_begins_there(self, run_import, ana, other_supplier):
        run_import([row(1, precio_unitario="5")])
        change_by_hand(ana, precio_unitario=7)
        change_by_hand(ana, proveedor=other_supplier)
        history = history_of(product())
        assert [event.changes for event in history.events] == [{"proveedor": (None, "PROV002")}]
        assert history.missing == 0


def test_a_lot_is_found_by_all_of_its_key(run_import, run_undo, supplier):
    make_warehouse()
    for key in ("P1", "P2"):
        make_product(key, supplier)
    lot = {"bodega": "BOG_CENTRAL", "producto_codigo": "", "fecha_vencimiento": "2030-01-31", "condiciones": ""}
    first = [{**lot, "producto_id": key, "lote": "L1", "cantidad": "5"} for key in ("P2", "P1")]
    run_import(first, sheet=STOCK)
    run_import([{**lot, "producto_id": "P1", "lote": "L1", "cantidad": "7"}], sheet=STOCK, replace=True)
    events = history_of(StockLot.objects.get(producto="P1")).of_field("cantidad")
    assert [(event.fila, event.changes) for event in events] == [
        (2, {"cantidad": (5, 7)}),
        (3, {"cantidad": (None, 5)}),
    ]


def test_a_lot_that_was_removed_by_a_person_has_a_history_that_begins_anew(supplier, ana):
    """Whose product it was then is not known any more."""
    lot = make_lot(make_product("P1", supplier), make_warehouse())
    keep_created(StockLot, [lot], ana)
    keep_removed(StockLot, [lot], ana)
    keep_created(StockLot, [lot], ana)
    assert len(history_of(lot).events) == 1


def test_suppliers_that_are_nobodys_own_have_a_history_too(run_import, supplier):
    run_import([{"codigo": "PROV001", "nombre": "Andina"}], sheet=SUPPLIERS, owner=None, replace=True)
    events = history_of(Supplier.objects.get(pk="PROV001")).of_field("nombre")
    assert [(event.source, event.fila) for event in events] == [("file", 2), ("unknown", None)]
