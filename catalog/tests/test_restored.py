"""What `pg_dump` has written is restored as docs/operacion.md says: all of it, or the data alone."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from django.db import connection

from bulk_upload.tests.helpers.dumps import empty_database, rows_of, tool
from catalog.models import Category, Product, Supplier

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif("connection.vendor != 'postgresql'", reason="it is about PostgreSQL's tools"),
    pytest.mark.skipif(not shutil.which("pg_restore"), reason="PostgreSQL's tools are not here"),
]
PRODUCTS = "SELECT id, codigo, categoria_id, proveedor_id, precio_unitario FROM catalog_product ORDER BY id"


@pytest.mark.parametrize("options", [[], ["--data-only", "--disable-triggers"]], ids=["all of it", "the data alone"])
def test_products_come_back_as_they_were(tmp_path: Path, options: list[str]) -> None:
    Category.objects.create(nombre="GUANTES")
    Supplier.objects.create(codigo="PROV001", nombre="Distribuciones Andinas")
    values = {"categoria_id": "GUANTES", "proveedor_id": "PROV001", "precio_unitario": 12, "tiempo_entrega_dias": 1}
    for key in ("P1", "P2"):
        Product.objects.create(id=key, codigo=f"C{key}", **values)
    source, dump = str(connection.settings_dict["NAME"]), str(tmp_path / "medisupply.dump")
    tool("pg_dump", "--format=custom", f"--file={dump}", source)
    with empty_database() as restored:
        if options:
            tool("pg_restore", "--schema-only", f"--dbname={restored}", dump)
        tool("pg_restore", *options, f"--dbname={restored}", dump)
        assert rows_of(restored, PRODUCTS) == rows_of(source, PRODUCTS)
        assert len(rows_of(restored, PRODUCTS)) == 2
