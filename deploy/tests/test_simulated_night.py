"""The simulated night does the arithmetic that a person can do by hand."""

import pytest

from benchmarks.contention import ROWS as ROWS_OF_A_RUN
from benchmarks.contention import Contention, lock_bounds
from benchmarks.night import LARGE_FILES, SMALL_CHUNKS, SMALL_FILES, fit
from benchmarks.simulation import Cost, Costs, Machine, best, simulate, sizes

ROWS, CHUNK = 1_000, 100
# Each of these costs 10 µs a row and nothing else: a file of 1,000 rows takes 10 ms of it.
ROW = Cost(row=10)
A_FILE = 0.010
FAST = 1e9


def seconds(files: int, costs: Costs, cores: int, workers: int, database_cores: int = 0) -> float:
    return simulate([ROWS] * files, CHUNK, costs, Machine(cores, database_cores, workers, FAST)).seconds


def test_one_worker_takes_the_time_of_one_file_for_each():
    assert seconds(1, Costs(worker=ROW), 1, 1) == pytest.approx(A_FILE)
    assert seconds(40, Costs(worker=ROW), 1, 1) == pytest.approx(40 * A_FILE)
    assert seconds(40, Costs(worker=ROW), 8, 1) == pytest.approx(40 * A_FILE)


def test_workers_with_a_core_each_share_the_files():
    assert seconds(40, Costs(worker=ROW), 4, 4) == pytest.approx(10 * A_FILE)
    assert seconds(5, Costs(worker=ROW), 4, 4) == pytest.approx(2 * A_FILE)  # the fifth one begins when others end


def test_more_workers_than_cores_are_not_faster():
    assert seconds(40, Costs(worker=ROW), 2, 8) == pytest.approx(20 * A_FILE)


def test_files_chunks_and_rows_are_counted():
    costs = Costs(worker=Cost(file=5_000, chunk=1_000, row=10))
    assert seconds(3, costs, 1, 1) == pytest.approx(3 * (0.005 + 10 * 0.001 + A_FILE))


def test_the_reader_is_a_chunk_ahead_when_it_has_a_core():
    costs = Costs(reader=ROW, worker=ROW)
    assert seconds(1, costs, 1, 1) == pytest.approx(2 * A_FILE)
    assert seconds(1, costs, 2, 1) == pytest.approx(A_FILE + A_FILE / 10)  # the first chunk is read before all


def test_a_database_of_its_own_leaves_the_cores_to_the_workers():
    costs = Costs(worker=ROW, database=ROW)
    assert seconds(40, costs, 2, 8) == pytest.approx(40 * 2 * A_FILE / 2)
    assert seconds(40, costs, 2, 8, database_cores=2) == pytest.approx(40 * A_FILE / 2, rel=0.05)


@pytest.mark.parametrize("workers", [2, 16])
def test_what_one_session_at_a_time_may_do_is_the_limit_of_all(workers):
    outcome = simulate([ROWS] * 32, CHUNK, Costs(worker=ROW, lock=ROW), Machine(32, 0, workers, FAST))
    assert outcome.seconds >= 32 * A_FILE
    assert outcome.wall == "table lock"


def test_the_disk_is_the_limit_when_it_is_slow():
    costs = Costs(worker=ROW, disk=Cost(row=1_000))
    outcome = simulate([ROWS] * 32, CHUNK, costs, Machine(32, 0, 32, 1.0))
    assert outcome.seconds == pytest.approx(32, rel=0.01)  # 32 MB at 1 MB/s
    assert outcome.wall == "disk"
    assert outcome.busy["disk"] == pytest.approx(1, rel=0.01)


def test_the_fewest_workers_that_are_as_fast_as_any_are_chosen():
    machines = [Machine(4, 0, workers, FAST) for workers in (1, 2, 4, 8)]
    assert machines[best([ROWS] * 40, CHUNK, Costs(worker=ROW), machines)].workers == 4


def test_a_seed_gives_the_same_night():
    assert sizes(100, ROWS, 0.5, seed=7) == sizes(100, ROWS, 0.5, seed=7) != sizes(100, ROWS, 0.5, seed=8)
    assert sum(sizes(1_000, ROWS, 0.5)) == pytest.approx(1_000 * ROWS, rel=0.05)
    assert set(sizes(5, ROWS, 0.0)) == {ROWS}


def test_costs_are_found_again_from_what_three_kinds_of_files_took():
    cost = Cost(file=900, chunk=70, row=5)
    kinds = (SMALL_FILES, LARGE_FILES, SMALL_CHUNKS)
    assert fit(*(kind.files * 900 + kind.chunks * 70 + kind.all_rows * 5 for kind in kinds)) == cost


def test_a_lock_is_held_as_long_as_a_table_grows_and_at_most_as_two_sessions_wait_for_it():
    alone = Contention(1, ROWS_OF_A_RUN * 10e-6, 8.0, {"CPU": 0.98, "IO:DataFileExtend": 0.02})
    two = Contention(2, ROWS_OF_A_RUN * 8e-6, 8.0, {"CPU": 0.79, "Lock:extend": 0.01, "LWLock:WALWrite": 0.2})
    assert lock_bounds([alone, two]) == pytest.approx((0.2, 0.1 * 16))
    four = Contention(4, ROWS_OF_A_RUN * 1e-6, 8.0, {})
    assert lock_bounds([alone, two, four])[1] == pytest.approx(1.0)  # all of them take 1 µs a row together
