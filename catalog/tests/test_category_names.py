"""Category names are upper case by the database's own constraint, which never refuses what Python calls so."""

from __future__ import annotations

import re
import sys
import unicodedata

import pytest
from django.db import IntegrityError, connection, transaction
from django.db.migrations.executor import MigrationExecutor

from catalog.models import SMALL_LETTERS, Category, Product, Supplier


@pytest.mark.django_db
@pytest.mark.parametrize("name", ["guantes", "PAÑALEs", "ñ", "ALGODóN", "á", "MAß", "ü"])
def test_small_letters_are_refused(name):
    with pytest.raises(IntegrityError), transaction.atomic():
        Category.objects.create(nombre=name)
    Category.objects.create(nombre="GASAS")
    with pytest.raises(IntegrityError), transaction.atomic():
        Category.objects.update(nombre=name)


@pytest.mark.django_db
@pytest.mark.parametrize(
    "name",
    ["pañales", "algodón", "maß", "ılık", "ÿ", "ŉ", "ſ", "ǰ", "ΐ", "ﬁ", "ა", "ɤ", "n\u0303", "2×4 µm ÷ ª º", "ǆ"],
)
def test_what_python_upper_cases_is_accepted(name):
    for text in (name.upper(), unicodedata.normalize("NFC", name.upper())):
        Category.objects.get_or_create(nombre=text)
        assert Category.objects.filter(nombre=text).exists()


def test_no_character_at_all_keeps_a_small_letter_in_upper_case():
    every = "".join(map(chr, range(sys.maxunicode + 1))).upper()
    for form in ("NFC", "NFD"):
        assert not re.search(SMALL_LETTERS, unicodedata.normalize(form, every))


@pytest.fixture
def before(transactional_db):
    """The database as it was before the migration; afterwards as it is today."""
    executor = MigrationExecutor(connection)
    state = executor.migrate([("catalog", "0005_change_numbers")])
    yield state.apps
    executor = MigrationExecutor(connection)
    executor.migrate(executor.loader.graph.leaf_nodes())


def test_existing_names_become_upper_case_and_equal_ones_become_one(before):
    category, supplier = before.get_model("catalog", "Category"), before.get_model("catalog", "Supplier")
    supplier.objects.create(codigo="PROV001", nombre="Andinas")
    for key, name in enumerate(["gasas", "Gasas", "GASAS", "pañales", "JERINGAS"]):
        category.objects.create(nombre=name)
        before.get_model("catalog", "Product").objects.create(
            id=f"P{key}",
            codigo=f"C{key}",
            categoria_id=name,
            proveedor_id="PROV001",
            precio_unitario=1,
            tiempo_entrega_dias=1,
        )
    oldest = category.objects.get(nombre="gasas").created_at
    executor = MigrationExecutor(connection)
    executor.migrate(executor.loader.graph.leaf_nodes())
    assert [c.nombre for c in Category.objects.all()] == ["GASAS", "JERINGAS", "PAÑALES"]
    assert Category.objects.get(nombre="GASAS").created_at == oldest
    found = list(Product.objects.order_by("id").values_list("categoria_id", "version"))
    assert found == [("GASAS", 2), ("GASAS", 2), ("GASAS", 1), ("PAÑALES", 2), ("JERINGAS", 1)]
    assert Supplier.objects.count() == 1
