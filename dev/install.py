"""`python -m dev.install requirements/dev.txt`: install with hashes into this virtual environment, showing progress.

Needs the standard library only: it runs before anything is installed.
"""

from __future__ import annotations

import re
import subprocess
import sys
import time
from pathlib import Path

PINNED = re.compile(r"^[\w.\[\]-]+==", re.MULTILINE)


def main(requirements: str) -> int:
    """pip's exit status."""
    total = len(PINNED.findall(Path(requirements).read_text("utf-8")))
    began = time.monotonic()
    print(f"Installing {total} packages of {requirements} (once; about {total / 3:.0f} s on a fast line)", flush=True)
    command = [sys.executable, "-m", "pip", "install", "--disable-pip-version-check", "--progress-bar", "off"]
    command += ["--require-hashes", "-r", requirements]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as pip:
        assert pip.stdout is not None  # noqa: S101  # asked for above
        found = 0
        for line in pip.stdout:
            found += line.startswith("Collecting ")
            if line.startswith("Collecting ") and (sys.stdout.isatty() or found % 20 == 0):
                _say(f"{found} of {total} packages fetched")
            elif line.startswith("Installing collected"):
                _say("writing them to disk")
    _say(f"done in {time.monotonic() - began:.0f} s" if not pip.returncode else "failed")
    if sys.stdout.isatty():
        print()
    return pip.returncode


def _say(text: str) -> None:
    """One line that is written over again; a line each where the output is no terminal."""
    print(f"\r  {text:60}" if sys.stdout.isatty() else f"  {text}", end="" if sys.stdout.isatty() else "\n", flush=True)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
