"""Measurements → the figures that capacity is planned with: per row, by scenario."""

from __future__ import annotations

from typing import Any

from benchmarks.capacity import SCENARIOS
from benchmarks.jobs_plan import FORMATS
from benchmarks.machine import machine
from benchmarks.measured import Measurements


def per_row(found: Measurements) -> dict[str, Any]:
    """From the largest workbooks of up to 100,000 rows, on PostgreSQL."""
    rows = max(size for size in found.sizes() if size <= 100_000)

    def more(name: str, file_format: str = "xlsx", scenario: str = "fresh") -> float:
        value = found.more(name, "job", file_format, scenario, rows)
        if value is None:
            raise ValueError(f"{name} was not measured: {file_format}, {scenario}, {rows} rows")
        return value

    def each(name: str, factor: float = 1.0) -> dict[str, float]:
        return {scenario: round(more(name, scenario=scenario) / rows * factor, 2) for scenario in SCENARIOS}

    return {
        "machine": machine(),
        "rows": rows,
        "rows_per_second": {scenario: round(rows / more("importing", scenario=scenario)) for scenario in SCENARIOS},
        "worker_cpu_us_per_row": each("worker_cpu", 1e6),
        "database_cpu_us_per_row": each("database_cpu", 1e6),
        "wal_bytes_per_row": each("wal_bytes"),
        "file_bytes_per_row": {name: round(more("file_bytes", name) / rows, 1) for name in FORMATS},
        "worker_mib": round(more("worker_mib")),
        "child_mib": round(more("child_mib")),
    }
