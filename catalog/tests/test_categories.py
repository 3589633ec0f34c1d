"""Categories that imports invent stay their supplier's until a person approves or merges them."""

from __future__ import annotations

from decimal import Decimal

import pytest
from django.contrib.auth.models import Permission, User
from django.urls import reverse
from rest_framework.test import APIClient

from catalog.models import Category, Product, Supplier

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def catalogue():
    """Each supplier has a category of its own; GUANTES is approved."""
    Category.objects.create(nombre="GUANTES", aprobada=True)
    for number in (1, 2):
        supplier = Supplier.objects.create(codigo=f"PROV00{number}", nombre="x")
        Category.objects.create(nombre=f"INVENTO {number}")
        Product.objects.create(**product(number), categoria_id=f"INVENTO {number}", proveedor=supplier)


def product(number):
    return {
        "id": f"P{number}",
        "codigo": f"C{number}",
        "nombre": "Gasa",
        "precio_unitario": Decimal("1.00"),
        "certificado_sanitario": "INVIMA",
        "condiciones_almacenamiento": "Seco",
        "tiempo_entrega_dias": 1,
    }


@pytest.fixture
def person():
    user = User.objects.create_user("clerk")
    Supplier.objects.get(pk="PROV001").usuarios.add(user)
    return user


@pytest.fixture
def boss(client):
    client.force_login(User.objects.create_superuser("boss"))
    return client


def test_a_supplier_sees_approved_categories_and_its_own(person):
    assert set(Category.objects.for_user(person).values_list("pk", flat=True)) == {"GUANTES", "INVENTO 1"}
    client = APIClient()
    client.force_authenticate(person)
    items = client.get("/api/v1/catalog/categories").json()["items"]
    assert [item["nombre"] for item in items] == ["GUANTES", "INVENTO 1"]


def test_who_may_change_categories_sees_all(person):
    person.user_permissions.add(Permission.objects.get(codename="change_category"))
    assert Category.objects.for_user(User.objects.get(pk=person.pk)).count() == 3


def test_a_person_approves_what_imports_created(boss):
    data = {"action": "approve_selected", "_selected_action": ["INVENTO 1", "INVENTO 2"]}
    boss.post(reverse("admin:catalog_category_changelist"), data)
    assert not Category.objects.filter(aprobada=False).exists()


def test_merged_categories_give_their_products_away(boss):
    address = reverse("admin:catalog_category_changelist")
    data = {"action": "merge_selected", "_selected_action": ["INVENTO 1", "INVENTO 2"]}
    page = boss.post(address, data).content.decode()
    assert "INVENTO 2 · 1 producto" in page
    refused = boss.post(address, {**data, "merge": "1", "target": "INVENTO 1"})
    assert "Elija una categoría que no esté entre las que se unen." in refused.content.decode()
    boss.post(address, {**data, "merge": "1", "target": "GUANTES"})
    assert list(Category.objects.values_list("pk", flat=True)) == ["GUANTES"]
    assert set(Product.objects.values_list("categoria_id", "version")) == {("GUANTES", 2)}
    assert Product.objects.filter(change_number=0).count() == 0


def test_who_acts_for_one_supplier_moves_no_product_of_another(client, person):
    person.is_staff = True
    person.save()
    names = ("view_category", "change_category", "delete_category", "change_product")
    person.user_permissions.set(Permission.objects.filter(codename__in=names))
    client.force_login(person)
    data = {"action": "merge_selected", "_selected_action": ["INVENTO 2"], "merge": "1", "target": "GUANTES"}
    client.post(reverse("admin:catalog_category_changelist"), data)
    assert Product.objects.get(pk="P2").categoria_id == "INVENTO 2"
    person.user_permissions.add(Permission.objects.get(codename="all_suppliers"))
    client.post(reverse("admin:catalog_category_changelist"), data)
    assert Product.objects.get(pk="P2").categoria_id == "GUANTES"


def test_a_list_of_products_does_not_load_all_categories(boss):
    Category.objects.bulk_create([Category(nombre=f"JUNK {n}") for n in range(500)])
    address = reverse("admin:catalog_product_changelist")
    page = boss.get(address).content.decode()
    assert "JUNK" not in page
    found = boss.get(address, {"categoria__nombre__exact": "INVENTO 1", "q": "gasa"})
    assert [row.pk for row in found.context["cl"].result_list] == ["P1"]
    text = found.content.decode()
    assert '<option value="INVENTO 1" selected>' in text
    assert 'name="q" value="gasa"' in text
