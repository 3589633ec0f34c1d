"""The files of a benchmark: the same on every machine, made once and kept in a folder.

A file holds rows `first` + 1 to `first` + `rows` of one endless catalogue. Its cells are such that every contender
can read them: real numbers and booleans in a workbook, plain ones in a CSV.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final, Literal

from catalog.sheets.products import PRODUCTS

Format = Literal["xlsx", "csv"]
# `fresh` is also what is sent again unchanged; `changed` differs from it in every fifth row, `defects` has
# something wrong in every twentieth.
Variant = Literal["fresh", "changed", "defects"]
CHANGED_EVERY: Final = 5
DEFECT_EVERY: Final = 20
# Raised when what the files hold changes, so that nobody measures with old ones.
EDITION: Final = "1"
CATEGORIES: Final = ("GUANTES", "JERINGAS", "SUTURAS", "VENDAJES")

# column, and what it holds when it is a defect; `None`: the row before has the same id.
DEFECTS: Final[tuple[tuple[str, Any], ...]] = (
    ("nombre", None),
    ("precio_unitario", "1.250"),
    ("tiempo_entrega_dias", 9999),
    ("id", None),
)


@dataclass(frozen=True)
class Recipe:
    """What a file holds."""

    rows: int
    format: Format
    variant: Variant = "fresh"
    first: int = 0

    @property
    def name(self) -> str:
        return f"{EDITION}-{self.variant}-{self.rows}-from-{self.first}.{self.format}"

    @property
    def numbers(self) -> range:
        return range(self.first + 1, self.first + self.rows + 1)

    @property
    def defects(self) -> int:
        """Rows that must be rejected."""
        return sum(n % DEFECT_EVERY == 0 for n in self.numbers) if self.variant == "defects" else 0

    def values(self, n: int) -> list[Any]:
        """The row's values as a product has them, in the order of the sheet."""
        row = values(n)
        if self.variant == "changed" and n % CHANGED_EVERY == 0:
            row[PRODUCTS.index["nombre"]] += " (nuevo)"
            row[PRODUCTS.index["precio_unitario"]] += 1
        return row

    def cells(self, n: int) -> list[Any]:
        """The row as it stands in the file."""
        row = self.values(n)
        if self.variant == "defects" and n % DEFECT_EVERY == 0:
            column, value = DEFECTS[n // DEFECT_EVERY % len(DEFECTS)]
            row[PRODUCTS.index[column]] = self.values(n - 1)[PRODUCTS.index["id"]] if column == "id" else value
        return row


def values(n: int) -> list[Any]:
    """Row `n` of the catalogue."""
    return [
        f"P{n:08d}",
        f"Producto médico número {n}, estéril",
        f"77{n:011d}",
        CATEGORIES[n % len(CATEGORIES)],
        f"Caja x {n % 50 + 1}",
        Decimal(n % 9000) + Decimal(n % 100) / 100,
        f"INVIMA 2024DM-{n % 1000:04d}",
        "Lugar seco, 15–30 °C",
        n % 60,
        n % 100 + 10,
        n % 10,
        n % 2 == 1,
        n % 3 == 0,
    ]


# The columns of a ready row: those of the sheet, then what the system adds.
COPY_COLUMNS: Final = [
    *("categoria_id" if name == "categoria" else name for name in PRODUCTS.names),
    *("proveedor_id", "activo", "version", "created_at", "updated_at", "created_by_upload", "changed_by_upload"),
]
