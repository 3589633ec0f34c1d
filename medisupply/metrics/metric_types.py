"""What a metric is: declared as data, and one of prometheus_client's only in processes that start it.

Elsewhere, nothing is counted and the library is not loaded. Tests hold dashboards, rules and the operators' page
against the declarations.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

# Every label's values are a small closed set: no identifier, name or path from outside.
LabelValues = tuple[str, ...]
# Of a metric without labels, and of one whose values are not known beforehand.
ONLY: Final[tuple[LabelValues, ...]] = ((),)
NONE_KNOWN: Final[tuple[LabelValues, ...]] = ()


@dataclass(frozen=True)
class Metric:
    """`known` are values of the labels that are there, with 0, before the first event: a rise from 0 is seen."""

    name: str
    help: str
    labels: tuple[str, ...] = ()
    known: tuple[LabelValues, ...] = ONLY

    def start(self) -> None:
        """Count it in this process from now on, and show the known values."""
        raise NotImplementedError


@dataclass(frozen=True)
class Count(Metric):
    """Events that this process counts. Prometheus sees `name` with ``_total`` at its end."""

    def add(self, *values: str, amount: float = 1) -> None:
        if counter := _started.get(self.name):
            _with(counter, values).inc(amount)

    def start(self) -> None:
        from prometheus_client import Counter

        _start(self, lambda: Counter(self.name, self.help, self.labels))


@dataclass(frozen=True)
class Durations(Metric):
    """Seconds that something took, counted up to each of `buckets`."""

    buckets: tuple[float, ...] = ()

    def observe(self, seconds: float, *values: str) -> None:
        if histogram := _started.get(self.name):
            _with(histogram, values).observe(seconds)

    def start(self) -> None:
        from prometheus_client import Histogram

        _start(self, lambda: Histogram(self.name, self.help, self.labels, buckets=self.buckets))


@dataclass(frozen=True)
class Reading(Metric):
    """A figure that is read from a service when Prometheus asks."""


# prometheus_client's metric of each one that was started, by its name.
_started: Final[dict[str, Any]] = {}


def _start(metric: Metric, make: Callable[[], Any]) -> None:
    if metric.name not in _started:
        _started[metric.name] = make()
        for values in metric.known:
            _with(_started[metric.name], values)


def _with(made: Any, values: LabelValues) -> Any:
    return made.labels(*values) if values else made
