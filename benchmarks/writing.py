"""Writes the files of a benchmark: made once, kept in a folder."""

from __future__ import annotations

import csv
import uuid
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

from xlsxwriter import Workbook

from benchmarks.files import EDITION, Recipe, values
from catalog.sheets.products import PRODUCTS


def made(folder: Path, recipe: Recipe) -> Path:
    """The file of `recipe` below `folder`; written unless it is there."""
    write = write_workbook if recipe.format == "xlsx" else write_csv
    return _once(folder / recipe.name, lambda path: write(path, map(recipe.cells, recipe.numbers)))


def copy_rows(folder: Path, rows: int) -> Path:
    """Rows that need no work any more: the text that PostgreSQL's COPY takes, columns as `COPY_COLUMNS`."""
    return _once(folder / f"{EDITION}-ready-{rows}.copy", lambda path: _write_ready(path, range(1, rows + 1)))


def _once(path: Path, write: Callable[[Path], None]) -> Path:
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        unfinished = path.with_name(f"unfinished-{path.name}")
        write(unfinished)
        unfinished.rename(path)
    return path


def write_workbook(path: Path, rows: Iterable[list[Any]]) -> None:
    with Workbook(str(path), {"constant_memory": True}) as book:
        sheet = book.add_worksheet("Productos")
        sheet.write_row(0, 0, PRODUCTS.names)
        for at, row in enumerate(rows, 1):
            for column, cell in enumerate(row):
                if isinstance(cell, bool):
                    sheet.write_boolean(at, column, cell)
                elif isinstance(cell, str):
                    sheet.write_string(at, column, cell)
                elif cell is not None:
                    sheet.write_number(at, column, cell)


def write_csv(path: Path, rows: Iterable[list[Any]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(PRODUCTS.names)
        writer.writerows(map(_as_text, rows))


def _as_text(row: list[Any]) -> Iterator[Any]:
    return (str(cell).lower() if isinstance(cell, bool) else cell for cell in row)


def _write_ready(path: Path, numbers: Iterable[int]) -> None:
    upload, now = str(uuid.UUID(int=1)), "2026-01-20 10:00:00+00"
    end = "\t".join(["PROV001", "t", "1", now, now, upload, upload])
    with path.open("w", encoding="utf-8", newline="") as file:
        for n in numbers:
            file.write("\t".join(map(str, values(n))) + f"\t{end}\n")
