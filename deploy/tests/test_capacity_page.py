"""docs/capacidad.md says what the measured figures come to."""

import json

import pytest

from benchmarks.capacity import FIGURES, PAGE, TABLES, Files, Night, filled

FIGURES_OF_A_TEST = {
    "rows_per_second": {"fresh": 20_000},
    "worker_cpu_us_per_row": {"fresh": 50},
    "database_cpu_us_per_row": {"fresh": 25},
    "wal_bytes_per_row": {"fresh": 600},
    "file_bytes_per_row": {"xlsx": 67.0, "csv": 250.0},
}


def test_the_tables_of_the_page_are_made_from_the_figures():
    page, figures = PAGE.read_text("utf-8"), json.loads(FIGURES.read_text("utf-8"))
    assert page == filled(page, figures), "run: python -m benchmarks.capacity"
    assert all(make(figures) in page for make in TABLES.values())


def test_a_page_without_a_place_for_a_table_is_refused():
    with pytest.raises(ValueError, match="no place for medido"):
        filled("# Capacidad", json.loads(FIGURES.read_text("utf-8")))


def test_the_arithmetic_of_a_night():
    night = Night(FIGURES_OF_A_TEST, "fresh")
    assert night.rows == 50_000_000
    assert night.worker_hours == pytest.approx(2500 / 3600)
    assert night.workers == 1
    assert night.worker_cores == pytest.approx(2500 / (8 * 3600 * 0.7))
    assert night.database_cores == pytest.approx(1250 / (8 * 3600 * 0.7))
    assert night.wal_gb == pytest.approx(30)
    assert night.sqs_requests == 1000 * 3 + 86_400 // 20


def test_a_large_file_goes_to_s3_in_parts():
    small, large = Files(FIGURES_OF_A_TEST, "xlsx"), Files(FIGURES_OF_A_TEST, "csv")
    assert (small.puts, small.gets) == (1000, 2000)
    assert (large.puts, large.gets) == (4000, 3000)  # 12.5 MB: begun, two parts, ended; a HEAD and two parts
