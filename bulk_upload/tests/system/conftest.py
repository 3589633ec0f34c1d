"""What the tests of whole systems share."""

from __future__ import annotations

from pathlib import Path

import pytest

from bulk_upload.tests.helpers.last_release import unpack


@pytest.fixture(scope="session")
def last_release(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the code of the last release."""
    return unpack(tmp_path_factory.mktemp("last-release"))
