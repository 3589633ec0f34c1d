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
PER_ROW: Final = ("rows_per_second", "worker_cpu_us_per_row", "database_cpu_us_per_row", "wal_bytes_per_row")
SCENARIOS: Final = {"fresh": "todo nuevo", "changed": "20 % cambiado", "unchanged": "sin cambios"}


class Night:
    """What a night of one scenario takes. Rates and costs per row come from the figures."""

    def __init__(self, figures: Figures, scenario: str) -> None:
        self.rate, self.worker_us, self.database_us, self.wal = (float(figures[name][scenario]) for name in PER_ROW)
        usable_seconds = WINDOW_HOURS * 3600 * USE
        self.rows = SUPPLIERS * ROWS_EACH
        self.worker_hours = self.rows / self.rate / 3600
        self.workers = math.ceil(self.worker_hours * 3600 / usable_seconds)
        self.worker_cores = self.worker_us * self.rows / 1e6 / usable_seconds
        self.database_cores = self.database_us * self.rows / 1e6 / usable_seconds
        self.rows_of_a_worker_core, self.rows_of_a_database_core = 1e6 / self.worker_us, 1e6 / self.database_us
        self.written_rows = {"fresh": self.rows, "changed": self.rows // 5, "unchanged": 0}[scenario]
        self.wal_gb = self.wal * self.rows / 1e9
        self.wal_mb_per_second = self.wal_gb * 1000 / (WINDOW_HOURS * 3600)
        # For each file one to send, receive and delete, and the renewals of its message while it is imported; and the
        # empty polls of a whole day.
        renewals = int(ROWS_EACH / self.rate / RENEWED_EVERY)
        self.sqs_requests = SUPPLIERS * (3 + renewals) + self.workers * 86_400 // POLL_SECONDS
        self.sqs_month = self.sqs_requests * NIGHTS / 1e6 * SQS_FIFO_PER_MILLION


class Files:
    """A night's files in S3, of one format."""

    def __init__(self, figures: Figures, file_format: str) -> None:
        bytes_each = float(figures["file_bytes_per_row"][file_format]) * ROWS_EACH
        self.mb_each, self.gb = bytes_each / 1e6, bytes_each * SUPPLIERS / 1e9
        parts = math.ceil(bytes_each / PART_BYTES)
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


def columns(head: str, things: Mapping[str, object], *lines: tuple[str, str, int] | tuple[str, str, int, str]) -> str:
    """A table with a column for each thing, a line for each of their attributes: label, name, decimal places, cell."""

    def line(label: str, name: str, places: int, cell: str = "{}") -> list[str]:
        return [label, *(cell.format(number(getattr(thing, name), places)) for thing in things.values())]

    return table([head, *things], [line(*each) for each in lines])


def nights(figures: Figures) -> dict[str, Night]:
    return {title: Night(figures, scenario) for scenario, title in SCENARIOS.items()}


def measured(figures: Figures) -> str:
    """What was measured, per row, and where."""
    rows = columns(
        "por fila",
        nights(figures),
        ("filas por segundo de un trabajador", "rate", 0),
        ("CPU de trabajador y lector, µs por fila", "worker_us", 1),
        ("CPU de PostgreSQL, µs por fila", "database_us", 1),
        ("WAL, bytes por fila", "wal", 0),
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
    rows, window = number(SUPPLIERS * ROWS_EACH), f"({WINDOW_HOURS} h × {number(USE, 1)})"
    requests = f"{number(SUPPLIERS)} × (3 + renovaciones) + trabajadores × 86.400 ÷ {POLL_SECONDS}"
    return columns(
        "una noche",
        nights(figures),
        (f"horas de un trabajador = {rows} ÷ filas/s ÷ 3600", "worker_hours", 2),
        (f"**trabajadores** = horas ÷ {window}, hacia arriba", "workers", 0, "**{}**"),
        (f"núcleos para ellos = CPU × {rows} ÷ {window}", "worker_cores", 2),
        (f"núcleos de PostgreSQL = CPU × {rows} ÷ {window}", "database_cores", 2),
        ("productos que se escriben", "written_rows", 0),
        (f"WAL = bytes × {rows}, GB", "wal_gb", 1),
        (f"WAL, MB/s en promedio durante {WINDOW_HOURS} h", "wal_mb_per_second", 2),
        (f"peticiones a SQS al día = {requests}", "sqs_requests", 0),
        (f"SQS al mes, a {number(SQS_FIFO_PER_MILLION, 2)} USD el millón", "sqs_month", 2, "{} USD"),
    )


def storage(figures: Figures) -> str:
    """S3's traffic and price."""
    kept = f"almacenar los archivos de {NIGHTS} noches, a {number(S3_GB_MONTH, 3)} USD el GB-mes"
    return columns(
        "S3",
        {name: Files(figures, name) for name in figures["file_bytes_per_row"]},
        (f"MB de un archivo de {number(ROWS_EACH)} filas", "mb_each", 1),
        ("GB que entran por noche (y otros tantos que salen)", "gb", 1),
        (f"PUT por noche, a {number(S3_PUT_PER_1000, 4)} USD el millar", "puts", 0),
        (f"GET y HEAD por noche, a {number(S3_GET_PER_1000, 4)} USD el millar", "gets", 0),
        (f"peticiones, {NIGHTS} noches", "requests_month", 2, "{} USD"),
        (kept, "storage_month", 2, "{} USD"),
    )


STATIONS: Final = {
    "shared cores": "núcleos",
    "cores": "núcleos de trabajadores",
    "database cores": "núcleos de PostgreSQL",
    "table lock": "candado de la tabla",
    "disk": "disco",
}


def simulated(figures: Figures) -> str:
    """When the first night is finished on larger machines, with each disk, and what is busiest then."""

    def cell(outcome: Mapping[str, Any]) -> str:
        minutes, busiest = number(outcome["seconds"] / 60, 1), STATIONS[outcome["busiest"]]
        return f"{minutes} min con {outcome['workers']} trabajadores; {busiest} ({outcome['part']:.0%})"

    machines = figures["night"]["machines"]
    rows = [
        [f"{each['cores']} + {each['database_cores'] or 'los mismos'}", *map(cell, each["nights"])] for each in machines
    ]
    titles = [f"disco de {number(disk)} MB/s" for disk in figures["night"]["disks_mb"]]
    titles.append(f"{titles[-1]}, candado más largo posible")
    hours = figures["night"]["fill_us"] * SUPPLIERS * ROWS_EACH / 1e6 / 3600
    return (
        f"{table(['núcleos de trabajadores + de PostgreSQL', *titles], rows)}\n\n"
        f"Después, los textos de las búsquedas: {number(figures['night']['fill_us'])} µs por producto nuevo, uno tras"
        f" otro; **{number(hours, 1)} horas** para los {number(SUPPLIERS * ROWS_EACH)} de la primera noche."
    )


def bottleneck(figures: Figures) -> str:
    """How many rows one core of each kind carries."""
    return columns(
        "filas por segundo que sostiene",
        nights(figures),
        ("un núcleo de trabajadores", "rows_of_a_worker_core", 0),
        ("un núcleo de PostgreSQL", "rows_of_a_database_core", 0),
    )


TABLES: Final[dict[str, Callable[[Figures], str]]] = {
    "medido": measured,
    "trabajadores": workers,
    "plan": plan,
    "s3": storage,
    "cuello": bottleneck,
    "noches": simulated,
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
