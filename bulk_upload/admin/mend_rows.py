"""Rejected rows in words, for the page on which they are corrected."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django_stubs_ext import StrPromise

from bulk_upload.mending.grid import GridRow, Standing
from bulk_upload.mending.stored_problems import CellFault
from bulk_upload.wording import text_of

# What the name of a cell's box begins with: ``celda-25-precio_unitario``.
PREFIX: Final = "celda"
LABELS: Final[dict[Standing, tuple[str, StrPromise]]] = {
    Standing.WRONG: ("✖", gettext_lazy("Por corregir")),
    Standing.READY: ("✔", gettext_lazy("Lista")),
    Standing.SENT: ("▶", gettext_lazy("Enviada")),
}


@dataclass(frozen=True, slots=True)
class ShownCell:
    """A cell, in a box where it can be changed. `name` is the box's, `problems` say what is wrong with it."""

    name: str
    column: str
    text: str
    label: str
    is_box: bool
    problems: list[str]


@dataclass(frozen=True, slots=True)
class ShownRow:
    """A row. `problems` are those of no single cell of it; `is_whole` says that each of its cells is in a box."""

    fila: int
    standing: Standing
    icon: str
    state: StrPromise
    problems: list[str]
    cells: list[ShownCell]
    is_whole: bool

    @property
    def announcement(self) -> str:
        """What is said aloud when the row has been checked."""
        problems = [*self.problems, *(text for cell in self.cells for text in cell.problems)]
        return " ".join([_("Fila %(fila)s: %(state)s.") % {"fila": self.fila, "state": self.state}, *problems])


def shown_row(row: GridRow, columns: Sequence[str], language: str, *, is_whole: bool) -> ShownRow:
    """`row` in `language`, its cells in the order of `columns`.

    All of them can be changed when it `is_whole`, or no single cell is at fault.
    """
    of_row = [fault for fault in row.faults if fault.columna not in row.texts]
    icon, state = LABELS[row.standing]
    is_whole = row.standing != Standing.SENT and (is_whole or (row.standing == Standing.WRONG and bool(of_row)))
    cells = [_cell(row, column, language, is_box=is_whole) for column in columns]
    return ShownRow(row.fila, row.standing, icon, state, _texts(of_row, language), cells, is_whole)


def typed_of(form: QueryDict | Mapping[str, str]) -> dict[int, dict[str, str]]:
    """The texts of the boxes that were sent, by row and column."""
    typed: dict[int, dict[str, str]] = {}
    for name, text in form.items():
        prefix, _dash, place = name.partition("-")
        fila, _dash, column = place.partition("-")
        if prefix == PREFIX and fila.isdecimal() and fila.isascii():
            typed.setdefault(int(fila), {})[column] = str(text)
    return typed


def ready_sentence(ready: int, total: int) -> str:
    return ngettext(
        "%(ready)s de %(total)s fila lista para importar.", "%(ready)s de %(total)s filas listas para importar.", total
    ) % {"ready": ready, "total": total}


def _cell(row: GridRow, column: str, language: str, *, is_box: bool) -> ShownCell:
    sent = row.standing == Standing.SENT
    problems = [] if sent else _texts(row.faults_in(column), language)
    is_box = not sent and (is_box or bool(problems) or column in row.typed)
    label = _("%(columna)s, fila %(fila)s") % {"columna": column, "fila": row.fila}
    return ShownCell(f"{PREFIX}-{row.fila}-{column}", column, row.texts[column], label, is_box, problems)


def _texts(faults: Sequence[CellFault], language: str) -> list[str]:
    return [text_of(fault.codigo, fault.params, language) for fault in faults]
