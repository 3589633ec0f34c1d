"""Write the two workbooks in `fixtures/`: the example with ten products and the empty template."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from pathlib import Path
from typing import Any, Final

from django.conf import settings
from django.contrib.auth.models import AbstractBaseUser, AnonymousUser
from django.core.management.base import BaseCommand

from bulk_upload.sheet.columns import COLUMNS
from bulk_upload.workbooks.template import CellValue, write_template
from catalog.models import Supplier

FIXTURES: Final[Path] = settings.BASE_DIR / "fixtures"
EXAMPLE: Final = "plantilla_productos_ejemplo.xlsx"
# Columns whose values are unique over all suppliers.
UNIQUE: Final = ("id", "codigo")
EMPTY: Final = "plantilla_productos_vacia.xlsx"


class Command(BaseCommand):
    help = "Write the example and the empty product template (fixtures/*.xlsx)."
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--into", type=Path, default=FIXTURES, help="folder to write to (default: fixtures)")

    def handle(self, *args: Any, into: Path, **options: Any) -> None:
        into.mkdir(parents=True, exist_ok=True)
        for name, rows in ((EXAMPLE, example_products()), (EMPTY, [])):
            write_template(into / name, rows, fixture_categories())
            self.stdout.write(f"{into / name}: {len(rows)} products")


def example_products(supplier: str = "") -> list[dict[str, CellValue]]:
    """The products of the example; a column that they do not have yet gets its example value.

    With a supplier's code their `id` and `codigo`, which are unique over all suppliers, begin with it: the examples of
    two suppliers can be uploaded both.
    """
    products: list[dict[str, CellValue]] = json.loads((FIXTURES / EXAMPLE).with_suffix(".json").read_text("utf-8"))
    rows = [{column.name: product.get(column.name, column.example) for column in COLUMNS} for product in products]
    return [row | {name: f"{supplier}-{row[name]}" for name in UNIQUE} for row in rows] if supplier else rows


def example_products_for(user: AbstractBaseUser | AnonymousUser) -> list[dict[str, CellValue]]:
    """The example for a person of one supplier, with that supplier's code; for everybody else as it is."""
    codes = list(Supplier.objects.filter(usuarios=user.pk, activo=True).values_list("codigo", flat=True)[:2])
    return example_products(codes[0] if len(codes) == 1 else "")


def fixture_categories() -> list[str]:
    """The categories that every installation begins with, in alphabetical order."""
    return sorted(row["pk"] for row in json.loads((FIXTURES / "categories.json").read_text("utf-8")))
