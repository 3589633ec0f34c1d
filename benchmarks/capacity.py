"""`python -m benchmarks.capacity`: write the tables of docs/capacidad.md again, from the measured figures.

A night is `SUPPLIERS` files of `ROWS_EACH` rows, imported within `WINDOW_HOURS`. Everything that is assumed and not
measured stands in this module's first lines.
"""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Final

from benchmarks.measured import table

PROJECT: Final = Path(__file__).resolve().parent.parent
FIGURES: Final = PROJECT / "benchmarks" / "figures.json"
PAGE: Final = PROJECT / "docs" / "capacidad.md"

SUPPLIERS, ROWS_EACH = 1_000, 50_000
WINDOW_HOURS: Final = 8
# How much of the window, of a core, of a worker is planned to be used: the rest is for bad nights.
USE: Final = 0.7
NIGHTS: Final = 30
# A worker's lease (BULK_UPLOAD_LEASE_SECONDS), renewed after a quarter of it, and its long poll.
RENEWED_EVERY, POLL_SECONDS = 30 / 4, 20
# boto3 divides what is larger into parts of this size.
PART_BYTES: Final = 8 * 1024**2

# USD, Amazon's public list for us-east-1, as known at `PRICES_OF`, without the free tier. To be checked.
PRICES_OF: Final = "2025"
SQS_FIFO_PER_MILLION, S3_PUT_PER_1000, S3_GET_PER_1000, S3_GB_MONTH = 0.50, 0.005, 0.0004, 0.023

Figures = Mapping[str, Any]
# The figures of one row: how they are called, and their decimal places.
PER_ROW: Final = {
    "rows_per_second": ("filas por segundo de un trabajador", 0),
    "worker_cpu_us_per_row": ("CPU de trabajador y lector, µs por fila", 1),
    "database_cpu_us_per_row": ("CPU de PostgreSQL, µs por fila", 1),
    "wal_bytes_per_row": ("WAL, bytes por fila", 0),
}
SCENARIOS: Final = {"fresh": "todo nuevo", "changed": "20 % cambiado", "unchanged": "sin cambios"}


