"""A folder that stands for the root of a new machine, on which the steps of docs/operacion.md are followed."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Final

# What pip needs to find packages, and nothing that settings would read.
KEPT: Final = re.compile(
    r"PATH|HOME|LANG|LC_\w+|TMPDIR|PIP_\w+|UV_\w+|\w+_PROXY|SSL_\w+|REQUESTS_CA_BUNDLE", re.IGNORECASE
)
# Commands of root that change the machine are noted. `runuser` runs what it is given, as whoever runs the tests.
AS_ROOT: Final = """
for name in apt-get adduser chown systemctl nginx; do
    eval "$name() { echo \\"$name \\$*\\" >> \\"$NOTED\\"; }"
done
runuser() { test "$1 $2 $3" = "-u medisupply --"; shift 3; "$@"; }
"""
# Folders of the machine that the steps name.
PATHS: Final = re.compile(r"(?<![\w/.])/(opt/medisupply|etc|var/cache)(?=[/\s])")
SECONDS: Final = 600


class NewServer:
    """`values` are what the first step has an operator change, as variables of the shell."""

    def __init__(self, root: Path, values: Mapping[str, str]) -> None:
        self.root = root
        self.code = root / "opt" / "medisupply"
        self._values = "".join(f"{name}='{value}'\n" for name, value in values.items())
        self._noted = root / "noted"
        self.env = {name: value for name, value in os.environ.items() if KEPT.fullmatch(name)}
        self.env["PATH"] = f"{root}/bin:{self.env['PATH']}"
        # What Debian's packages have made, and the Python that the tests run on.
        for folder in ("bin", "opt", "var/cache", "etc/ssl", "etc/systemd/system", "etc/nginx/conf.d"):
            (root / folder).mkdir(parents=True)
        self._noted.touch()
        (root / "bin" / "python3").symlink_to(getattr(sys, "_base_executable", sys.executable))

    def run(self, steps: str, given: str = "") -> str:
        """What the steps print; the first command that fails ends them. `given` is typed when they ask."""
        script = AS_ROOT + self._values + PATHS.sub(rf"{self.root}/\1", steps)
        done = subprocess.run(
            ["bash", "-eu", "-o", "pipefail", "-c", script],
            env={**self.env, "NOTED": str(self._noted)},
            cwd=self.code if self.code.exists() else self.root,
            input=given,
            capture_output=True,
            text=True,
            timeout=SECONDS,
            check=False,
        )
        assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-2000:]
        return done.stdout

    def noted(self) -> list[str]:
        """The commands of root, in their order."""
        return self._noted.read_text("utf-8").splitlines()

    def at(self, path: str) -> Path:
        """Where a path of the machine is."""
        return self.root / path.lstrip("/")
