"""`make bench-night`: what a file, a chunk and a row cost, what sessions wait for, and a night on larger machines.

The costs are those of whole imports by one worker, in systems that differ in their files or in their chunks alone; of
each the least of some runs counts. What fills the texts of searches waits until an import has been measured.
"""

from __future__ import annotations

import time
from contextlib import closing
from dataclasses import asdict, dataclass, replace
from typing import Any, Final

import psycopg

from benchmarks import capacity, contention, results
from benchmarks.capacity import ROWS_EACH, SUPPLIERS
from benchmarks.contention import Contention
from benchmarks.databases import NAME, Database, on_postgresql
from benchmarks.load import seconds_of_many_files
from benchmarks.measured import table
from benchmarks.options import QUICK, RUNS, SERVER
from benchmarks.processes import cpu_seconds, own_cpu_seconds
from benchmarks.simulation import Cost, Costs, Machine, best, simulate, sizes
from benchmarks.system import System, running
from dev.process_tree import children

CHUNK_ROWS: Final = 2_500
# Assumed: MB that the disk writes in a second; what a general cloud volume of 2025 has, and a fast one.
DISKS_MB: Final = (125, 1_000)
# Cores of the workers' machine, and of PostgreSQL's own; 0: it shares the workers'.
MACHINES: Final = ((2, 0), (8, 0), (32, 0), (2, 2), (8, 4), (32, 16))
# How many workers for each core are tried.
WORKERS_PER_CORE: Final = (0.25, 0.5, 0.75, 1, 1.5, 2)
# Files have 50,000 rows on average; the smallest half of that, the largest half more.
SPREAD: Final = 0.5
SESSIONS: Final = (1, 2, 4)
FILL_LOCK: Final = "SELECT pg_advisory_lock('catalog_productsearch'::regclass::oid::bigint)"
FILL_SECONDS: Final = 600
UNLIMITED: Final = 1e9


