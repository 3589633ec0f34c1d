"""What was logged: by this process, and in the output of others."""

from __future__ import annotations

import json
from typing import Any

import pytest

Line = dict[str, Any]


def logged(caplog: pytest.LogCaptureFixture, event: str = "") -> list[Line]:
    """The events that this process's own code has logged; of one kind if `event` names it."""
    found: list[Line] = [record.msg for record in caplog.records if isinstance(record.msg, dict)]
    return [line for line in found if event in ("", line["event"])]


def lines_of(output: bytes) -> list[Line]:
    """The lines of a process that logs as JSON: each of them must be an object."""
    lines = [json.loads(line) for line in output.decode().splitlines() if line]
    assert all(isinstance(line, dict) for line in lines)
    return lines
