"""The history of one row of a model: what is kept of it, as far as it is about this row and its owner."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from bulk_upload.history.edits import Changes, target_for, values_of
from bulk_upload.history.events import Event, RowEvents, Source
from bulk_upload.models import EditAction, ImportedModel


@dataclass(frozen=True, slots=True)
class History:
    """The newest event first. `missing` is how many changes of the row are no longer kept, or never were."""

    events: list[Event]
    missing: int

    def of_field(self, name: str) -> list[Event]:
        """The events that touched a field, or may have: each with the change of this field alone."""
        return [_only(event, name) for event in self.events if _touches(event, name)]

    def origin(self, name: str, value: Any) -> Event | None:
        """What gave a field the `value` that it has, as JSON keeps it; `None` where that is not known."""
        for event in self.of_field(name):
            if event.action == EditAction.REMOVED:
                return None
            if not event.changes or event.changes[name][1] == value:
                return event
        return None


def history_of(row: ImportedModel) -> History:
    """A few queries, however long the history is."""
    events = RowEvents(target_for(type(row)), row)
    found = list(_of_owner(events))
    life = _present(found)
    if life and _gives_owner(events, life[-1]):
        return History(found, 0)
    if not life or life[-1].action != EditAction.CREATED:
        unknown = Event(row.created_at, Source.UNKNOWN, EditAction.CREATED, {})
        found.insert(len(life), unknown)
        life.append(unknown)
    missing = max(0, row.version - len(life))
    if not missing and not life[-1].changes and all(event.changes is not None for event in life):
        found[len(life) - 1] = replace(life[-1], changes=_first_values(row, life))
    return History(found, missing)


def _of_owner(events: RowEvents) -> Iterator[Event]:
    """Until what is, or may be, about the row of somebody else."""
    after_creation = False
    for event in events.all():
        is_removal = event.action == EditAction.REMOVED
        if (after_creation and not is_removal) or (is_removal and not _was_ours(events, event)):
            return
        if _gives_owner(events, event):
            name = events.target.declared.owner
            yield replace(event, changes={**(event.changes or {}), name: (None, events.owner)})
            return
        yield event
        after_creation = event.action == EditAction.CREATED


def _was_ours(events: RowEvents, removal: Event) -> bool:
    """Whether the removed row had the same owner, as far as that is known: of a lot that a person removed it is not."""
    if removal.source == Source.UNDO or events.owner is None:
        return True
    owner, _none = (removal.changes or {}).get(events.target.declared.owner, (None, None))
    return bool(owner == events.owner)


def _gives_owner(events: RowEvents, event: Event) -> bool:
    """Whether the row became the owner's by a change: what was before is another one's."""
    return event.action == EditAction.CHANGED and events.target.declared.owner in (event.changes or {})


def _present(events: list[Event]) -> list[Event]:
    """Those of the row as it is, back to its creation as far as that is known."""
    life: list[Event] = []
    for event in events:
        if event.action == EditAction.REMOVED:
            break
        life.append(event)
        if event.action == EditAction.CREATED:
            break
    return life


def _first_values(row: ImportedModel, life: list[Event]) -> Changes:
    """What the row was created with: its values now, with each change taken back."""
    values = values_of(row)
    for event in life[:-1]:
        values |= {name: old for name, (old, _new) in (event.changes or {}).items() if name in values}
    return {name: (None, value) for name, value in values.items()}


def _touches(event: Event, name: str) -> bool:
    return event.changes is None or name in event.changes or event.action != EditAction.CHANGED


def _only(event: Event, name: str) -> Event:
    changes = event.changes
    return event if changes is None else replace(event, changes={name: changes[name]} if name in changes else {})
