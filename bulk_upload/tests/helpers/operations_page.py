"""The commands that docs/operacion.md prints, run as they stand there."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Mapping

from django.conf import settings

PAGE = settings.BASE_DIR / "docs" / "operacion.md"


def printed(name: str) -> str:
    """The block of the page that follows the comment `name`."""
    found = re.search(rf"<!-- {name} -->\n```\w+\n(.*?)```", PAGE.read_text("utf-8"), re.DOTALL)
    assert found, f"docs/operacion.md has no block {name}"
    return found[1]


def run(script: str, variables: Mapping[str, str], *user: str, cwd: object = settings.BASE_DIR) -> str:
    """Run a block as an operator would, `user` before it; returns what it printed. It must succeed."""
    script = script.replace("manage.py", f"{sys.executable} {settings.BASE_DIR}/manage.py")
    done = subprocess.run(
        [*user, "bash", "-euo", "pipefail", "-c", script],
        env={**variables},
        cwd=str(cwd),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout
