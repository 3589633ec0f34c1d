"""The short form of `make fuzz`: some mutants of the awkward files are read or refused in words."""

from __future__ import annotations

import random

from dev.fuzz import SEEDS, Fuzz, mutant


def test_mutants_are_read_or_refused_in_words():
    fuzz = Fuzz(1)
    for _ in range(60):
        fuzz.step()
    fuzz.close()
    assert fuzz.findings == []
    assert fuzz.outcomes.total() == 60
    assert fuzz.outcomes["read"] > 5


def test_a_seed_makes_the_same_mutants():
    content = (SEEDS / "by_openpyxl.xlsx").read_bytes()
    one, other = (mutant(content, ".csv", random.Random(3)) for _ in range(2))
    assert one == other
    assert one != content
