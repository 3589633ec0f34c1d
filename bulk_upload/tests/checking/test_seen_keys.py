"""Keys are remembered exactly, however many there are."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bulk_upload.checking import seen_keys
from bulk_upload.checking.seen_keys import SeenKeys

KEYS = st.lists(st.lists(st.sampled_from("abcdefgh"), max_size=6), max_size=6)


@given(KEYS, KEYS, st.integers(0, 10))
def test_the_first_row_of_each_key_is_known(codes, ids, held):
    """Two kinds of keys, some at a time; from a small number on they are kept by SQLite."""
    with pytest.MonkeyPatch.context() as patch, SeenKeys(2) as keys:
        patch.setattr(seen_keys, "HELD", held)
        firsts: dict[tuple[int, str], int] = {}
        fila = 1
        for kind, given_keys in [*((0, some) for some in codes), *((1, some) for some in ids)]:
            rows = list(range(fila, fila + len(given_keys)))
            fila += len(given_keys)
            expected = {}
            for number, key in zip(rows, given_keys, strict=True):
                first = firsts.setdefault((kind, key), number)
                if first != number:
                    expected[number] = first
            assert keys.add(kind, given_keys, rows) == expected
