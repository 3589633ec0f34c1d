"""Rows per minute as a plot, drawn on the server: SVG for a page that runs no script."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import ceil, log10
from typing import Final

from django.contrib.humanize.templatetags.humanize import intcomma
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

# In units of the drawing, which is as wide as the page.
WIDTH: Final = 720
HEIGHT: Final = 160
# Room for the numbers on the left, for half of the topmost one, and for the times below.
LEFT: Final = 64
ABOVE: Final = 10
BELOW: Final = 20
TIMES: Final = 5


@dataclass(frozen=True, slots=True)
class Bar:
    x: float
    y: float
    height: float


@dataclass(frozen=True, slots=True)
class Mark:
    """A number or time beside an axis, at `place` on it."""

    place: float
    text: str


@dataclass(frozen=True, slots=True)
class RowsPlot:
    """A bar for each minute that had rows; `title` says it in words. `number_end` is where the numbers end."""

    bars: list[Bar]
    bar_width: float
    rows: list[Mark]
    times: list[Mark]
    title: str
    width: int = WIDTH
    height: int = ABOVE + HEIGHT + BELOW
    left: int = LEFT
    number_end: int = LEFT - 6


def rows_plot(per_minute: Sequence[float], now: datetime) -> RowsPlot:
    """The plot of the rows of each minute, the oldest first; the last one is `now`'s."""
    most = _round_up(max(per_minute, default=0.0))
    step = (WIDTH - LEFT) / max(len(per_minute), 1)
    bars = [
        Bar(round(LEFT + index * step, 1), round(ABOVE + HEIGHT * (1 - rows / most), 1), round(HEIGHT * rows / most, 1))
        for index, rows in enumerate(per_minute)
        if rows >= 0.5
    ]
    rows = [Mark(round(ABOVE + HEIGHT * (1 - part / 2), 1), intcomma(round(most * part / 2))) for part in range(3)]
    gap = len(per_minute) / (TIMES - 1)
    times = [
        Mark(round(LEFT + index * gap * step, 1), _clock(now, len(per_minute) - index * gap)) for index in range(TIMES)
    ]
    return RowsPlot(
        bars,
        round(max(step - 1, 0.5), 1),
        rows,
        times,
        _title(per_minute),
    )


def _title(per_minute: Sequence[float]) -> str:
    text = _(
        "Filas por minuto en los últimos %(minutes)s minutos: %(peak)s como máximo, %(last)s en el último minuto "
        "completo"
    )
    peak, last = max(per_minute, default=0.0), per_minute[-2] if len(per_minute) > 1 else 0.0
    return text % {"minutes": len(per_minute), "peak": intcomma(round(peak)), "last": intcomma(round(last))}


def _clock(now: datetime, minutes_ago: float) -> str:
    return localtime(now - timedelta(minutes=minutes_ago)).strftime("%H:%M")


def _round_up(most: float) -> int:
    """The end of the axis: 1, 2 or 5 times a power of ten, not below `most`."""
    power = int(10 ** max(0, ceil(log10(max(most, 1))) - 1))
    return next(factor * power for factor in (2, 5, 10, 20) if factor * power >= most)
