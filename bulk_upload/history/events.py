"""What is kept of one row of a model: by people, by files, by undos. A query for each kind, however much there is."""

from __future__ import annotations

import json
import uuid
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from django.db import connection
from django.db.models import QuerySet, TextChoices
from django.utils.translation import gettext_lazy as _

from bulk_upload.history.edits import Changes, key_text_of
from bulk_upload.importing.mapping.stored_values import encode
from bulk_upload.importing.mapping.target import Target
from bulk_upload.models import (
    BulkUpload,
    ChunkRows,
    EditAction,
    EditSource,
    ImportedModel,
    Operation,
    RowChange,
    RowEdit,
)

# Entries of each kind that are looked at, the newest: a list a day for five years.
MOST: Final = 2000
LARGE: Final = ("productos_creados", "productos_actualizados")


class Source(TextChoices):
    FILE = "file", _("Archivo")
    UNDO = "undo", _("Carga deshecha")
    ADMIN = EditSource.ADMIN.value, EditSource.ADMIN.label
    API = EditSource.API.value, EditSource.API.label
    SYSTEM = EditSource.SYSTEM.value, EditSource.SYSTEM.label
    UNKNOWN = "unknown", _("No se sabe")


@dataclass(frozen=True, slots=True)
class Event:
    """Something that became of the row. `changes` is `None` of a change whose values are no longer kept.

    Of what a file did: its upload, `None` where that is no longer kept, and the row of the file, if that is known.
    `moment` is that of the change itself where it is known, else the end of the upload.
    """

    moment: datetime
    source: Source
    action: EditAction
    changes: Changes | None
    username: str = ""
    task_id: uuid.UUID | None = None
    upload: BulkUpload | None = None
    fila: int | None = None
    # Of a row that was removed: what had created it.
    created_by: uuid.UUID | None = None

    @property
    def place(self) -> tuple[datetime, bool, int]:
        """In the order of events. Of what is of the same moment, a person's change followed the file's."""
        return self.moment, self.upload is None, self.fila or 0


