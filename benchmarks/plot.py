"""`python -m benchmarks.plot SVG`: rows per second by size, each contender a line."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Final

import matplotlib
from matplotlib.figure import Figure

from benchmarks.measured import Measurements

LINES: Final = {
    "limit": "the limit: calamine, then COPY",
    "job": "MediSupply, POST to completed",
    "pandas": "pandas, to_sql(method=multi)",
    "import-export tuned": "django-import-export, use_bulk, tuned",
    "import-export": "django-import-export, use_bulk",
    "update_or_create": "row by row, update_or_create",
}


def main(target: Path) -> None:
    found = Measurements()
    matplotlib.rcParams.update({"svg.hashsalt": "medisupply", "svg.fonttype": "none", "font.size": 10})
    figure = Figure(figsize=(8, 5), layout="constrained")
    axes = figure.subplots()
    for what, label in LINES.items():
        rates = {rows: rows / (found.seconds(what, "xlsx", "fresh", rows) or 1) for rows in found.sizes(what)}
        if rates:
            axes.plot(list(rates), list(rates.values()), marker="o", label=label)
    axes.set(xscale="log", yscale="log", xlabel="rows in the workbook", ylabel="rows per second")
    axes.set_title("Fresh xlsx into PostgreSQL")
    axes.grid(visible=True, which="both", alpha=0.25)
    axes.legend()
    figure.savefig(target, format="svg", metadata={"Date": None})


if __name__ == "__main__":
    main(Path(sys.argv[1]))
