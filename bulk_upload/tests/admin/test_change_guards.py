"""Change guards in the admin: whose they are, and that each has a limit that means something."""

from __future__ import annotations

import pytest
from django.urls import reverse

from bulk_upload.models import ChangeGuard
from bulk_upload.tests.helpers.admin_people import person, signed_in

pytestmark = pytest.mark.django_db

ALL = ("view_changeguard", "add_changeguard", "change_changeguard", "delete_changeguard")
ADD = reverse("admin:bulk_upload_changeguard_add")
LIST = reverse("admin:bulk_upload_changeguard_changelist")


@pytest.fixture
def boss(db):
    return signed_in(person("jefa", *ALL))


def sent(client, **changes):
    data = {"proveedor": "PROV001", "sheet_name": "productos", "max_changed_percent": "50", "max_price_percent": "30"}
    return client.post(ADD, data | changes)


def test_a_guard_is_made(boss, supplier):
    assert sent(boss, refuse_zero_price="on").status_code == 302
    guard = ChangeGuard.objects.get()
    limits = (guard.max_changed_percent, guard.max_price_percent, guard.refuse_zero_price)
    assert (guard.proveedor_id, guard.sheet_name, *limits) == ("PROV001", "productos", 50, 30, True)
    assert "PROV001" in boss.get(LIST).content.decode()


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"sheet_name": "proveedores"}, "proveedores"),
        ({"sheet_name": "existencias"}, "no tiene precios"),
        ({"max_changed_percent": "", "max_price_percent": ""}, "al menos un límite"),
        ({"max_changed_percent": "101"}, "100"),
        ({"max_price_percent": "0"}, "1"),
        ({"proveedor": "PROV999"}, "proveedor"),
    ],
)
def test_what_makes_no_sense_is_refused_in_words(boss, supplier, changes, said):
    answer = sent(boss, **changes)
    assert answer.status_code == 200
    assert said in " ".join(str(errors) for errors in answer.context["adminform"].form.errors.values())
    assert not ChangeGuard.objects.exists()


@pytest.fixture
def head(db):
    """May also send suppliers."""
    return signed_in(person("directora", *ALL, "add_supplier", "change_supplier", "all_suppliers"))


OF_NOBODY = {"proveedor": "", "sheet_name": "proveedores", "max_price_percent": ""}


def test_a_guard_of_a_sheet_that_nobody_owns_has_no_supplier(head, boss, supplier):
    assert "no es de ningún proveedor" in sent(head, **(OF_NOBODY | {"proveedor": "PROV001"})).content.decode()
    assert "este contenido es de uno" in sent(head, proveedor="").content.decode()
    assert sent(head, **OF_NOBODY).status_code == 302
    assert "ya tiene un control de cambios" in sent(head, **OF_NOBODY).content.decode()
    guard = ChangeGuard.objects.get()
    assert (guard.proveedor, guard.sheet_name, guard.max_changed_percent) == (None, "proveedores", 50)
    change = reverse("admin:bulk_upload_changeguard_change", args=[guard.pk])
    assert (head.get(change).status_code, "proveedores" in head.get(LIST).content.decode().lower()) == (200, True)
    assert boss.get(change).status_code == 302


def test_there_is_one_for_each_supplier_and_content(boss, supplier):
    sent(boss)
    assert sent(boss).status_code == 200
    assert ChangeGuard.objects.count() == 1


def test_each_person_sees_the_guards_of_its_suppliers(supplier, other_supplier):
    for one in (supplier, other_supplier):
        ChangeGuard.objects.create(proveedor=one, sheet_name="productos")
    own = signed_in(person("andina", *ALL, supplier=supplier))
    text = own.get(LIST).content.decode()
    assert ("PROV001" in text, "PROV002" in text) == (True, False)
    theirs = ChangeGuard.objects.get(proveedor=other_supplier)
    assert own.get(reverse("admin:bulk_upload_changeguard_change", args=[theirs.pk])).status_code == 302
    assert sent(own, proveedor="PROV002", sheet_name="existencias", max_price_percent="").status_code == 200
    assert ChangeGuard.objects.count() == 2


def test_without_the_permission_there_are_none(staff, supplier):
    assert staff.get(LIST).status_code == 403
    assert sent(staff).status_code == 403
