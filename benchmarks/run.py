"""`make bench`: measure everything, and write benchmarks/RESULTS.md with its plot."""

from __future__ import annotations

import subprocess
import time

from benchmarks import results, stock
from benchmarks.databases import on_postgresql, on_sqlite
from benchmarks.in_django import PEERS_PYTHON, measure
from benchmarks.jobs import Jobs
from benchmarks.measured import Measurements, lines
from benchmarks.options import begin
from benchmarks.stack import environment, running


def main() -> None:
    options = begin()
    began = time.monotonic()
    lines().unlink(missing_ok=True)
    with on_sqlite(options.folder) as database, running(database, options.folder) as stack:
        Jobs(stack, options).all_sizes(0)
    with on_postgresql(options.server) as database:
        env = environment(database, options.folder)
        sheet = stock.declared(database, options)
        for turn in range(options.runs):
            # What is to be compared is measured turn by turn, for a machine is not equally fast all day. The system
            # has stopped when its parts and the others are measured: nothing else runs then.
            with running(database, options.folder) as stack:
                Jobs(stack, options).all_sizes(turn)
                if sheet:
                    stock.job(stack, options, sheet)
            for part in ("parts", "writers"):
                measure(part, env, database.url, *options.sizes_of_turn(turn))
            if sheet:
                stock.limit(database, options, sheet)
        peers = env | {"DJANGO_SETTINGS_MODULE": "benchmarks.peer_settings"}
        measure("peers", peers, database.url, python=PEERS_PYTHON)
    found = Measurements()
    subprocess.run([PEERS_PYTHON, "-m", "benchmarks.plot", options.results / results.PLOT], check=True)
    text = results.bench_text(found, options)
    print(text)
    results.write("bench", text, options, **results.figures_per_row(found))
    print(f"Took {(time.monotonic() - began) / 60:.0f} minutes")


if __name__ == "__main__":
    main()
