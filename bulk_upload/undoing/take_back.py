"""One slice of an undo: what nobody has changed since is as it was before, all else is kept and says why."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from django.db import DataError, IntegrityError, transaction
from structlog.stdlib import get_logger

from bulk_upload.importing.mapping.missing_references import create_missing, missing_names
from bulk_upload.importing.mapping.stored_values import decoded, decoded_key
from bulk_upload.importing.mapping.target import Key, Target, Values
from bulk_upload.importing.matching import existing_rows
from bulk_upload.importing.matching.decision_types import Change, Decisions, Known
from bulk_upload.importing.postgresql import lookups as lookups  # any_of
from bulk_upload.importing.writing import writer
from bulk_upload.importing.writing.author import Author
from bulk_upload.importing.writing.copy_writer import nothing
from bulk_upload.models import BulkUpload
from bulk_upload.undoing.references import referring
from bulk_upload.undoing.slices import Account, KeptChange, Slice

log = get_logger(__name__)


class Kept(NamedTuple):
    """What was not taken back. `who` is what has changed it since, or what refers to it."""

    fila: int
    key: str
    code: str
    who: Any = None


class Removal(NamedTuple):
    """A row that the upload created; `pk` is its primary key."""

    fila: int
    key: Key
    pk: Any


class Restored(NamedTuple):
    """A row that the upload changed, as it is now and as it was before; `previous` had changed it then."""

    change: KeptChange
    known: Known
    values: Values
    previous: Any

    @property
    def fila(self) -> int:
        return self.change.fila


@dataclass(slots=True)
class TakenBack:
    """What became of a slice."""

    removed: list[Removal] = field(default_factory=list)
    restored: list[Restored] = field(default_factory=list)
    kept: list[Kept] = field(default_factory=list)


class SliceUndo:
    """Takes back one slice of what an upload did. Needs a transaction."""

    def __init__(self, target: Target, undo: BulkUpload, original: BulkUpload, account: Account) -> None:
        self._target = target
        self._undo = undo
        self._original = original
        self._account = account
        self._names = {name: place for place, name in enumerate(target.names)}
        # The uploads that changed the slice's rows last, by primary key; the rows are locked.
        self._authors: Mapping[Any, uuid.UUID | None] = {}
        self.done = TakenBack()

    def run(self, part: Slice) -> TakenBack:
        """Take back what nobody has changed since. In the opposite order of the import: new rows go first."""
        created = self._created({decoded_key(self._target, stored): fila for fila, stored in part.created})
        changed = {self._pk(change) for change in part.changes}
        # All in one query: see there. The values are needed of those that get other ones.
        self._authors = existing_rows.lock(self._target, changed.union(one.pk for one in created))
        removals = self._removals(created)
        restores = self._restores(part.changes, existing_rows.of_pks(self._target, changed))
        try:
            with transaction.atomic():
                self._write(removals, restores)
        except (IntegrityError, DataError) as error:
            log.info("Rows are taken back one by one", first_row=part.first, error=error)
            self._one_by_one(removals, restores)
        return self.done

    def _created(self, keys: Mapping[Key, int]) -> list[Removal]:
        """The rows that have these keys; those that are no longer there are noted."""
        if self._target.key == (self._target.pk_place,):
            return [Removal(fila, key, key) for key, fila in keys.items()]
        known = existing_rows.find_keys(self._target, list(keys))
        self.done.kept += [
            Kept(fila, self._text(key), "kept_removed") for key, fila in keys.items() if key not in known
        ]
        return [Removal(fila, key, known[key].pk) for key, fila in keys.items() if key in known]

    def _removals(self, created: Sequence[Removal]) -> list[Removal]:
        free = [one for one in created if self._is_ours(one.pk, one.fila, self._text(one.key))]
        referred = referring(self._target.model, [removal.pk for removal in free])
        self.done.kept += [
            Kept(removal.fila, self._text(removal.key), "kept_referenced", referred[removal.pk])
            for removal in free
            if removal.pk in referred
        ]
        return [removal for removal in free if removal.pk not in referred]

    def _restores(self, changes: Sequence[KeptChange], known: Mapping[Any, Known]) -> list[Restored]:
        restores = []
        for change in changes:
            pk = self._pk(change)
            if self._is_ours(pk, change.fila, change.key):
                chain, row = self._account.chain(change), known[pk]
                values = list(row.values)
                for link in chain:
                    self._put_back(values, link)
                restores.append(Restored(change, row, tuple(values), chain[-1].previous))
        return restores

    def _put_back(self, values: list[Any], change: KeptChange) -> None:
        for name, (old, _new) in change.cambios.items():
            if (place := self._names.get(name)) is not None:  # a column of an earlier release may be gone
                values[place] = decoded(self._target.kinds[place], old)

    def _is_ours(self, pk: Any, fila: int, key: str) -> bool:
        """Whether the row is still as the upload left it; if not, why it is kept is noted."""
        if pk not in self._authors:
            self.done.kept.append(Kept(fila, key, "kept_removed"))
        elif self._authors[pk] != self._original.pk:
            self.done.kept.append(Kept(fila, key, "kept_changed", self._authors[pk]))
        else:
            return True
        return False

    def _one_by_one(self, removals: Sequence[Removal], restores: Sequence[Restored]) -> None:
        """In the opposite order of the file: what one row frees, such as a unique code, an earlier one takes back."""
        rows: list[Removal | Restored] = [*removals, *restores]
        for row in sorted(rows, key=lambda row: row.fila, reverse=True):
            one: tuple[list[Removal], list[Restored]] = ([row], []) if isinstance(row, Removal) else ([], [row])
            try:
                with transaction.atomic():
                    self._write(*one)
            except (IntegrityError, DataError) as error:
                log.info("A row is not taken back", row=row.fila, error=error)
                key = self._text(row.key) if isinstance(row, Removal) else row.change.key
                self.done.kept.append(Kept(row.fila, key, "kept_refused"))

    def _write(self, removals: Sequence[Removal], restores: Sequence[Restored]) -> None:
        self._remove(removals)
        by_author: dict[Any, list[Restored]] = defaultdict(list)
        for restored in restores:
            by_author[restored.previous].append(restored)
        self._create_missing(restores)
        for previous, some in by_author.items():
            updates = {self._target.key_of(one.values): _next(one, self._undo.number) for one in some}
            author = Author(self._undo.proveedor_id, previous, self._undo.number)
            writer.write(self._target, Decisions(updates=updates), author, nothing)
        self.done.removed += removals
        self.done.restored += restores

    def _create_missing(self, restores: Sequence[Restored]) -> None:
        """What a row referred to before may have been removed by the undo of the upload that created it on the way."""
        if (number := self._target.created_place) is None:
            return
        before = {one.values[number] for one in restores if one.values[number] != one.known.values[number]} - {None}
        place = self._target.places[number]
        if missing := missing_names(place, before):  # type: ignore[arg-type]  # None was taken out
            create_missing(place, missing)

    def _remove(self, removals: Sequence[Removal]) -> None:
        """Without Django's look at what refers to them, which was done: the database would refuse."""
        if removals:
            rows = self._target.model._default_manager.filter(pk__any_of={removal.pk for removal in removals})
            rows._raw_delete(rows.db)

    def _pk(self, change: KeptChange) -> Any:
        return self._target.model._meta.pk.to_python(change.pk)

    def _text(self, key: Key) -> str:
        return self._target.text_of_key(key)


def differences(target: Target, restored: Iterable[Restored]) -> list[Change]:
    """What restoring changed, as an import's changes."""
    return [Change(one.change.fila, one.known.values, one.values) for one in restored]


def _next(one: Restored, number: int) -> Known:
    return Known(one.known.pk, one.known.owner, one.known.version + 1, number, one.values)
