"""A file read to its end through the only door, for tests to look at."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

from bulk_upload.checking.tables import Limits, Table
from bulk_upload.reading.files import Readers
from bulk_upload.reading.heartbeat import OnWait, ignore_wait
from bulk_upload.sheet.cells import Cell, Row, is_blank
from bulk_upload.sheet.values import Value
from catalog.sheets.products import PRODUCTS

# It ends with the tests' process.
READERS = Readers()

# The values of the first row of `make_awkward.AWKWARD_ROWS`.
EXPECTED = {
    "id": "PROD001",
    "nombre": "Guantes de nitrilo talla M",
    "codigo": "007",
    "categoria": "PROTECCIÓN",
    "presentacion": "Caja x 100",
    "precio_unitario": Decimal("1250.50"),
    "certificado_sanitario": "INVIMA 2024DM-1",
    "condiciones_almacenamiento": "Lugar seco, 15–30 °C",
    "tiempo_entrega_dias": 5,
    "stock_minimo": 20,
    "stock_critico": 8,
    "requiere_lote": True,
    "requiere_vencimiento": False,
}


@dataclass(frozen=True)
class Reading:
    table: Table
    rows: list[Row]

    @property
    def numbers(self) -> list[int]:
        return [number for number, _ in self.rows]

    def column(self, name: str) -> list[Cell]:
        """The cells of one column; one that a short row does not reach is blank."""
        place = self.table.header.positions[name]
        return [cells[place] if place < len(cells) else None for _, cells in self.rows]

    def values(self) -> list[dict[str, Value | None]]:
        """The rows as the parsers of the file's columns understand them; a blank cell is `None`."""
        there = [column for column in PRODUCTS.columns if column.name in self.table.header.positions]
        columns = [
            [None if is_blank(cell) else column.parse(cell) for cell in self.column(column.name)] for column in there
        ]
        return [dict(zip([column.name for column in there], row, strict=True)) for row in zip(*columns, strict=True)]


def read(path: Path, limits: Limits | None = None, on_wait: OnWait = ignore_wait) -> Reading:
    file_format = path.suffix[1:]
    with READERS.reader(limits or Limits(), on_wait) as reader:
        table = reader.rows(path, file_format, PRODUCTS)
        rows = [row for batch in table.batches for row in batch]
    assert len(rows) == table.total
    return Reading(table, rows)
