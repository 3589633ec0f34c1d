"""Debian's servers that tests start for themselves: nginx, pgbouncer."""

from __future__ import annotations

import os
import shutil
import socket

import pytest


def program(name: str) -> str:
    """Where the program is. Without it the test is skipped; it fails where ``REQUIRE_<NAME>`` is 1."""
    path = shutil.which(name, path=f"{os.environ.get('PATH', '')}:/usr/sbin")
    if path is not None:
        return path
    required = f"REQUIRE_{name.upper()}"
    missing = (
        f"No {name} was found: install it (on Debian: apt-get install {name}). Without it its tests are skipped; with "
        f"{required}=1 they fail."
    )
    if os.environ.get(required) == "1":
        pytest.fail(missing)
    pytest.skip(missing)


def answers(port: int) -> bool:
    """Whether something listens at a port of this machine."""
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0