@dataclass
class RowEvents:
    """The events of one row."""

    target: Target
    row: ImportedModel
    owner: Any = field(init=False)
    key: str = field(init=False)

    def __post_init__(self) -> None:
        self.owner, self.key = owner_of(self.target, self.row), key_text_of(self.target, self.row)

    def all(self) -> list[Event]:
        """The newest first, also those of earlier rows with the same key."""
        edits, removals = self._edits(), self._removals()
        events = [*edits, *self._changes(edits), *removals]
        before = [event.created_by for event in events]
        authors = [key for key in (*before, self.row.created_by_upload, self.row.changed_by_upload) if key]
        known = self._uploads(authors)
        events += self._creations(known) + self._last_change(events, known)
        return sorted(events, key=lambda event: event.place, reverse=True)

    def _edits(self) -> list[Event]:
        edits = RowEdit.objects.filter(sheet_name=self.target.sheet.name, producto=self.key).order_by("-moment", "-pk")
        return [
            Event(
                edit.moment,
                Source(edit.source),
                EditAction(edit.action),
                _pairs(edit.cambios),
                edit.username,
                created_by=edit.creado_por,
            )
            for edit in edits[:MOST]
        ]

    def _changes(self, edits: list[Event]) -> list[Event]:
        changes = (
            RowChange.objects.filter(producto=self.key, **self._theirs("upload__"))
            .select_related("upload__created_by")
            .defer(*(f"upload__{name}" for name in LARGE))
            .order_by("-upload__number", "-fila")
        )
        events, seen = [], set[uuid.UUID]()
        for change in changes[:MOST]:
            upload, pairs = change.upload, _pairs(change.cambios)
            is_last = upload.number == self.row.change_number and upload.pk not in seen
            moment = self.row.updated_at if is_last else _before_edits(upload, pairs, edits)
            events.append(self._by_file(upload, EditAction.CHANGED, pairs, change.fila, moment))
            seen.add(upload.pk)
        return events

    def _removals(self) -> list[Event]:
        """What undos removed: earlier rows with this key."""
        undos = self._theirs("upload__") | {"upload__operation": Operation.UNDO}
        rows = ChunkRows.objects.filter(**undos).select_related("upload__created_by")
        return [
            self._by_file(
                chunk.upload, EditAction.REMOVED, {}, fila, _end(chunk.upload), created_by=chunk.upload.based_on_id
            )
            for chunk, fila in self._chunks(rows.defer(*(f"upload__{name}" for name in LARGE)))
        ]

    def _creations(self, uploads: Mapping[uuid.UUID, BulkUpload]) -> list[Event]:
        """What files created: this row, and earlier ones with its key."""
        rows = ChunkRows.objects.filter(upload__in=uploads).exclude(upload__operation=Operation.UNDO)
        found = {chunk.upload_id: fila for chunk, fila in self._chunks(rows)}
        author = self.row.created_by_upload
        events = [
            self._by_file(uploads[key], EditAction.CREATED, {}, fila, _end(uploads[key]))
            for key, fila in found.items()
            if key != author
        ]
        if author:
            moment, upload = self.row.created_at, uploads.get(author)
            events.append(
                Event(moment, Source.FILE, EditAction.CREATED, {}, _name(upload), author, upload, found.get(author))
            )
        return events

    def _uploads(self, keys: Collection[uuid.UUID]) -> dict[uuid.UUID, BulkUpload]:
        uploads = BulkUpload.objects.filter(pk__in=keys, **self._theirs()).select_related("created_by")
        return {upload.pk: upload for upload in uploads.defer(*LARGE)} if keys else {}

    def _theirs(self, prefix: str = "") -> dict[str, Any]:
        """Uploads of this sheet by the row's owner: another one may have had a row with this key."""
        return {f"{prefix}sheet_name": self.target.sheet.name, f"{prefix}proveedor_id": self.owner}

    def _chunks(self, rows: QuerySet[ChunkRows]) -> Iterator[tuple[ChunkRows, int]]:
        """The chunks that have the row's key, each with the row of the file."""
        key = self.target.key_of(tuple(getattr(self.row, name) for name in self.target.fields))
        wanted = json.loads(encode(key))
        if connection.features.supports_json_field_contains:
            rows = rows.filter(keys__contains=[wanted])
        for chunk in rows.iterator(10):
            yield from ((chunk, fila) for fila, stored in chunk.pairs() if stored == wanted)

    def _last_change(self, events: list[Event], uploads: Mapping[uuid.UUID, BulkUpload]) -> list[Event]:
        """That of the upload which the row names, where its values are no longer kept."""
        author = self.row.changed_by_upload
        if author is None or author == self.row.created_by_upload or author in {event.task_id for event in events}:
            return []
        upload = uploads.get(author)
        return [self._by_file(upload, EditAction.CHANGED, None, None, _end(upload))] if upload else []

    def _by_file(
        self,
        upload: BulkUpload,
        action: EditAction,
        changes: Changes | None,
        fila: int | None,
        moment: datetime,
        created_by: uuid.UUID | None = None,
    ) -> Event:
        source = Source.UNDO if upload.operation == Operation.UNDO else Source.FILE
        return Event(moment, source, action, changes, _name(upload), upload.pk, upload, fila, created_by)


def owner_of(target: Target, row: ImportedModel) -> Any:
    """Whose the row is, by itself or by what it refers to; `None` where rows are nobody's own."""
    if target.owner:
        return getattr(row, target.owner)
    for place, name in zip(target.places, target.names, strict=True):
        if place.reference and place.reference.owned:
            return getattr(getattr(row, name), place.reference.owner)
    return None


def _before_edits(upload: BulkUpload, changes: Changes, edits: list[Event]) -> datetime:
    """The end of the upload; sooner where a person has changed what it wrote before it ended."""
    began, end = upload.started_at or upload.created_at, _end(upload)
    written = {(name, new) for name, (_before, new) in changes.items()}
    following = [
        edit.moment
        for edit in edits
        if began <= edit.moment <= end
        and any((name, old) in written for name, (old, _new) in (edit.changes or {}).items())
    ]
    return min(following, default=end)


def _pairs(cambios: Mapping[str, Any]) -> Changes:
    return {name: (old, new) for name, (old, new) in cambios.items()}


def _end(upload: BulkUpload) -> datetime:
    return upload.completed_at or upload.updated_at


def _name(upload: BulkUpload | None) -> str:
    return upload.created_by.get_username() if upload and upload.created_by else ""
