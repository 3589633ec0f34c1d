"""What people would use instead, on the same files and the same table. Runs in an environment of its own.

None of them reports a row's errors, resumes, or shows progress. Each is used as its manual shows, on values that it
understands; where a choice is ours, it is the faster one (foreign keys are set by value, without a query).
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Final

import pandas
import sqlalchemy
from django.db import transaction
from django.utils import timezone
from import_export import fields, resources
from import_export.instance_loaders import CachedInstanceLoader
from python_calamine import CalamineWorkbook
from tablib import Dataset

from benchmarks.client import check_products
from benchmarks.files import Recipe
from benchmarks.measured import Measurement
from benchmarks.options import LARGEST_FOR_PEERS, Options
from benchmarks.tables import reset, settle
from catalog.models import Product
from catalog.sheets.products import PRODUCTS

SUPPLIER: Final = "PROV001"
# Rows of one INSERT: PostgreSQL takes 65,535 parameters, a row has twenty.
CHUNK: Final = 1000
# One row at a time takes minutes for more than this.
LARGEST_ROW_BY_ROW: Final = 20_000


class ProductResource(resources.ModelResource):  # type: ignore[misc]
    """django-import-export, in bulk."""

    categoria = fields.Field(attribute="categoria_id", column_name="categoria")

    class Meta:
        model = Product
        fields = PRODUCTS.names
        import_id_fields = ("id",)
        use_bulk = True
        batch_size = CHUNK

    def after_init_instance(self, instance: Product, *_: Any, **__: Any) -> None:
        instance.proveedor_id = SUPPLIER


class TunedResource(ProductResource):
    """With all that its manual has to offer: what exists is fetched at once, nothing is compared for display."""

    class Meta(ProductResource.Meta):
        instance_loader_class = CachedInstanceLoader
        skip_diff = True
        report_skipped = False


def with_import_export(path: Path) -> None:
    _import(ProductResource(), path)


def with_import_export_tuned(path: Path) -> None:
    _import(TunedResource(), path)


def _import(resource: Any, path: Path) -> None:
    if path.suffix == ".xlsx":
        dataset = Dataset().load(path.read_bytes(), format="xlsx")
    else:
        dataset = Dataset().load(path.read_text("utf-8"), format="csv")
    resource.import_data(dataset, raise_errors=True, use_transactions=True)


def with_pandas(path: Path) -> None:
    text = {"id": str, "codigo": str}
    frame = pandas.read_excel(path, dtype=text) if path.suffix == ".xlsx" else pandas.read_csv(path, dtype=text)
    now = timezone.now()
    frame = frame.rename(columns={"categoria": "categoria_id"}).assign(
        proveedor_id=SUPPLIER, activo=True, version=1, created_at=now, updated_at=now
    )
    url = os.environ["DATABASE_URL"].replace("postgres://", "postgresql+psycopg://", 1)
    with sqlalchemy.create_engine(url).begin() as connection:
        frame.to_sql("catalog_product", connection, if_exists="append", index=False, method="multi", chunksize=CHUNK)


def row_by_row(path: Path) -> None:
    # A transaction around all of it: with one for each row it would be slower still.
    with transaction.atomic():
        for row in _rows(path):
            values = dict(zip(PRODUCTS.names, row, strict=True))
            values["categoria_id"] = values.pop("categoria")
            Product.objects.update_or_create(
                id=values.pop("id"), defaults={**values, "proveedor_id": SUPPLIER, "activo": True}
            )


def _rows(path: Path) -> Iterator[list[Any]]:
    if path.suffix == ".csv":
        yield from pandas.read_csv(path, dtype={"id": str, "codigo": str}).itertuples(index=False)
        return
    rows = CalamineWorkbook.from_path(str(path)).get_sheet_by_index(0).iter_rows()
    next(rows)
    yield from rows


PEERS: Final[dict[str, tuple[Callable[[Path], None], int]]] = {
    "import-export": (with_import_export, LARGEST_FOR_PEERS),
    "import-export tuned": (with_import_export_tuned, LARGEST_FOR_PEERS),
    "pandas": (with_pandas, LARGEST_FOR_PEERS),
    "update_or_create": (row_by_row, LARGEST_ROW_BY_ROW),
}


def main() -> None:
    options = Options.given()
    for rows in options.sizes:
        for name, (load, largest) in PEERS.items():
            # One run for each: they take seconds where the import takes tenths.
            if rows <= largest:
                measure(options, name, load, Recipe(rows, "xlsx"))
            if rows <= min(largest, LARGEST_ROW_BY_ROW):
                measure(options, name, load, Recipe(rows, "csv"))


def measure(options: Options, name: str, load: Callable[[Path], None], recipe: Recipe) -> None:
    reset()
    settle()
    began = time.perf_counter()
    load(options.files / recipe.name)
    seconds = time.perf_counter() - began
    check_products(recipe)
    reset()
    Measurement(name, "postgresql", recipe.format, "fresh", recipe.rows, seconds).keep()
