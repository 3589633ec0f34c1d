"""The table of faults names tests that exist."""

from __future__ import annotations

import re

from django.conf import settings

PAGE = settings.BASE_DIR / "docs" / "operacion.md"


def test_every_fault_names_the_test_that_proves_it():
    named = re.findall(r"`([\w/]*test_\w+\.py)::(test_\w+)`", PAGE.read_text(encoding="utf-8"))
    assert len(named) >= 14
    for file, test in named:
        sources = [path.read_text() for path in settings.BASE_DIR.glob(f"*/tests/**/{file}")]
        assert any(f"def {test}(" in source for source in sources), f"{file} has no {test}"
