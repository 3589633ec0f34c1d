"""What people would use instead, on the same files and the same table. Runs in an environment of its own.

None of them reports a row's errors, resumes, or shows progress. Each is used as its manual shows, on values that it
understands; where a choice is ours, it is the faster one (foreign keys are set by value, without a query).
"""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

import matplotlib
import pandas
import sqlalchemy
from django.db import transaction
from django.utils import timezone
from import_export import fields, resources
from import_export.instance_loaders import CachedInstanceLoader
from matplotlib.figure import Figure
from python_calamine import CalamineWorkbook
from tablib import Dataset

from benchmarks.databases import Database
from benchmarks.files import FORMATS, HEADER, Recipe
from benchmarks.measured import Measurement, Measurements
from benchmarks.options import LARGEST_FOR_PEERS, SIZES
from benchmarks.report import NAMES
from catalog.models import Product

# What the files do not say.
SET: Final[dict[str, Any]] = {"proveedor_id": "PROV001", "activo": True}
# Rows of one INSERT: PostgreSQL takes 65,535 parameters, a row has twenty.
CHUNK: Final = 1000
# One row at a time takes minutes for more than this.
LARGEST_ROW_BY_ROW: Final = 20_000
AS_TEXT: Final = {"id": str, "codigo": str}

Load = Callable[[Path, str], None]


class ProductResource(resources.ModelResource):  # type: ignore[misc]
    """django-import-export, in bulk."""

    categoria = fields.Field(attribute="categoria_id", column_name="categoria")

    class Meta:
        model = Product
        fields = HEADER
        import_id_fields = ("id",)
        use_bulk = True
        batch_size = CHUNK

    def after_init_instance(self, instance: Product, *_: Any, **__: Any) -> None:
        instance.proveedor_id = SET["proveedor_id"]


class TunedResource(ProductResource):
    """With all that its manual has to offer: what exists is fetched at once, nothing is compared for display."""

    class Meta(ProductResource.Meta):
        instance_loader_class = CachedInstanceLoader
        skip_diff = True
        report_skipped = False


def with_import_export(resource: Any) -> Load:
    def load(path: Path, _url: str) -> None:
        content = path.read_bytes() if path.suffix == ".xlsx" else path.read_text("utf-8")
        dataset = Dataset().load(content, format=path.suffix[1:])
        resource.import_data(dataset, raise_errors=True, use_transactions=True)

    return load


def with_pandas(path: Path, url: str) -> None:
    frame = pandas.read_excel(path, dtype=AS_TEXT) if path.suffix == ".xlsx" else pandas.read_csv(path, dtype=AS_TEXT)
    now = timezone.now()
    frame = frame.rename(columns={"categoria": "categoria_id"}).assign(**SET, version=1, created_at=now, updated_at=now)
    with sqlalchemy.create_engine(url.replace("postgres://", "postgresql+psycopg://", 1)).begin() as connection:
        frame.to_sql("catalog_product", connection, if_exists="append", index=False, method="multi", chunksize=CHUNK)


def row_by_row(path: Path, _url: str) -> None:
    if path.suffix == ".csv":
        rows = pandas.read_csv(path, dtype=AS_TEXT).itertuples(index=False)
    else:
        rows = CalamineWorkbook.from_path(str(path)).get_sheet_by_index(0).iter_rows()
        next(rows)
    # A transaction around all of it: with one for each row it would be slower still.
    with transaction.atomic():
        for row in rows:
            values = dict(zip(HEADER, row, strict=True))
            values["categoria_id"] = values.pop("categoria")
            Product.objects.update_or_create(id=values.pop("id"), defaults={**values, **SET})


PEERS: Final[dict[str, tuple[Load, int]]] = {
    "import-export": (with_import_export(ProductResource()), LARGEST_FOR_PEERS),
    "import-export tuned": (with_import_export(TunedResource()), LARGEST_FOR_PEERS),
    "pandas": (with_pandas, LARGEST_FOR_PEERS),
    "update_or_create": (row_by_row, LARGEST_ROW_BY_ROW),
}


def measure(url: str) -> None:
    """One run for each: they take seconds where the import takes tenths."""
    database = Database(url)
    for recipe in (Recipe(rows, file_format) for rows in SIZES for file_format in FORMATS):
        for name, (load, largest) in PEERS.items():
            if recipe.rows > (largest if recipe.format == "xlsx" else LARGEST_ROW_BY_ROW):
                continue
            database.reset()
            database.execute("CHECKPOINT")
            began = time.perf_counter()
            load(recipe.made(), url)
            seconds = time.perf_counter() - began
            database.check_products(recipe)
            Measurement(name, recipe.format, "fresh", recipe.rows, seconds).keep()
    database.reset()


def plot(target: str) -> None:
    """Rows per second of fresh workbooks by size, each contender a line."""
    matplotlib.rcParams.update({"svg.hashsalt": "medisupply", "svg.fonttype": "none", "font.size": 10})
    found, figure = Measurements(), Figure(figsize=(8, 5), layout="constrained")
    axes = figure.subplots()
    for what in ("limit", "fastest", "job", *PEERS):
        if sizes := found.sizes(what):
            rates = [rows / (found.median(what, rows) or 1) for rows in sizes]
            axes.plot(sizes, rates, marker="o", label=NAMES[what].replace("*", "").replace("`", ""))
    axes.set(xscale="log", yscale="log", xlabel="rows in the workbook", ylabel="rows per second")
    axes.set_title("Fresh xlsx into PostgreSQL")
    axes.grid(visible=True, which="both", alpha=0.25)
    axes.legend()
    figure.savefig(target, format="svg", metadata={"Date": None})
