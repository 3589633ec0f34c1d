"""The code of the last release, taken from git's history: what runs beside this one while a release is rolled out."""

from __future__ import annotations

import io
import os
import subprocess
import tarfile
from pathlib import Path
from typing import Any, Final

import pytest
from django.conf import settings

from bulk_upload.tests.helpers.outcomes import VALUES

# docs/release.md says when it is moved.
COMMIT: Final = (settings.BASE_DIR / "deploy" / "last_release.txt").read_text().strip()
MISSING: Final = (
    f"The last release, {COMMIT}, is not here: this is no clone, or a shallow one (git fetch --unshallow). Without it "
    "its tests are skipped; with REQUIRE_HISTORY=1 they fail."
)


def unpack(folder: Path) -> Path:
    """Put the code of the last release into `folder`. It runs with the packages that are installed here."""
    try:
        archive = subprocess.run(["git", "archive", COMMIT], cwd=settings.BASE_DIR, capture_output=True, check=True)
    except (OSError, subprocess.CalledProcessError):
        (pytest.fail if os.environ.get("REQUIRE_HISTORY") == "1" else pytest.skip)(MISSING)
    with tarfile.open(fileobj=io.BytesIO(archive.stdout)) as tar:
        tar.extractall(folder, filter="data")
    return folder


def known_to_it(result: dict[str, Any]) -> dict[str, Any]:
    """Of an `outcome` what both releases know: the last one keeps no changes of rows, and numbers none."""
    at = VALUES.index("change_number")
    return {**result, "changes": None, "products": [values[:at] + values[at + 1 :] for values in result["products"]]}
