"""An independent account of what an import must come to, in plain Python, and the file to try it on.

Nothing here is shared with the import: the generator knows what it broke, and the oracle walks the rows
one by one over dictionaries. Rows are lists in the order of `HEADER`.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

import xlsxwriter

HEADER = [
    *("id", "nombre", "codigo", "categoria", "presentacion", "precio_unitario", "certificado_sanitario"),
    *("condiciones_almacenamiento", "tiempo_entrega_dias", "stock_minimo", "stock_critico"),
    *("requiere_lote", "requiere_vencimiento"),
]
AT = {name: index for index, name in enumerate(HEADER)}
OURS, THEIRS = "PROV001", "PROV002"
# Codes that say that the row's product exists already, in the file or the catalogue.
MATCHED = frozenset(["duplicate_in_file", "duplicate_product", "other_supplier", "code_conflict", "superseded"])


@dataclass
class Line:
    """One row of the file: its cells, and the codes that its cells alone must give."""

    cells: list[Any]
    codes: list[str] = field(default_factory=list)
    # Columns that cannot be read and so do not count as seen.
    unreadable: set[str] = field(default_factory=set)


class Error(str):
    """A cell that is written as an Excel error."""


# column, what stands in the cell, the code that it must give
BROKEN: list[tuple[str, Any, str]] = [
    *((name, None, "required_blank") for name in HEADER if name in {"id", "nombre", "codigo", "categoria"}),
    *((name, " \u00a0 ", "required_blank") for name in HEADER[5:9]),
    *((name, "x" * 300, "too_long") for name in ("id", "nombre", "codigo", "categoria", "presentacion")),
    ("nombre", "campana\x07", "control_characters"),
    ("codigo", "a\x0bb\x00", "control_characters"),
    *((name, Error("#N/A"), "excel_error") for name in ("id", "nombre", "precio_unitario", "stock_minimo")),
    ("requiere_lote", Error("#REF!"), "excel_error"),
    ("codigo", 7701234567890123.0, "digits_lost"),
    ("codigo", "7,70123E+12", "scientific_notation"),
    ("nombre", date(2026, 1, 2), "date_in_text"),
    ("certificado_sanitario", True, "boolean_in_text"),
    ("precio_unitario", "1.250", "ambiguous_number"),
    ("stock_critico", "12,500", "ambiguous_integer"),
    ("precio_unitario", "gratis", "not_a_number"),
    ("precio_unitario", 12.345, "too_many_decimals"),
    ("precio_unitario", "-1", "below_minimum"),
    ("precio_unitario", 1e10, "above_maximum"),
    ("tiempo_entrega_dias", 3651, "above_maximum"),
    ("tiempo_entrega_dias", 2.5, "not_an_integer"),
    ("stock_minimo", -1, "below_minimum"),
    ("requiere_vencimiento", "tal vez", "not_a_boolean"),
]


def existing(count: int) -> Iterator[tuple[str, str, list[Any]]]:
    """The catalogue before the import: (supplier, id, cells); a tenth of it is another supplier's."""
    for n in range(1, count + 1):
        cells = good(n * 7)
        if n % 3:
            cells[AT["nombre"]] = f"Nombre anterior {n}"
        yield (THEIRS if n % 10 == 0 else OURS), cells[0], cells


def good(n: int) -> list[Any]:
    """A good row; values are of the types that the product has."""
    return [
        f"P{n:07d}",
        f"Producto médico número {n}",
        f"77{n:011d}",
        ("GUANTES", "JERINGAS", "SUTURAS", "VENDAJES")[n % 4],
        f"Caja x {n % 50 + 1}",
        f"{n % 9000}.{n % 100:02d}",
        f"INVIMA 2024DM-{n % 1000:04d}",
        "Lugar seco, 15–30 °C",
        n % 60,
        n % 100 + 10,
        n % 10,
        "sí" if n % 2 else "no",
        n % 3 == 0,
    ]


