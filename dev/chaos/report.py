"""What a run came to: counts, and every difference between what is and what the oracle says."""

from __future__ import annotations

import threading
from collections import Counter, defaultdict
from typing import Final

# Examples of each kind of difference that are printed.
EXAMPLES: Final = 4


class Report:
    """Clients add to it from their threads."""

    def __init__(self) -> None:
        self.counts: Counter[str] = Counter()
        self.unanswered: Counter[int] = Counter()
        self.differences: Counter[str] = Counter()
        self.examples: defaultdict[str, list[str]] = defaultdict(list)
        self.memory: list[dict[str, float]] = []
        self._lock = threading.Lock()

    def add(self, **counts: int) -> None:
        with self._lock:
            self.counts.update(counts)

    def add_unanswered(self, status: int) -> None:
        """A request without an answer (0) or with one that says nothing (429, 5xx)."""
        with self._lock:
            self.unanswered[status] += 1

    def differ(self, kind: str, example: str, count: int = 1) -> None:
        with self._lock:
            self.differences[kind] += count
            if len(self.examples[kind]) < EXAMPLES:
                self.examples[kind].append(example)

    def text(self, faults: Counter[str]) -> str:
        """The report as it is printed."""
        lines = [" · ".join(f"{name.replace('_', ' ')}: {count}" for name, count in self.counts.items())]
        lines.append(f"requests without an answer: {dict(self.unanswered)} (0: none at all)")
        lines.append(f"faults: {faults.total()}")
        lines += [f"  {count:4} {name}" for name, count in sorted(faults.items())]
        if self.memory:
            lines += [f"memory, {name}: {self._growth(name)}" for name in self.memory[0]]
        lines.append(f"differences: {self.differences.total()}")
        for kind, count in self.differences.most_common():
            lines.append(f"  {count:4} {kind}")
            lines += [f"         {example}" for example in self.examples[kind]]
        return "\n".join(lines)

    def _growth(self, name: str) -> str:
        sizes = [sample[name] for sample in self.memory]
        return f"{sizes[0]:.0f} MB at the start, {sizes[-1]:.0f} MB at the end, {max(sizes):.0f} MB at most"