@dataclass(frozen=True)
class Kind:
    """So many files of so many rows, imported in chunks of so many."""

    files: int
    rows: int
    chunk_rows: int = CHUNK_ROWS

    @property
    def chunks(self) -> int:
        return self.files * -(-self.rows // self.chunk_rows)

    @property
    def all_rows(self) -> int:
        return self.files * self.rows


SMALL_FILES: Final = Kind(20 if QUICK else 60, 500)
LARGE_FILES: Final = Kind(2, 10_000) if QUICK else Kind(6, ROWS_EACH)
SMALL_CHUNKS: Final = replace(LARGE_FILES, chunk_rows=500)
# By name: CPU in µs, what goes to the disk in bytes, seconds.
Used = dict[str, float]


def night() -> None:
    """Measure, simulate, and write it all down."""
    small, chunked, large = (used(kind) for kind in (SMALL_FILES, SMALL_CHUNKS, LARGE_FILES))
    seconds = {1: large["seconds"], 2: used(LARGE_FILES, workers=2)["seconds"]}
    with on_postgresql(f"{NAME}_night") as database, running(database) as system:
        waits = [least_waits(system, sessions) for sessions in SESSIONS]
    names = ("reader", "worker", "database", "disk")
    costs = Costs(**{name: fit(small[name], large[name], chunked[name]) for name in names})
    locks = [Cost(row=round(each, 2)) for each in contention.lock_bounds(waits)]
    costs = replace(costs, lock=locks[0])
    nights = [one_night(costs, locks[1], *machine) for machine in MACHINES]
    figures = {"costs": asdict(costs), "fill_us": round(large["fill"]), "disks_mb": DISKS_MB, "machines": nights}
    version = Database(SERVER).execute("SHOW server_version")[0][0].split()[0]
    text = "\n\n".join(
        (f"PostgreSQL {version}.", costs_table(costs, locks[1]), waits_table(waits), check_table(costs, seconds))
    )
    print(text, capacity.simulated({"night": figures}), sep="\n\n")
    results.write("bench-night", text, night=figures)


def used(kind: Kind, workers: int = 1) -> Used:
    """What the files of this kind take together; `fill`: what a product's text takes afterwards."""
    settings = {"BULK_UPLOAD_CHUNK_ROWS": str(kind.chunk_rows)}
    with on_postgresql(f"{NAME}_night") as database, running(database, workers, settings=settings) as system:
        _run(system, Kind(2 * workers, 100))  # the first ones find everything cold
        runs = [_run(system, kind) for _ in range(RUNS)]
        print(kind, *({name: round(value, 2) for name, value in run.items()} for run in runs), sep="\n  ", flush=True)
        least = {name: min(run[name] for run in runs) for name in runs[0]}
        return least | ({"fill": _fill(database, kind.all_rows)} if kind is LARGE_FILES and workers == 1 else {})


def _run(system: System, kind: Kind) -> Used:
    database = system.database
    with closing(psycopg.connect(database.url, autocommit=True)) as connection:
        connection.execute(FILL_LOCK)  # which no worker gets for as long
        database.reset()
        database.execute("CHECKPOINT")
        before = _amounts(system)
        seconds = seconds_of_many_files(system, kind.files, kind.rows)
        return {name: after - before[name] for name, after in _amounts(system).items()} | {"seconds": seconds}


def _amounts(system: System) -> Used:
    """Since everything began. A page of a table is written at least once, besides its WAL."""
    size = float(system.database.execute("SELECT pg_database_size(current_database())")[0][0])
    own = sum(map(own_cpu_seconds, system.workers))
    both = sum(cpu_seconds([pid, *children(pid)]) for pid in system.workers)
    return {
        "reader": (both - own) * 1e6,
        "worker": own * 1e6,
        "database": cpu_seconds(system.database.pids()) * 1e6,
        "disk": system.database.wal_position() + size,
    }


def _fill(database: Database, rows: int) -> float:
    """PostgreSQL's CPU for each text, in µs: one session fills them all."""
    before, ends = cpu_seconds(database.pids()), time.monotonic() + FILL_SECONDS
    while database.execute("SELECT 1 FROM catalog_unfilledproducts LIMIT 1") and time.monotonic() < ends:
        time.sleep(0.5)
    return (cpu_seconds(database.pids()) - before) / rows * 1e6


def fit(small: float, large: float, chunked: float) -> Cost:
    """What a file, a chunk and a row take, from what small files, large ones, and large ones in small chunks took."""
    chunk = max(0.0, (chunked - large) / (SMALL_CHUNKS.chunks - LARGE_FILES.chunks))
    small, large = small - chunk * SMALL_FILES.chunks, large - chunk * LARGE_FILES.chunks
    times = LARGE_FILES.files / SMALL_FILES.files  # as many small files as there are large ones
    row = (large - small * times) / (LARGE_FILES.all_rows - SMALL_FILES.all_rows * times)
    file = max(0.0, (small - row * SMALL_FILES.all_rows) / SMALL_FILES.files)
    return Cost(round(file), round(chunk), round(row, 2))


def least_waits(system: System, sessions: int) -> Contention:
    """The fastest of some runs."""
    return min((contention.measure(system, sessions) for _ in range(RUNS)), key=lambda run: run.seconds)


def one_night(costs: Costs, longest: Cost, cores: int, database_cores: int) -> dict[str, Any]:
    """The night on this machine with each of the disks; then with the fastest disk and the longest possible lock."""
    cases = [(disk, costs) for disk in DISKS_MB] + [(DISKS_MB[-1], replace(costs, lock=longest))]
    nights = [fewest_workers(each, cores, database_cores, disk) for disk, each in cases]
    return {"cores": cores, "database_cores": database_cores, "nights": nights}


def fewest_workers(costs: Costs, cores: int, database_cores: int, disk: float) -> dict[str, Any]:
    """With as few workers as are about as fast as any."""
    files = sizes(SUPPLIERS, ROWS_EACH, SPREAD)
    counts = [max(1, round(cores * each)) for each in WORKERS_PER_CORE]
    machines = [Machine(cores, database_cores, workers, disk) for workers in counts]
    machine = machines[best(files, CHUNK_ROWS, costs, machines)]
    outcome = simulate(files, CHUNK_ROWS, costs, machine)
    wall = {"busiest": outcome.wall, "part": round(outcome.busy[outcome.wall], 2)}
    return {"workers": machine.workers, "seconds": round(outcome.seconds), **wall}


def costs_table(costs: Costs, longest: Cost) -> str:
    head = ["one worker", "a file", "a chunk", "a row"]
    titles = {"reader": "CPU of the reader, µs", "worker": "CPU of the worker, µs", "database": "CPU of PostgreSQL, µs"}
    titles |= {"disk": "WAL and tables, bytes", "lock": "keeps others out, at least, µs"}
    parts = {title: getattr(costs, name) for name, title in titles.items()}
    parts["keeps others out, at most, µs"] = longest
    return table(head, [[title, f"{c.file:,.0f}", f"{c.chunk:,.0f}", f"{c.row:,.2f}"] for title, c in parts.items()])


def waits_table(waits: list[Contention]) -> str:
    names = list(dict.fromkeys(name for each in waits for name, share in each.shares.items() if share >= 0.002))
    rows = [
        ["rows/s", *(f"{contention.ROWS / each.seconds:,.0f}" for each in waits)],
        ["CPU of PostgreSQL, µs a row", *(f"{each.cpu_us_per_row:.2f}" for each in waits)],
        *([name, *(f"{each.shares.get(name, 0):.1%}" for each in waits)] for name in names),
    ]
    return table(["sessions that COPY at once, and their time by wait event", *(str(n) for n in SESSIONS)], rows)


def check_table(costs: Costs, measured: dict[int, float]) -> str:
    """How near the simulation is to what was measured, on two cores."""
    rows = []
    for workers, seconds in measured.items():
        files = [LARGE_FILES.rows] * LARGE_FILES.files
        outcome = simulate(files, CHUNK_ROWS, costs, Machine(2, 0, workers, UNLIMITED))
        rows.append([str(workers), f"{seconds:.2f} s", f"{outcome.seconds:.2f} s"])
    title = f"workers on two cores, {LARGE_FILES.files} files of {LARGE_FILES.rows:,} rows"
    return table([title, "measured", "simulated"], rows)