class Night:
    """What a night of one scenario takes. Rates and costs per row come from the figures."""

    def __init__(self, figures: Figures, scenario: str) -> None:
        rate, worker_cpu, database_cpu, wal = (float(figures[name][scenario]) for name in PER_ROW)
        usable_seconds = WINDOW_HOURS * 3600 * USE
        self.rows = SUPPLIERS * ROWS_EACH
        self.worker_hours = self.rows / rate / 3600
        self.workers = math.ceil(self.worker_hours * 3600 / usable_seconds)
        self.worker_cores = worker_cpu * self.rows / 1e6 / usable_seconds
        self.database_cores = database_cpu * self.rows / 1e6 / usable_seconds
        self.written_rows = {"fresh": self.rows, "changed": self.rows // 5, "unchanged": 0}[scenario]
        self.wal_gb = wal * self.rows / 1e9
        self.wal_mb_per_second = self.wal_gb * 1000 / (WINDOW_HOURS * 3600)
        # For each file one to send, receive and delete, and the renewals of its message while it is imported; and the
        # empty polls of a whole day.
        renewals = int(ROWS_EACH / rate / RENEWED_EVERY)
        self.sqs_requests = SUPPLIERS * (3 + renewals) + self.workers * 86_400 // POLL_SECONDS
        self.sqs_month = self.sqs_requests * NIGHTS / 1e6 * SQS_FIFO_PER_MILLION


class Files:
    """A night's files in S3, of one format."""

    def __init__(self, figures: Figures, file_format: str) -> None:
        self.file_format = file_format
        self.bytes_each = float(figures["file_bytes_per_row"][file_format]) * ROWS_EACH
        self.gb = self.bytes_each * SUPPLIERS / 1e9
        parts = math.ceil(self.bytes_each / PART_BYTES)
        # One for a small file; a larger one is begun, sent in parts, and ended.
        self.puts = SUPPLIERS * (1 if parts == 1 else parts + 2)
        # A question for its size, and its parts.
        self.gets = SUPPLIERS * (1 + parts)
        self.requests_month = NIGHTS * (self.puts * S3_PUT_PER_1000 + self.gets * S3_GET_PER_1000) / 1000
        # When a month's files are kept.
        self.storage_month = self.gb * NIGHTS * S3_GB_MONTH


def number(value: float, places: int = 0) -> str:
    """As Colombia writes it: 1.234,5."""
    return f"{value:,.{places}f}".translate(str.maketrans(",.", ".,"))


def by_scenario(head: str, lines: Mapping[str, Callable[[str], str]]) -> str:
    """A table with a column for each scenario."""
    return table([head, *SCENARIOS.values()], [[label, *map(show, SCENARIOS)] for label, show in lines.items()])


def measured(figures: Figures) -> str:
    """What was measured, per row, and where."""
    rows = by_scenario(
        "por fila",
        {
            label: lambda scenario, name=name, places=places: number(figures[name][scenario], places)  # type: ignore[misc]
            for name, (label, places) in PER_ROW.items()
        },
    )
    sizes = ", ".join(
        f"{number(size)} bytes por fila en {name}" for name, size in figures["file_bytes_per_row"].items()
    )
    return (
        f"Medido el {figures['date']} en {figures['machine']}, archivos xlsx de {number(figures['rows'])} filas.\n\n"
        f"{rows}\n\nLos archivos ocupan {sizes}. Memoria máxima: trabajador {number(figures['worker_mib'])} MiB, "
        f"lector {number(figures['child_mib'])} MiB."
    )


def workers(figures: Figures) -> str:
    """How far more workers helped on the machine that was measured."""
    rates = {int(count): float(rate) for count, rate in figures.get("workers", {}).items()}
    rows = [[str(count), number(rate), f"{number(rate / rates[1], 2)} ×"] for count, rate in sorted(rates.items())]
    return table(["trabajadores", "filas/s", "frente a uno"], rows)


def plan(figures: Figures) -> str:
    """The arithmetic of a night, line by line."""
    nights = [Night(figures, scenario) for scenario in SCENARIOS]
    rows = number(SUPPLIERS * ROWS_EACH)
    window = f"({WINDOW_HOURS} h × {number(USE, 1)})"
    lines: list[tuple[str, Callable[[Night], str]]] = [
        (f"horas de un trabajador = {rows} ÷ filas/s ÷ 3600", lambda night: number(night.worker_hours, 2)),
        (f"**trabajadores** = horas ÷ {window}, hacia arriba", lambda night: f"**{night.workers}**"),
        (f"núcleos para ellos = CPU × {rows} ÷ {window}", lambda night: number(night.worker_cores, 2)),
        (f"núcleos de PostgreSQL = CPU × {rows} ÷ {window}", lambda night: number(night.database_cores, 2)),
        ("productos que se escriben", lambda night: number(night.written_rows)),
        (f"WAL = bytes × {rows}, GB", lambda night: number(night.wal_gb, 1)),
        (f"WAL, MB/s en promedio durante {WINDOW_HOURS} h", lambda night: number(night.wal_mb_per_second, 2)),
        (
            f"peticiones a SQS al día = {number(SUPPLIERS)} × (3 + renovaciones) "
            f"+ trabajadores × 86.400 ÷ {POLL_SECONDS}",
            lambda night: number(night.sqs_requests),
        ),
        (f"SQS al mes, a {number(SQS_FIFO_PER_MILLION, 2)} USD el millón", lambda n: f"{number(n.sqs_month, 2)} USD"),
    ]
    return table(["una noche", *SCENARIOS.values()], [[label, *map(show, nights)] for label, show in lines])


def storage(figures: Figures) -> str:
    """S3's traffic and price."""
    files = [Files(figures, name) for name in figures["file_bytes_per_row"]]
    lines: list[tuple[str, Callable[[Files], str]]] = [
        (f"MB de un archivo de {number(ROWS_EACH)} filas", lambda each: number(each.bytes_each / 1e6, 1)),
        ("GB que entran por noche (y otros tantos que salen)", lambda each: number(each.gb, 1)),
        (f"PUT por noche, a {number(S3_PUT_PER_1000, 4)} USD el millar", lambda each: number(each.puts)),
        (f"GET y HEAD por noche, a {number(S3_GET_PER_1000, 4)} USD el millar", lambda each: number(each.gets)),
        (f"peticiones, {NIGHTS} noches", lambda each: f"{number(each.requests_month, 2)} USD"),
        (
            f"almacenar los archivos de {NIGHTS} noches, a {number(S3_GB_MONTH, 3)} USD el GB-mes",
            lambda each: f"{number(each.storage_month, 2)} USD",
        ),
    ]
    return table(["S3", *(each.file_format for each in files)], [[label, *map(show, files)] for label, show in lines])


def bottleneck(figures: Figures) -> str:
    """How many rows one core of each kind carries."""
    rows = [
        [label, *(number(1e6 / figures[name][scenario]) for scenario in SCENARIOS)]
        for name, label in (
            ("worker_cpu_us_per_row", "un núcleo de trabajadores"),
            ("database_cpu_us_per_row", "un núcleo de PostgreSQL"),
        )
    ]
    return table(["filas por segundo que sostiene", *SCENARIOS.values()], rows)


TABLES: Final[dict[str, Callable[[Figures], str]]] = {
    "medido": measured,
    "trabajadores": workers,
    "plan": plan,
    "s3": storage,
    "cuello": bottleneck,
}


def filled(page: str, figures: Figures) -> str:
    """The page with its tables made again. Raises `ValueError` when it has no place for one of them."""
    for name, make in TABLES.items():
        begin, end = f"<!-- {name} -->\n", f"\n<!-- fin de {name} -->"
        before, found, rest = page.partition(begin)
        _, found_end, after = rest.partition(end)
        if not found or not found_end:
            raise ValueError(f"the page has no place for {name}")
        page = before + begin + make(figures) + end + after
    return page


def write_page() -> None:
    figures = json.loads(FIGURES.read_text("utf-8"))
    PAGE.write_text(filled(PAGE.read_text("utf-8"), figures), "utf-8")


if __name__ == "__main__":
    write_page()
