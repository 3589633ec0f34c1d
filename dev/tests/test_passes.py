"""Each test is part of a pass, and each path of the lists is there: pytest ignores a misspelt one without a word."""

from __future__ import annotations

import pytest

from dev.environment import PROJECT
from dev.passes import ON_ONE_PYTHON, ON_POSTGRESQL, ON_SQLITE


@pytest.mark.parametrize("paths", [ON_SQLITE, ON_POSTGRESQL, ON_ONE_PYTHON])
def test_each_path_is_there_and_named_once(paths):
    assert [path for path in paths if not (PROJECT / path).exists()] == []
    assert len(set(paths)) == len(paths)


def test_no_test_is_left_out_of_both_passes():
    both = [(one, other) for one in ON_SQLITE for other in ON_POSTGRESQL if f"{one}/".startswith(f"{other}/")]
    both += [(one, other) for one in ON_SQLITE for other in ON_POSTGRESQL if f"{other}/".startswith(f"{one}/")]
    assert both == []
