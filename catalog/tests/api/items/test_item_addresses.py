"""An address names one product exactly, or none: never another one."""

from __future__ import annotations

import json
from urllib.parse import quote

import pytest
from django.contrib.auth.models import User
from rest_framework.authtoken.models import Token

from bulk_upload.tests.helpers.rows import row
from bulk_upload.tests.helpers.serving import exchange
from catalog.models import Product

FAMILIES = ("/api/v1/catalog/items/", "/api/catalog/items/")
# Each of them could be taken for another one by somebody who cuts, decodes or normalises.
IDS = [
    *(
        "S1",
        "S1/",
        "S1//",
        "/S1",
        "//S1",
        "S1/x",
        "S1/./x",
        "S1/../S1",
        "s1",
        " S1",
        "S1 ",
        "S1%2F",
        "S1%252F",
        "S1%00",
    ),
    *("S1?", "S1?x=1", "S1#", "S1;x", "S1&", "S1+", "S1%F", "S1\\", "ñ", "n\u0303", "Ñ", "S1.", ".", "..", "S1\t"),
    *("S1\u200b", "bulk-upload/S1", "bulk-uploads", "１", "1", "S1,S1", "'S1'", '"S1"'),
]


@pytest.fixture
def products(supplier, run_import):
    """A product for each id, which the rules for new products may no longer allow."""
    run_import([row(1)])
    model = Product.objects.get()
    Product.objects.all().delete()
    for n, key in enumerate(IDS):
        model.pk, model.codigo, model.nombre = key, f"C{n}", f"Nombre {n}"
        model.save(force_insert=True)


@pytest.mark.django_db
def test_an_id_that_an_address_cannot_name_is_404(api, products):
    """The address of bytes that are no UTF-8 would be the same."""
    Product.objects.filter(pk="S1").update(id="S1%FF")
    for address in ("S1%FF", "S1%25FF"):
        assert api.delete(FAMILIES[0] + address).status_code == 404
    assert Product.objects.filter(pk="S1%FF").exists()


def named(answer):
    return answer.json()["id"]


@pytest.mark.django_db
@pytest.mark.parametrize("family", FAMILIES)
def test_each_id_is_read_exactly(api, products, family):
    assert [named(api.get(family + quote(key, safe=""))) for key in IDS] == IDS


@pytest.mark.django_db
def test_a_slash_of_the_id_may_stay_as_it_is(api, products):
    for key in ("S1/", "S1//", "/S1", "S1/x"):
        assert named(api.get(FAMILIES[0] + key)) == key


@pytest.mark.django_db
@pytest.mark.parametrize("key", IDS)
def test_a_deletion_deletes_that_one_only_and_once(api, products, key):
    address = FAMILIES[0] + quote(key, safe="")
    assert [api.delete(address).status_code for _ in range(2)] == [204, 404]
    assert set(Product.objects.values_list("id", flat=True)) == set(IDS) - {key}


@pytest.mark.django_db
@pytest.mark.parametrize("key", ["S1", "S1/", "/S1", "S1%2F", "S1?x=1", "..", "ñ"])
def test_a_change_changes_that_one_only(api, products, key):
    address = FAMILIES[0] + quote(key, safe="")
    assert named(api.patch(address, {"nombre": "Cambiado"}, format="json")) == key
    assert [product.pk for product in Product.objects.filter(nombre="Cambiado")] == [key]
    whole = {**row(1), "nombre": "Otra vez", "precio_unitario": "1.50", "codigo": "C-1"}
    del whole["id"]
    assert named(api.put(address, whole, format="json")) == key
    assert [product.pk for product in Product.objects.filter(nombre="Otra vez")] == [key]


@pytest.mark.django_db
@pytest.mark.parametrize(
    "address", ["S1%0A", "%0AS1", "S1%00", "S1%FF", "S1%C3", "S2/", "S1%2F%2F%2F", "S1/bulk-upload"]
)
def test_an_address_of_no_product_is_404(api, products, address):
    for method in ("get", "delete"):
        assert getattr(api, method)(FAMILIES[0] + address).status_code == 404
    assert api.patch(FAMILIES[0] + address, {"nombre": "Cambiado"}, format="json").status_code == 404
    assert Product.objects.count() == len(IDS)
    assert not Product.objects.filter(nombre="Cambiado").exists()


@pytest.mark.django_db(transaction=True)
@pytest.mark.processes
@pytest.mark.usefixtures("aws")
def test_over_real_sockets_for_the_owner_and_for_strangers(products, user, other_supplier, running_site):
    port = running_site()
    stranger = User.objects.create_user("ajeno")
    other_supplier.usuarios.add(stranger)
    suspended = User.objects.create_user("suelta", is_staff=True)
    own, *others = [Token.objects.create(user=each).key for each in (user, stranger, suspended)]

    def ask(method, key, token):
        head = f"{method} {FAMILIES[0]}{quote(key, safe='')} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n"
        return exchange(port, f"{head}Authorization: Token {token}\r\n\r\n".encode())

    for key in IDS:
        assert [ask("DELETE", key, token)[0] for token in others] == [404, 404], key
        status, body = ask("GET", key, own)
        assert (status, json.loads(body)["id"]) == (200, key)
    assert ask("DELETE", "S1/", own)[0] == 204
    assert ask("DELETE", "S1/", own)[0] == 404
    assert set(Product.objects.values_list("id", flat=True)) == set(IDS) - {"S1/"}