def lines(count: int, known: int, seed: int = 7) -> list[Line]:
    """`count` rows, 5 % of them with a defect of some kind; `known` is the size of the catalogue before."""
    chance = random.Random(seed)
    made: list[Line] = []

    def known_row(odd: int) -> list[Any]:
        # Ids come from odd ones, codes from even ones: two rows never fight over one product, and so a
        # second upload of the file changes nothing.
        return good((chance.randrange(known // 2) * 2 + odd) * 7)

    breakers: list[Callable[[int, Line], None]] = [
        *(_cell_breaker(column, value, code) for column, value, code in BROKEN),
        lambda n, line: _repeat(line, made, chance, "id"),
        lambda n, line: _repeat(line, made, chance, "codigo"),
        lambda n, line: _repeat(line, made, chance, "id", "codigo"),
        lambda n, line: line.cells.__setitem__(AT["codigo"], known_row(0)[AT["codigo"]]),
        lambda n, line: line.cells.__setitem__(AT["id"], known_row(1)[AT["id"]]),
    ]
    for n in range(1, count + 1):
        line = Line(good(n))
        if chance.random() < 0.05:
            chance.choice(breakers)(n, line)
        made.append(line)
    return made


def _cell_breaker(column: str, value: Any, code: str) -> Callable[[int, Line], None]:
    def break_it(n: int, line: Line) -> None:
        line.cells[AT[column]] = value
        line.codes.append(code)
        line.unreadable.add(column)

    return break_it


def _repeat(line: Line, made: list[Line], chance: random.Random, *columns: str) -> None:
    if made:
        earlier = chance.choice(made)
        for column in columns:
            if column not in earlier.unreadable:
                line.cells[AT[column]] = earlier.cells[AT[column]]


@dataclass
class Account:
    """What an import must come to. `codes` are (row, code) pairs, a pair for each problem.

    `changes` has for each row that updated a product the product, and each changed column's old and new value.
    """

    creados: int = 0
    actualizados: int = 0
    sin_cambios: int = 0
    rechazados: int = 0
    duplicados: int = 0
    codes: list[tuple[int, str]] = field(default_factory=list)
    productos_creados: list[str] = field(default_factory=list)
    productos_actualizados: list[str] = field(default_factory=list)
    changes: dict[int, tuple[str, dict[str, tuple[Any, Any]]]] = field(default_factory=dict)


@dataclass(frozen=True)
class Sender:
    """Whose list it is: the upload, and its place in the order of acceptance."""

    supplier: str = OURS
    upload: str = ""
    number: int = 0


@dataclass
class History:
    """Who made and changed a product, and which list was the last one that confirmed its values."""

    version: int = 1
    created_by: str = ""
    changed_by: str = ""
    number: int = 0
    confirmed: int = 0


class Oracle:
    """A catalogue of dictionaries that takes rows one after another."""

    def __init__(self, known: int) -> None:
        self.owner: dict[str, str] = {}
        self.cells: dict[str, list[Any]] = {}
        self.id_of: dict[str, str] = {}
        self.history: dict[str, History] = {}
        for supplier, key, cells in existing(known):
            self.owner[key], self.cells[key], self.id_of[cells[2]] = supplier, kept(cells), key
            self.history[key] = History()

    def take(
        self,
        rows: list[Line],
        *,
        replace: bool,
        sender: Sender = Sender(),  # frozen
        start: int = 0,
        stop: int | None = None,
        account: Account | None = None,
    ) -> Account:
        """Import the rows from `start` up to `stop` and add them to `account`; earlier ones are only remembered."""
        account = account or Account()
        seen: dict[str, set[str]] = {"id": set(), "codigo": set()}
        for at, line in enumerate(rows[:stop]):
            codes = [*line.codes, *repetitions(line, seen)]
            if at < start:
                continue
            before = self._named(line.cells)
            fate = "rechazados" if codes else self._fate(line.cells, codes, sender, replace=replace)
            setattr(account, fate, getattr(account, fate) + 1)
            account.duplicados += bool(MATCHED & set(codes)) or fate in ("actualizados", "sin_cambios")
            account.codes += [(at + 2, code) for code in codes]
            if fate in ("creados", "actualizados"):
                getattr(account, f"productos_{fate}").append(self.id_of[line.cells[AT["codigo"]]])
            if fate == "actualizados":
                key, old = before[0]
                new = self.cells[key]
                account.changes[at + 2] = (key, {n: (old[c], new[c]) for n, c in AT.items() if old[c] != new[c]})
        return account

    def _named(self, cells: list[Any]) -> list[tuple[str, list[Any]]]:
        """The products that a row names by id or code, each with its cells as they are now."""
        keys = [key for key in (cells[0], self.id_of.get(cells[2])) if key in self.cells]
        return [(str(key), self.cells[str(key)]) for key in keys]

    def _fate(self, cells: list[Any], codes: list[str], sender: Sender, *, replace: bool) -> str:
        key, code = cells[0], cells[2]
        named = [match for match in (key if key in self.cells else None, self.id_of.get(code)) if match]
        if any(self.owner[match] != sender.supplier for match in named):
            codes.append("other_supplier")
        elif len(set(named)) == 2:
            codes.append("code_conflict")
        elif named and not replace:
            codes.append("duplicate_product")
        if codes:
            return "rechazados"
        if not named:
            self._put(key, cells, sender, History(created_by=sender.upload))
            return "creados"
        return self._replace(named[0], cells, codes, sender)

    def _replace(self, key: str, cells: list[Any], codes: list[str], sender: Sender) -> str:
        history = self.history[key]
        if self.cells[key][1:] == kept(cells)[1:]:
            history.confirmed = max(history.confirmed, sender.number)
            return "sin_cambios"
        if history.confirmed > sender.number:
            codes.append("superseded")
            return "rechazados"
        del self.id_of[self.cells[key][2]]
        history.version += 1
        self._put(key, [key, *cells[1:]], sender, history)
        return "actualizados"

    def _put(self, key: str, cells: list[Any], sender: Sender, history: History) -> None:
        history.changed_by, history.number, history.confirmed = sender.upload, sender.number, sender.number
        self.owner[key], self.cells[key], self.id_of[cells[2]] = sender.supplier, kept(cells), key
        self.history[key] = history


def repetitions(line: Line, seen: dict[str, set[str]]) -> Iterator[str]:
    """A code for each key that an earlier row has too; remembers the row's own."""
    for column in ("id", "codigo"):
        if column in line.unreadable:
            continue
        key = line.cells[AT[column]]
        if key in seen[column]:
            yield "duplicate_in_file"
        seen[column].add(key)


def kept(cells: list[Any]) -> list[Any]:
    """The row as the product keeps it: words for yes and no have become booleans."""
    return [*cells[:11], *(cell in (True, "sí") for cell in cells[11:])]


def write_workbook(path: Path, rows: list[Line]) -> None:
    """The rows as an .xlsx, header in row 1; errors, dates, numbers and booleans as such."""
    book = xlsxwriter.Workbook(str(path), {"constant_memory": True, "default_date_format": "yyyy-mm-dd"})
    sheet = book.add_worksheet("Productos")
    sheet.write_row(0, 0, HEADER)
    for at, line in enumerate(rows, 1):
        for column, cell in enumerate(line.cells):
            if isinstance(cell, Error):
                sheet.write_formula(at, column, "=NA()", None, str(cell))
            elif isinstance(cell, str):
                sheet.write_string(at, column, cell)
            elif isinstance(cell, date):
                sheet.write_datetime(at, column, cell)
            elif cell is not None:
                sheet.write(at, column, cell)
    book.close()
