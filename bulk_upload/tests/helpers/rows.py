"""Rows of the product sheet: as values, as a file, as a reader gives them, and imported."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from bulk_upload.checking.chunks import checked_chunks
from bulk_upload.checking.tables import Batch, CheckedTable, ColumnTable, Table
from bulk_upload.importing.import_table import import_table
from bulk_upload.imports import registry
from bulk_upload.models import BulkUpload
from bulk_upload.sheet.declaration import Sheet
from bulk_upload.sheet.headers import match_header
from catalog.sheets.products import PRODUCTS


def row(number: int, **changes: Any) -> dict[str, Any]:
    """A good row of the sheet, by column; `changes` make it another, or a bad one."""
    return {
        "id": f"PROD{number:05d}",
        "nombre": f"Guantes de nitrilo {number}",
        "codigo": f"77012{number:08d}",
        "categoria": "GUANTES",
        "presentacion": "Caja x 100",
        "precio_unitario": "1250.50",
        "certificado_sanitario": "INVIMA 2024DM-001",
        "condiciones_almacenamiento": "Lugar seco",
        "tiempo_entrega_dias": "5",
        "stock_minimo": "20",
        "stock_critico": "8",
        "requiere_lote": "sí",
        "requiere_vencimiento": "no",
        **changes,
    }


def csv_bytes(rows: Iterable[dict[str, Any]], *, encoding: str = "utf-8") -> bytes:
    """The rows as a CSV file, whose header names the columns that any of them has."""
    lines = list(rows)
    text = io.StringIO()
    writer = csv.DictWriter(text, [name for name in PRODUCTS.names if any(name in line for line in lines)])
    writer.writeheader()
    writer.writerows(lines)
    return text.getvalue().encode(encoding)


def table(rows: Sequence[dict[str, Any]], *, delimiter: str = ",", sheet: Sheet = PRODUCTS) -> ColumnTable:
    """The rows as a reader would give them: the header in row 1, data from row 2 on."""
    header = match_header(sheet, 1, list(sheet.names), "CSV")
    cells = [[line.get(name) for name in sheet.names] for line in rows]
    batches = (
        Batch(range(start + 2, start + 2 + len(some)), list(zip(*some, strict=True)))
        for start in range(0, len(cells), 7)
        if (some := cells[start : start + 7])
    )
    return Table(header=header, total=len(cells), batches=batches, delimiter=delimiter)


def import_rows(
    claimed: BulkUpload,
    rows: Sequence[dict[str, Any]],
    *,
    chunk_rows: int,
    after_chunk: Callable[[], None] = lambda: None,
    keep: Callable[[], None] = lambda: None,
    only_plan: bool = False,
) -> None:
    """Check the rows and import them from the upload's checkpoint on, in this process; or `only_plan` them."""
    read = table(rows, sheet=registry.get(claimed.sheet_name).sheet)
    chunks = checked_chunks(read, next_row=claimed.next_row, chunk_rows=chunk_rows)
    checked = CheckedTable(read.header, read.total, chunks, delimiter=read.delimiter, is_ready=lambda: True)
    import_table(claimed, checked, after_chunk, keep, only_plan=only_plan)
