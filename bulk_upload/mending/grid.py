"""The rejected rows as they stand on the page: what the file has, what was typed, and what is wrong with it now."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from typing import NamedTuple

from bulk_upload.checking.results import CheckedChunk
from bulk_upload.imports import registry
from bulk_upload.mending.check import checked
from bulk_upload.mending.rejected_rows import RejectedRow, RejectedRows, as_shown
from bulk_upload.mending.stored_problems import CellFault, faults_of, faults_of_sent, remaining
from bulk_upload.models import BulkUpload, MendedRow
from bulk_upload.sheet.cells import Cell
from bulk_upload.sheet.declaration import Sheet
from bulk_upload.sheet.mapped_sheet import mapped_sheet


class Standing(StrEnum):
    """How far a row is."""

    WRONG = "wrong"
    READY = "ready"
    SENT = "sent"


@dataclass(frozen=True, slots=True)
class GridRow:
    """One rejected row. `texts` are what its cells show now, by column; those that a person has changed are `typed`."""

    rejected: RejectedRow
    texts: dict[str, str]
    typed: dict[str, str]
    faults: Sequence[CellFault]
    standing: Standing
    mended: MendedRow | None

    @property
    def fila(self) -> int:
        return self.rejected.fila

    def faults_in(self, column: str) -> list[CellFault]:
        return [fault for fault in self.faults if fault.columna == column]


class Equal(NamedTuple):
    """The same wrong text in a column of several rows."""

    column: str
    text: str
    rows: int


class Grid:
    """The rejected rows of an upload. What was typed is read when it is first asked for."""

    def __init__(self, upload: BulkUpload, rejected: RejectedRows) -> None:
        self.upload = upload
        self.rejected = rejected

    @property
    def columns(self) -> list[str]:
        return self.rejected.columns

    @cached_property
    def sheet(self) -> Sheet:
        """By whose rules the file was read."""
        return mapped_sheet(registry.get(self.upload.sheet_name).sheet, self.upload.sheet_mapping)

    @cached_property
    def shown_columns(self) -> list[str]:
        """The columns as the page has them: the key, what the import found wrong, and then the others."""
        wrong = {fault.columna for faults in self._found.values() for fault in faults}
        return sorted(self.columns, key=lambda name: (name not in self.sheet.key, name not in wrong))

    @cached_property
    def rows(self) -> list[GridRow]:
        return [self._row(row) for row in self.rejected.rows]

    @cached_property
    def ready(self) -> list[GridRow]:
        """Those that can be sent."""
        return [row for row in self.rows if row.standing == Standing.READY]

    @cached_property
    def checked(self) -> CheckedChunk:
        """What the checks say of the rows that a person has changed."""
        changed = [row for row in self.rejected.rows if row.fila in self._mended]
        return checked(self.sheet, self.columns, [(row.fila, self._cells(row)) for row in changed])

    def row(self, fila: int) -> GridRow | None:
        return next((row for row in self.rows if row.fila == fila), None)

    def equal(self, most: int) -> list[Equal]:
        """The wrong texts that most rows have in common, without keys, of which each row has its own."""
        own = {*self.sheet.key, *self.sheet.unique}
        found: Counter[tuple[str, str]] = Counter()
        for row in self.rows:
            if row.standing == Standing.WRONG:
                wrong = {fault.columna for fault in row.faults} & row.texts.keys() - own
                found.update((column, row.texts[column]) for column in wrong)
        return [Equal(*same, count) for same, count in found.most_common(most) if count > 1]

    def _row(self, row: RejectedRow) -> GridRow:
        mended = self._mended.get(row.fila)
        typed: dict[str, str] = mended.values if mended else {}
        texts = {name: typed.get(name, as_shown(cell)) for name, cell in zip(self.columns, row.cells, strict=True)}
        faults = self._faults(row.fila, mended)
        standing = Standing.WRONG if faults or not mended else Standing.READY
        if mended and mended.is_on_its_way:
            standing = Standing.SENT
        return GridRow(row, texts, typed, faults, standing, mended)

    def _faults(self, fila: int, mended: MendedRow | None) -> Sequence[CellFault]:
        found = self._found.get(fila, [])
        if mended is None:
            return found
        if mended.sent_in_id:
            return self._found_in_sent.get(fila, [])
        return [*self._faults_now.get(fila, []), *remaining(found, mended.values, self.sheet)]

    def _cells(self, row: RejectedRow) -> list[Cell]:
        typed: dict[str, str] = self._mended[row.fila].values
        cells = zip(self.columns, row.cells, strict=True)
        return [(typed[name] or None) if name in typed else cell for name, cell in cells]

    @cached_property
    def _mended(self) -> dict[int, MendedRow]:
        return {row.fila: row for row in MendedRow.objects.of(self.upload)}

    @cached_property
    def _found(self) -> dict[int, list[CellFault]]:
        return faults_of(self.upload, self.rejected.rows[-1].fila) if self.rejected.rows else {}

    @cached_property
    def _found_in_sent(self) -> dict[int, list[CellFault]]:
        return faults_of_sent(row for row in self._mended.values() if row.sent_in_id)

    @cached_property
    def _faults_now(self) -> dict[int, list[CellFault]]:
        faults: dict[int, list[CellFault]] = {}
        for problem in self.checked.problems:
            faults.setdefault(problem.fila, []).append(CellFault(problem.columna, problem.codigo, problem.params))
        return faults
