"""What `pg_dump` has written is restored as docs/operacion.md says: all of it, or the data alone."""

from __future__ import annotations

import os
import secrets
import shutil
import subprocess
from pathlib import Path

import psycopg
import pytest
from django.db import connection

from catalog.models import Category, Product, Supplier

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif("connection.vendor != 'postgresql'", reason="it is about PostgreSQL's tools"),
    pytest.mark.skipif(not shutil.which("pg_restore"), reason="PostgreSQL's tools are not here"),
]
PRODUCTS = "SELECT id, codigo, categoria_id, proveedor_id, precio_unitario FROM catalog_product ORDER BY id"


@pytest.fixture
def empty_database():
    """Its name; dropped afterwards."""
    name = f"restored_{secrets.token_hex(4)}"
    with connection.cursor() as cursor:
        cursor.execute(f"CREATE DATABASE {name}")
        yield name
        cursor.execute(f"DROP DATABASE {name} WITH (FORCE)")


def tool(*command: str) -> None:
    """One of PostgreSQL's, for the server of the tests."""
    settings = connection.settings_dict
    named = {"PGHOST": settings["HOST"], "PGPORT": settings["PORT"], "PGUSER": settings["USER"]}
    password = {"PGPASSWORD": settings["PASSWORD"]} if settings["PASSWORD"] else {}
    environment = {**os.environ, **{name: str(value) for name, value in named.items() if value}, **password}
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def products_of(database: str) -> list[tuple[object, ...]]:
    with psycopg.connect(**{**connection.get_connection_params(), "dbname": database}) as restored:
        return restored.execute(PRODUCTS).fetchall()


@pytest.mark.parametrize("options", [[], ["--data-only", "--disable-triggers"]], ids=["all of it", "the data alone"])
def test_products_come_back_as_they_were(tmp_path: Path, empty_database: str, options: list[str]) -> None:
    Category.objects.create(nombre="GUANTES")
    Supplier.objects.create(codigo="PROV001", nombre="Distribuciones Andinas")
    values = {"categoria_id": "GUANTES", "proveedor_id": "PROV001", "precio_unitario": 12, "tiempo_entrega_dias": 1}
    for key in ("P1", "P2"):
        Product.objects.create(id=key, codigo=f"C{key}", **values)
    source, dump = str(connection.settings_dict["NAME"]), str(tmp_path / "medisupply.dump")
    tool("pg_dump", "--format=custom", f"--file={dump}", source)
    if options:
        tool("pg_restore", "--schema-only", f"--dbname={empty_database}", dump)
    tool("pg_restore", *options, f"--dbname={empty_database}", dump)
    assert products_of(empty_database) == products_of(source)
    assert len(products_of(empty_database)) == 2
