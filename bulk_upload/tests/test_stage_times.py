"""The seconds of an attempt: each moment counts in one stage."""

from __future__ import annotations

import pytest

from bulk_upload.stage_times import StageClock


@pytest.fixture
def time():
    return iter(range(1000))


@pytest.fixture
def clock(time):
    """Looks at a clock that goes on by a second with each look."""
    return StageClock(lambda: float(next(time)))


def test_a_stage_lasts_from_its_begin_to_its_end(clock):
    with clock.stage("fetch"):
        pass
    times = clock.times
    assert (times.fetch, times.rest) == (1.0, 2.0)


def test_a_stage_within_another_one_interrupts_it(clock, time):
    with clock.stage("write"):
        next(time)
        with clock.stage("match"):
            next(time)
            next(time)
    assert (clock.times.write, clock.times.match) == (3.0, 3.0)


def test_a_stage_that_raises_ends(clock):
    with pytest.raises(ValueError, match="x"), clock.stage("read"):
        raise ValueError("x")
    with clock.stage("write"):
        pass
    assert (clock.times.read, clock.times.write) == (1.0, 1.0)


def test_the_waiting_for_items_counts_and_not_what_is_done_with_them(clock, time):
    def items():
        next(time)
        yield "a"
        next(time)
        yield "b"

    for _ in clock.timed("read", items()):
        next(time)
    assert clock.times.read == 2 + 2 + 1  # the last look finds the end


def test_all_stages_together_are_all_the_time(clock, time):
    with clock.stage("fetch"), clock.stage("others"):
        next(time)
    rounded = clock.times.rounded()
    assert sum(rounded.values()) == next(time) - 1
    assert set(rounded) == {"fetch", "read", "match", "write", "others", "rest"}
