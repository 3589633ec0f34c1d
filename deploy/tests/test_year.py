"""A simulated year says what has grown, and what it is told of a purge is what the purge said."""

from collections import Counter

import pytest

from benchmarks.old_uploads import removed
from benchmarks.repeated import Repeated
from benchmarks.tables import Size
from benchmarks.year_report import DAYS, Night, Year, month


def a_year(table_mb=lambda day: 100.0, status_ms=lambda day: 5.0, health_ms=lambda day: 2.0, dead=lambda day: 50):
    """Of a table and its answers, by the day of the year."""
    return Year(
        [
            Night(
                day=day,
                sizes={"upload": Size(int(table_mb(day) * 1e6), 1_000_000, dead(day))},
                dead=dead(day),
                status=[status_ms(day)] * 10,
                pages=[40.0],
                health=[health_ms(day)] * 10,
                purge_seconds=0.1,
                removed=Counter({"cargas": 2}),
                kept=(7, 8, 9, 10),
            )
            for day in range(1, DAYS + 1)
        ]
    )


def test_a_year_has_twelve_months_of_thirty_days_or_one_more():
    assert set(Counter(map(month, range(1, DAYS + 1))).values()) == {30, 31}
    assert (month(1), month(DAYS)) == (1, 12)


def test_what_reaches_its_size_within_half_a_year_has_not_grown():
    assert a_year(table_mb=lambda day: min(day, 180)).grown() == []


def test_what_goes_on_growing_is_said_with_both_sizes():
    assert a_year(table_mb=float).grown() == ["upload, table grew from 229.00 MB to 320.00 MB"]


def test_answers_that_take_longer_are_growth_and_two_milliseconds_are_not():
    assert a_year(status_ms=lambda day: 7.0 if day > 280 else 5.0).grown() == []
    assert a_year(status_ms=lambda day: 8.0 if day > 280 else 5.0).grown() == ["status grew from 5.00 ms to 8.00 ms"]


def test_answers_of_a_slower_machine_have_not_grown():
    def twice(milliseconds):
        return lambda day: milliseconds * (2 if day > 270 else 1)

    assert a_year(status_ms=twice(5.0), health_ms=twice(2.0)).grown() == []


def test_dead_rows_that_nobody_removes_are_growth():
    assert a_year(dead=lambda day: day * 100).grown() == ["dead rows grew from 27,400 rows to 36,500 rows"]


def test_a_month_says_what_was_kept_at_its_end_and_removed_in_it():
    line = a_year().line(3)
    assert (line[0], line[1:5], line[-1]) == ("3", ["7", "8", "9", "10"], "62 · 0 · 0 · 0")


def test_what_the_purge_says_is_read_by_kind():
    said = "Se borró:\n  cargas: 3 (120 bytes)\n  errores y advertencias de filas: 41 (9 bytes)\n"
    assert removed(said) == {"cargas": 3, "errores y advertencias de filas": 41}


def test_what_is_repeated_ends_with_its_block_and_its_fault_is_raised():
    calls = []
    with Repeated(0.001, lambda: calls.append(1)) as repeated:
        while not calls:
            pass
        repeated.end()
        count = len(calls)
    assert len(calls) == count
    with pytest.raises(ZeroDivisionError), Repeated(0, lambda: [1 / 0]):
        pass
