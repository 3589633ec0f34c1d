"""Shifts the clock of a Python process by `CLOCK_SHIFT_SECONDS`, when this folder is on its PYTHONPATH."""

from __future__ import annotations

import os
import time
from datetime import datetime, timedelta

from django.utils import timezone

_shift = float(os.environ.get("CLOCK_SHIFT_SECONDS") or 0)
_time, _now = time.time, timezone.now


def _shifted_time() -> float:
    return _time() + _shift


def _shifted_now() -> datetime:
    return _now() + timedelta(seconds=_shift)


if _shift:
    time.time = _shifted_time
    timezone.now = _shifted_now
