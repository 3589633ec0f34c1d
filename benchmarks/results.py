"""benchmarks/RESULTS.md and the figures that docs/capacidad.md is made from: each command replaces its own part."""

from __future__ import annotations

import datetime
import json
import re
from pathlib import Path
from typing import Any, Final

from benchmarks import report
from benchmarks.capacity import FIGURES
from benchmarks.jobs_plan import SMALL_ROWS
from benchmarks.machine import machine, versions
from benchmarks.measured import Measurements
from benchmarks.options import Options

RESULTS: Final = "RESULTS.md"
PLOT: Final = "rows_per_second.svg"
HEAD: Final = """# How fast an import is

Written by `make bench` and `make bench-workers`. Trust the ratios: each is of one run.

"""
PARTS: Final = ("bench", "bench-workers")


def write_bench(found: Measurements, options: Options, peers_python: Path) -> str:
    """The part of `make bench`. Returns its text."""
    text = f"""{_origin("make bench", options)}

Versions: {versions(options.server, peers_python)}

{options.runs} run(s) of each (one from 1,000,000 rows on, one of each contender), medians; jobs and limit take turns.
Every run's counts and a sample of its values were checked; an unchanged file wrote no product. A job's time is from
the POST's first byte until `completed_at`, while its client asks as often as `Retry-After` says; of the
{SMALL_ROWS}-row file until the client, who asks all the time, has seen the end.

{report.promises_table(found)}

![rows per second]({PLOT})

{report.contenders_table(found)}

{report.jobs_table(found)}

{report.stages_table(found)}

{report.writers_table(found)}"""
    _replace(options.results / RESULTS, "bench", text)
    return text


def write_workers(table: str, options: Options) -> None:
    """The part of `make bench-workers`."""
    _replace(options.results / RESULTS, "bench-workers", f"{_origin('make bench-workers', options)}\n\n{table}")


def keep_figures(options: Options, **figures: Any) -> None:
    """Add to the figures, or replace those of the same names."""
    path = options.results / FIGURES.name
    known = json.loads(path.read_text("utf-8")) if path.exists() else {}
    path.write_text(json.dumps(known | figures, indent=2, ensure_ascii=False) + "\n", "utf-8")


def today() -> str:
    return datetime.datetime.now(tz=datetime.UTC).date().isoformat()


def _origin(command: str, options: Options) -> str:
    return f"## `{command}`\n\n{today()}, {machine()}. Web, worker, Valkey, moto and PostgreSQL share the machine."


def _replace(path: Path, part: str, text: str) -> None:
    known = path.read_text("utf-8") if path.exists() else ""
    parts = {name: _between(known, name) for name in PARTS} | {part: text}
    marked = (f"<!-- {name} -->\n{parts[name]}\n<!-- end of {name} -->" for name in PARTS if parts[name])
    path.write_text(HEAD + "\n\n".join(marked) + "\n", "utf-8")


def _between(text: str, name: str) -> str:
    found = re.search(rf"<!-- {name} -->\n(.*?)\n<!-- end of {name} -->", text, re.DOTALL)
    return found[1] if found else ""
