"""What a catalogue must look like after any sequence of imports, plans, applications, edits, deletions and undos.

Plain dictionaries and the rules in words, one row after another: nothing of the product's own code.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any, NamedTuple

# Of `FIELDS`.
Values = tuple[str, str, str, str]
FIELDS = ("codigo", "nombre", "precio_unitario", "categoria_id")


class Row(NamedTuple):
    """A row of a file."""

    id: str
    codigo: str
    nombre: str
    precio_unitario: str
    categoria: str

    def values(self) -> Values:
        return (self.codigo, self.nombre, self.precio_unitario, self.categoria)


@dataclass(frozen=True)
class Item:
    """A product. `by` is the upload that changed it last, `None` for a person."""

    codigo: str
    nombre: str
    precio_unitario: str
    categoria: str
    by: Any
    version: int = 1

    def values(self) -> Values:
        return (self.codigo, self.nombre, self.precio_unitario, self.categoria)


@dataclass
class Done:
    """What an upload did, in order: the id, and the item before (`None`: it was created); the categories it created."""

    steps: list[tuple[str, Item | None]] = field(default_factory=list)
    categories: set[str] = field(default_factory=set)


# What would become of a row: what it does, to which item, from which version and values to which values.
Outcome = tuple[Any, ...]


class Model:
    def __init__(self) -> None:
        self.items: dict[str, Item] = {}
        self.done: dict[Any, Done] = {}
        # The categories there are, and whether a person has approved them.
        self.categories: dict[str, bool] = {}

    def catalogue(self) -> dict[str, tuple[str, ...]]:
        return {key: item.values() for key, item in self.items.items()}

    def outcome(self, row: Row, *, replacing: bool) -> Outcome:
        """What an import would do with the row now."""
        match = self.items.get(row.id)
        holder = next((key for key, item in self.items.items() if item.codigo == row.codigo), None)
        if match is None and holder is None:
            return ("created", row.id)
        if (match and holder not in (None, row.id)) or not replacing:
            return ("rejected",)
        key = row.id if match else holder
        assert key is not None
        before = self.items[key]
        after = row.values()
        if before.values() == after:
            return ("unchanged",)
        changed = tuple((old, new) for old, new in zip(before.values(), after, strict=True) if old != new)
        return ("updated", key, before.version, changed)

    def write(self, row: Row, outcome: Outcome, upload: Any) -> None:
        """Do what `outcome` says."""
        kind, *rest = outcome
        values = row.values()
        if kind in ("created", "updated") and row.categoria not in self.categories:
            self.categories[row.categoria] = False
            self.done[upload].categories.add(row.categoria)
        if kind == "created":
            self.items[row.id] = Item(*values, by=upload)
            self.done[upload].steps.append((row.id, None))
        elif kind == "updated":
            before = self.items[rest[0]]
            self.items[rest[0]] = Item(*values, by=upload, version=before.version + 1)
            self.done[upload].steps.append((rest[0], before))

    def run(
        self, rows: list[Row], upload: Any, *, replacing: bool, plan: list[Outcome] | None = None
    ) -> dict[str, int]:
        """Import the rows, or apply the plan of them; returns how many there were of each outcome."""
        self.done[upload] = Done()
        counts = dict.fromkeys(("created", "updated", "unchanged", "rejected"), 0)
        for number, row in enumerate(rows):
            outcome = self.outcome(row, replacing=replacing)
            if plan is not None and plan[number] != outcome:
                outcome = ("rejected",)
            self.write(row, outcome, upload)
            counts[outcome[0]] += 1
        return counts

    def plan(self, rows: list[Row], *, replacing: bool) -> list[Outcome]:
        """What an import would do, row by row."""
        copy = Model()
        copy.items, copy.done, copy.categories = dict(self.items), {"plan": Done()}, dict(self.categories)
        outcomes = []
        for row in rows:
            outcomes.append(copy.outcome(row, replacing=replacing))
            copy.write(row, outcomes[-1], "plan")
        return outcomes

    def edit(self, key: str, **values: str) -> None:
        item = self.items[key]
        self.items[key] = replace(item, **values, by=None, version=item.version + 1)

    def undo(self, upload: Any) -> tuple[int, int]:
        """Returns how many items were taken back and how many were kept."""
        taken = kept = 0
        seen: set[str] = set()
        for key, _before in reversed(self.done[upload].steps):
            if key in seen:  # a later step of the same upload has dealt with it
                continue
            seen.add(key)
            item = self.items.get(key)
            first = next(old for step, old in self.done[upload].steps if step == key)
            holders = {other.codigo for name, other in self.items.items() if name != key}
            if item is None or item.by != upload or (first and first.codigo in holders):
                kept += 1
            elif first is None:
                del self.items[key]
                taken += 1
            else:
                self.items[key] = replace(first, version=item.version + 1)
                self.categories.setdefault(first.categoria, False)
                taken += 1
        used = {item.categoria for item in self.items.values()}
        for name in self.done[upload].categories - used:
            if self.categories.get(name) is False:
                del self.categories[name]
        return taken, kept
