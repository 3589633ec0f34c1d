"""Code that measures within Django, each part in a process of its own: none has another's memory or threads."""

from __future__ import annotations

import importlib
import os
import subprocess
import sys
from collections.abc import Mapping
from typing import Final

import django

from dev.environment import PROJECT

PEERS_PYTHON: Final = os.environ.get("BENCH_PEERS_PYTHON") or str(PROJECT / ".venv-bench" / "bin" / "python")


def command(module: str, *arguments: object, python: str = sys.executable) -> list[str]:
    return [python, "-m", "benchmarks.in_django", module, *map(str, arguments)]


def measure(module: str, env: Mapping[str, str], *arguments: object, python: str = sys.executable) -> None:
    """Run `benchmarks.MODULE.main(*arguments)`. It ends with this process."""
    done = subprocess.run(command(module, *arguments, python=python), cwd=PROJECT, env=env, check=False)
    if done.returncode:
        sys.exit(f"{module} failed ({done.returncode})")


if __name__ == "__main__":
    django.setup()
    importlib.import_module(f"benchmarks.{sys.argv[1]}").main(*sys.argv[2:])
