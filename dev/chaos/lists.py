"""Price lists: a sequence for each supplier, with overlapping products and other prices in each."""

from __future__ import annotations

import csv
import io
import random
import tempfile
from pathlib import Path
from typing import Any, Final

from bulk_upload.tests.helpers.oracle import AT, HEADER, Line, write_workbook

# Products of one supplier; a list names some of them.
PRODUCTS: Final = 6_000
# Every fifth product has the same price in each list.
CONSTANT: Final = 5
ROWS: Final = (500, 5_000)
BROKEN_SHARE: Final = 0.03
# column, text, the code that it must give, in a CSV file as in a workbook
BROKEN: Final[list[tuple[str, str, str]]] = [
    *((name, "", "required_blank") for name in ("id", "nombre", "codigo", "precio_unitario")),
    ("nombre", "x" * 300, "too_long"),
    ("codigo", "7,70123E+12", "scientific_notation"),
    ("precio_unitario", "1.250", "ambiguous_number"),
    ("precio_unitario", "gratis", "not_a_number"),
    ("precio_unitario", "-1", "below_minimum"),
    ("tiempo_entrega_dias", "2.5", "not_an_integer"),
    ("requiere_vencimiento", "tal vez", "not_a_boolean"),
]


def product(supplier: int, n: int, price: str) -> list[Any]:
    """A good row: product `n` of the supplier at a price. All values are of the types that the product has."""
    return [
        f"S{supplier}-{n:05d}",
        f"Producto {n} del proveedor {supplier}",
        f"77{supplier:02d}{n:07d}",
        f"CATEGORIA {n % 7}",
        f"Caja x {n % 50 + 1}",
        price,
        f"INVIMA 2024DM-{n % 1000:04d}",
        "Lugar seco",
        n % 60,
        n % 100 + 10,
        n % 10,
        "sí" if n % 2 else "no",
        "no",
    ]


def has_constant_price(key: str) -> bool:
    return int(key.rpartition("-")[2]) % CONSTANT == 0


def price_list(chance: random.Random, supplier: int, number: int, rows: tuple[int, int] = ROWS) -> list[Line]:
    """The supplier's list `number`: most of its prices are its own, a fifth are the same in every list."""
    count = chance.randint(*rows)
    made: list[Line] = []
    for n in chance.sample(range(PRODUCTS), count):
        price = f"{n % 900 + 1}.50" if n % CONSTANT == 0 else f"{number % 9000 + 1}.{n % 100:02d}"
        line = Line(product(supplier, n, price))
        if chance.random() < BROKEN_SHARE:
            _break(line, made, chance)
        made.append(line)
    return made


def _break(line: Line, made: list[Line], chance: random.Random) -> None:
    """Spoil a cell, or repeat the id of an earlier row."""
    if made and chance.random() < 0.3:
        earlier = chance.choice(made)
        if "id" not in earlier.unreadable:
            line.cells[AT["id"]] = earlier.cells[AT["id"]]
        return
    column, text, code = chance.choice(BROKEN)
    line.cells[AT[column]] = text
    line.codes.append(code)
    line.unreadable.add(column)


def file_of(lines: list[Line], file_format: str) -> bytes:
    """The list as a file of that format."""
    if file_format == "xlsx":
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder, "lista.xlsx")
            write_workbook(path, lines)
            return path.read_bytes()
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(HEADER)
    writer.writerows(line.cells for line in lines)
    return text.getvalue().encode()
