"""A form that was opened before somebody else's change and saved after it puts no old value back."""

from __future__ import annotations

import json
import threading
from decimal import Decimal

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import User
from django.db import connection, transaction

from bulk_upload.tests.helpers.rows import row
from catalog.admin.edit_conflicts import EditConflictForm
from catalog.models import Category, Product, Supplier
from catalog.tests.pages import Page

PRODUCT = "/admin/catalog/product/PROD00001/change/"
SUPPLIER = "/admin/catalog/supplier/PROV001/change/"


@pytest.fixture
def product(run_import) -> Product:
    """Made by an import at the price of 1."""
    run_import([row(1, precio_unitario="1")])
    return Product.objects.get()


@pytest.fixture
def page(person, product) -> Page:
    return Page(person, PRODUCT)


def raise_price(run_import, price="5000"):
    return run_import([row(1, precio_unitario=price)], replace=True)


def test_what_an_import_changed_meanwhile_stays(page, product, run_import):
    raise_price(run_import)
    page.change(nombre="Guantes nuevos").save()
    product.refresh_from_db()
    assert (product.nombre, product.precio_unitario) == ("Guantes nuevos", Decimal(5000))


def test_a_saved_change_is_a_persons_and_takes_the_next_number(page, product):
    page.change(nombre="Guantes nuevos").save()
    before = product.updated_at
    product.refresh_from_db()
    assert (product.version, product.changed_by_upload) == (2, None)
    assert product.change_number > 0
    assert product.updated_at > before


def test_what_both_changed_is_refused_with_both_values_and_the_upload(page, product, run_import):
    upload = raise_price(run_import)
    again = page.change(precio_unitario="7").refused()
    assert "Esta página mostraba «1.00», y el valor es ahora «5000.00»" in again.text
    assert (
        f'Último cambio: la carga <a href="/admin/bulk_upload/bulkupload/{upload.pk}/change/">a.csv</a>' in again.text
    )
    product.refresh_from_db()
    assert (product.precio_unitario, product.version) == (Decimal(5000), 2)


def test_the_refused_page_saved_again_is_a_decision(page, product, run_import):
    raise_price(run_import)
    page.change(precio_unitario="7").refused().save()
    product.refresh_from_db()
    assert product.precio_unitario == Decimal(7)


def test_the_refused_page_shows_the_new_values_of_what_the_person_left_alone(page, product, run_import):
    run_import([row(1, precio_unitario="5000", nombre="Guantes del proveedor")], replace=True)
    again = page.change(precio_unitario="7").refused()
    assert again.sent["nombre"] == ["Guantes del proveedor"]
    assert again.sent["precio_unitario"] == ["7"]
    again.save()
    product.refresh_from_db()
    assert product.nombre == "Guantes del proveedor"


def test_a_page_refused_for_another_reason_shows_the_new_values_too(page, product, run_import):
    raise_price(run_import)
    again = page.change(nombre="").refused()
    assert again.sent["precio_unitario"] == ["5000.00"]
    again.change(nombre="Guantes nuevos").save()
    product.refresh_from_db()
    assert product.precio_unitario == Decimal(5000)


def test_a_third_change_in_between_is_refused_again(page, product, run_import):
    raise_price(run_import)
    again = page.change(precio_unitario="7").refused()
    raise_price(run_import, "6000")
    assert "mostraba «5000.00», y el valor es ahora «6000.00»" in again.refused().text


def test_another_persons_change_is_told_as_such(page, person, run_import):
    Page(person, PRODUCT).change(precio_unitario="5000").save()
    assert "Último cambio: otra persona" in page.change(precio_unitario="7").refused().text


def test_both_having_written_the_same_is_no_conflict(page, product, run_import):
    raise_price(run_import)
    page.change(precio_unitario="5000").save()
    product.refresh_from_db()
    assert product.version == 2
    assert product.changed_by_upload is not None


def test_a_page_in_which_nothing_was_changed_writes_nothing(page, product, run_import):
    raise_price(run_import)
    page.save()
    product.refresh_from_db()
    assert (product.precio_unitario, product.version) == (Decimal(5000), 2)
    assert product.changed_by_upload is not None
    assert not LogEntry.objects.exists()


def test_a_box_that_both_changed(page, product):
    """A box that is not checked is not sent at all."""
    Product.objects.update(activo=False, requiere_lote=False)
    page.change(nombre="Guantes nuevos").save()
    product.refresh_from_db()
    assert (product.activo, product.requiere_lote) == (False, False)


def test_a_box_that_the_person_unchecked(page, product):
    page.uncheck("activo").save()
    product.refresh_from_db()
    assert product.activo is False


def test_a_category_that_an_import_changed_stays_or_is_refused(page, person, product, run_import):
    Category.objects.create(nombre="JERINGAS")
    late = Page(person, PRODUCT)
    run_import([row(1, precio_unitario="1", categoria="AGUJAS")], replace=True)
    page.change(nombre="Guantes nuevos").save()
    product.refresh_from_db()
    assert product.categoria_id == "AGUJAS"
    assert "mostraba «GUANTES», y el valor es ahora «AGUJAS»" in late.change(categoria="JERINGAS").refused().text


