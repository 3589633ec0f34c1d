"""Code that measures within Django, each part in a process of its own: none has another's memory or threads."""

from __future__ import annotations

import importlib
import subprocess
import sys
from collections.abc import Mapping

import django

from dev.environment import PROJECT


def measure(function: str, env: Mapping[str, str], *arguments: object, python: str = sys.executable) -> None:
    """Call ``module.function`` of this package with the arguments as texts. The process ends with this one."""
    command = [python, "-m", "benchmarks.in_django", function, *map(str, arguments)]
    if code := subprocess.run(command, cwd=PROJECT, env=env, check=False).returncode:
        sys.exit(f"{function} failed ({code})")


if __name__ == "__main__":
    django.setup()
    module, _, name = sys.argv[1].partition(".")
    getattr(importlib.import_module(f"benchmarks.{module}"), name)(*sys.argv[2:])
