"""A file of random rows, and how it is written."""

from __future__ import annotations

import csv
import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import xlsxwriter

from catalog.tests.random_files.cells import BLANK, CSV, Cell, Error


@dataclass(frozen=True)
class Line:
    """A row: its cells by column. `beyond` is a cell to the right of the header's last one."""

    cells: Mapping[str, Cell]
    beyond: str = ""

    @property
    def is_empty(self) -> bool:
        return not self.beyond and all(cell.is_empty for cell in self.cells.values())

    def __repr__(self) -> str:
        shown = ", ".join(f"{name}: {cell!r}" for name, cell in self.cells.items() if not cell.is_empty)
        return f"({shown}{f' + {self.beyond!r}' if self.beyond else ''})"


@dataclass(frozen=True)
class File:
    """Rows below a header, which names some of the columns in any order. `delimiter` is for a CSV."""

    file_format: str
    header: tuple[str, ...]
    lines: tuple[Line, ...]
    replace: bool
    delimiter: str = ","

    def rows(self) -> Iterator[tuple[int, Line]]:
        """The rows that hold anything, with their numbers in the sheet; what the header does not name is blank."""
        for number, line in enumerate(self.lines, 2):
            cells = {name: cell if name in self.header else BLANK for name, cell in line.cells.items()}
            if not (seen := Line(cells, line.beyond)).is_empty:
                yield number, seen

    def write(self, path: Path) -> None:
        (self._write_csv if self.file_format == CSV else self._write_workbook)(path)

    def _write_csv(self, path: Path) -> None:
        with path.open("w", encoding="utf-8", newline="") as text:
            writer = csv.writer(text, delimiter=self.delimiter)
            writer.writerow(self.header)
            for line in self.lines:
                cells = [line.cells[name].written for name in self.header]
                writer.writerow([*cells, *([line.beyond] if line.beyond else [])])

    def _write_workbook(self, path: Path) -> None:
        book = xlsxwriter.Workbook(str(path), {"default_date_format": "yyyy-mm-dd"})
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, self.header)
        for number, line in enumerate(self.lines, 1):
            for place, name in enumerate(self.header):
                _write_cell(sheet, number, place, line.cells[name].written)
        book.close()


def _write_cell(sheet: Any, row: int, column: int, written: Any) -> None:
    if isinstance(written, Error):
        sheet.write_formula(row, column, "=NA()", None, str(written))
    elif isinstance(written, str):
        sheet.write_string(row, column, written)
    elif isinstance(written, dt.date):
        sheet.write_datetime(row, column, written)
    elif written is not None:
        sheet.write(row, column, written)