def test_the_history_names_what_truly_changed(page, run_import):
    raise_price(run_import)
    page.change(nombre="Guantes nuevos").save()
    (change,) = json.loads(LogEntry.objects.get().change_message)
    assert change["changed"]["fields"] == ["Nombre"]


@pytest.mark.parametrize("shown", ["", "sNaN", "NaN", "1e999999999", "x" * 5000, "<script>"])
def test_a_forged_page_only_decides_what_counts_as_changed(page, product, run_import, shown):
    raise_price(run_import)
    again = page.change(**{"initial-precio_unitario": shown, "initial-categoria": shown}).refused()
    assert "<script>alert" not in again.text
    product.refresh_from_db()
    assert product.precio_unitario == Decimal(5000)


def test_a_page_that_does_not_say_what_it_showed_is_refused_where_it_differs(page, product, run_import):
    """A page that was open while this release came."""
    raise_price(run_import)
    page.sent = {name: value for name, value in page.sent.items() if not name.startswith("initial-")}
    again = page.change(nombre="Guantes nuevos").refused()
    assert "El valor es ahora «5000.00»" in again.text
    product.refresh_from_db()
    assert product.precio_unitario == Decimal(5000)


def test_a_product_deleted_meanwhile_is_told_in_words(page, person, product):
    product.delete()
    answer = page.change(nombre="Guantes nuevos").post()
    assert "Producto con el ID “PROD00001” no existe" in person.get(answer.url).content.decode()
    assert not Product.objects.exists()


class CleaningForm(EditConflictForm):
    class Meta:
        model = Supplier
        fields = ["nombre", "nit"]

    def clean_nombre(self):
        return self.cleaned_data["nombre"].replace("\u200b", "")


@pytest.mark.parametrize(
    ("sent", "changed"),
    [({"nit": "900.1"}, ["nit"]), ({"nombre": "Andi\u200bnas"}, []), ({"nombre": "Andinas SA\u200b"}, ["nombre"])],
)
def test_a_form_may_clean_its_values_and_only_the_persons_changes_count(supplier, sent, changed):
    supplier.nombre = "Andinas" if "nombre" in sent else "An\u200bdinas"
    shown = {"nombre": supplier.nombre, "nit": ""}
    form = CleaningForm({**shown, **{f"initial-{k}": v for k, v in shown.items()}, **sent}, instance=supplier)
    assert form.is_valid()
    assert form.changed_data == changed


def test_a_suppliers_name_changed_meanwhile(person, supplier):
    page, other = Page(person, SUPPLIER), Page(person, SUPPLIER)
    other.change(nombre="Andinas SA", contacto_email="ventas@andinas.co").save()
    page.change(nit="900.1").save()
    supplier.refresh_from_db()
    assert (supplier.nombre, supplier.nit, supplier.contacto_email) == ("Andinas SA", "900.1", "ventas@andinas.co")


def test_a_suppliers_name_changed_by_both_is_refused(person, supplier):
    page, other = Page(person, SUPPLIER), Page(person, SUPPLIER)
    other.change(nombre="Andinas SA").save()
    again = page.change(nombre="Andinas SAS").refused()
    assert "mostraba «Distribuciones Andinas», y el valor es ahora «Andinas SA»" in again.text
    assert "otra persona" in again.text


def test_only_the_people_that_the_person_added_or_removed(person, supplier):
    ana, beto, carla, dora = (User.objects.create_user(name) for name in ("ana", "beto", "carla", "dora"))
    supplier.usuarios.set([ana, beto])
    page = Page(person, SUPPLIER)
    supplier.usuarios.set([beto, carla])
    page.change(usuarios=[str(ana.pk), str(dora.pk)]).save()  # beto goes, dora comes
    assert set(supplier.usuarios.all()) == {carla, dora}


def test_people_that_nobody_touched_on_the_page_stay_as_they_are_now(person, supplier):
    ana = User.objects.create_user("ana")
    page = Page(person, SUPPLIER)
    supplier.usuarios.add(ana)
    page.change(nit="900.1").save()
    assert list(supplier.usuarios.all()) == [ana]


def test_people_who_do_not_exist_are_refused(person, supplier):
    assert Page(person, SUPPLIER).change(usuarios="999999").refused().text


@pytest.mark.skipif("connection.vendor != 'postgresql'", reason="SQLite has one writer at a time")
@pytest.mark.django_db(transaction=True)
def test_a_save_waits_for_a_change_that_is_not_committed_yet(page, product):
    changed, go = threading.Event(), threading.Event()

    def change() -> None:
        with transaction.atomic():
            Product.objects.update(precio_unitario=5000)
            changed.set()
            go.wait(30)
        connection.close()

    def save() -> None:
        answers.append(page.change(nombre="Guantes nuevos", precio_unitario="7").post())
        connection.close()

    answers: list[object] = []
    other, saving = threading.Thread(target=change), threading.Thread(target=save)
    other.start()
    assert changed.wait(30)
    saving.start()
    saving.join(0.3)
    assert not answers  # it waits for the row
    go.set()
    saving.join(30)
    other.join(30)
    assert answers[0].status_code == 200  # refused: the form saw the committed price
    product.refresh_from_db()
    assert product.precio_unitario == Decimal(5000)
