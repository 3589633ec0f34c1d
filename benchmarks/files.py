"""The files of a benchmark: the same on every machine, made once and kept in a folder.

A file holds rows `first` + 1 to `first` + `rows` of one endless catalogue. Its cells are such that every contender
can read them: real numbers and booleans in a workbook, plain ones in a CSV.
"""

from __future__ import annotations

import csv
import uuid
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any, Final, Literal

from benchmarks.options import FILES
from catalog.sheets.products import PRODUCTS

Format = Literal["xlsx", "csv"]
# `fresh` is also what is sent again unchanged; `changed` differs from it in every fifth row, `defects` has
# something wrong in every twentieth.
Variant = Literal["fresh", "changed", "defects"]
FORMATS: Final[tuple[Format, ...]] = ("xlsx", "csv")
CHANGED_EVERY: Final = 5
DEFECT_EVERY: Final = 20
# Raised when what the files hold changes, so that nobody measures with old ones.
EDITION: Final = "1"
CATEGORIES: Final = ("GUANTES", "JERINGAS", "SUTURAS", "VENDAJES")
# column, and what it holds when it is a defect; `None` as id: the row before has the same one.
DEFECTS: Final = (("nombre", None), ("precio_unitario", "1.250"), ("tiempo_entrega_dias", 9999), ("id", None))
# The columns of the files: the medical ones are left out, as most lists do, and figures stay comparable.
HEADER: Final = PRODUCTS.names[: PRODUCTS.index["gtin"]]
# The columns of a product's table: those of the files, then what the system adds, the same for every row.
FIELDS: Final = ["categoria_id" if name == "categoria" else name for name in HEADER]
UPLOAD, NOW = str(uuid.UUID(int=1)), "2026-01-20 10:00:00+00"
BOOKKEEPING: Final = {
    "version": "1",
    "created_at": NOW,
    "updated_at": NOW,
    "created_by_upload": UPLOAD,
    "changed_by_upload": UPLOAD,
}
ADDED: Final = {"proveedor_id": "PROV001", "activo": "t", **BOOKKEEPING}
COPY_COLUMNS: Final = [*FIELDS, *ADDED]


@dataclass(frozen=True)
class Recipe:
    """What a file of products holds."""

    rows: int
    format: Format
    variant: Variant = "fresh"
    first: int = 0

    @property
    def numbers(self) -> range:
        return range(self.first + 1, self.first + self.rows + 1)

    def is_changed(self, n: int) -> bool:
        return self.variant == "changed" and n % CHANGED_EVERY == 0

    def is_defect(self, n: int) -> bool:
        return self.variant == "defects" and n % DEFECT_EVERY == 0

    def values(self, n: int) -> list[Any]:
        """The row's values as a product has them, in the order of the sheet."""
        row = values(n)
        if self.is_changed(n):
            row[PRODUCTS.index["nombre"]] += " (nuevo)"
            row[PRODUCTS.index["precio_unitario"]] += 1
        return row

    def cells(self, n: int) -> list[Any]:
        """The row as it stands in the file."""
        row = self.values(n)
        if self.is_defect(n):
            column, value = DEFECTS[n // DEFECT_EVERY % len(DEFECTS)]
            row[PRODUCTS.index[column]] = self.values(n - 1)[PRODUCTS.index["id"]] if column == "id" else value
        return row

    def counts(self, *, again: bool) -> dict[str, int]:
        """What an import must end with; `again`: after the fresh file of the same rows."""
        defects, changed = (sum(map(which, self.numbers)) for which in (self.is_defect, self.is_changed))
        good = self.rows - defects
        return {
            "total": self.rows,
            "productos_creados": 0 if again else good,
            "productos_actualizados": changed if again else 0,
            "sin_cambios": good - changed if again else 0,
            "rechazados": defects,
            "sin_procesar": 0,
        }

    def made(self) -> Path:
        """The file; written unless it is there."""
        name = f"{EDITION}-{self.variant}-{self.rows}-from-{self.first}.{self.format}"
        return once(name, lambda path: WRITERS[self.format](path, HEADER, map(self.cells, self.numbers)))


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


def ready_rows(rows: int) -> Path:
    """Products that need no work any more: the text that PostgreSQL's COPY takes, columns as `COPY_COLUMNS`."""
    lines = ([*values(n), *ADDED.values()] for n in range(1, rows + 1))
    return once(f"{EDITION}-ready-{rows}.copy", lambda path: write_ready(path, lines))


def once(name: str, write: Callable[[Path], None]) -> Path:
    """The file in the folder of files; written unless it is there."""
    path = FILES / name
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        unfinished = path.with_name(f"unfinished-{path.name}")
        write(unfinished)
        unfinished.rename(path)
    return path


def write_workbook(path: Path, head: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    from xlsxwriter import Workbook  # the contenders' environment has none, and finds the files made

    with Workbook(str(path), {"constant_memory": True}) as book:
        sheet, dates = book.add_worksheet(), book.add_format({"num_format": "yyyy-mm-dd"})
        sheet.write_row(0, 0, head)
        for at, row in enumerate(rows, 1):
            for column, cell in enumerate(row):
                if isinstance(cell, bool):
                    sheet.write_boolean(at, column, cell)
                elif isinstance(cell, str):
                    sheet.write_string(at, column, cell)
                elif isinstance(cell, date):
                    sheet.write_datetime(at, column, cell, dates)
                elif cell is not None:
                    sheet.write_number(at, column, cell)


def write_csv(path: Path, head: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(head)
        writer.writerows([str(cell).lower() if isinstance(cell, bool) else cell for cell in row] for row in rows)


def write_ready(path: Path, rows: Iterable[Sequence[Any]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        file.writelines("\t".join(map(str, row)) + "\n" for row in rows)


WRITERS: Final = {"xlsx": write_workbook, "csv": write_csv}
