"""What an upload did, from the end of its file to the beginning, in slices of one transaction each."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from bulk_upload.models import BulkUpload

FIELDS = ("fila", "producto", "registro", "cambios", "cambiado_antes_por")


class KeptChange(NamedTuple):
    """A `RowChange`; `pk` is the text of the changed row's primary key."""

    fila: int
    key: str
    pk: str
    cambios: Mapping[str, Sequence[Any]]
    previous: uuid.UUID | None


@dataclass(frozen=True, slots=True)
class Slice:
    """The rows of the file from `first` on that are next: what they created, and what they changed, last one first."""

    first: int
    created: list[tuple[int, Any]]
    changes: list[KeptChange]


class Account:
    """What one upload did."""

    def __init__(self, upload: BulkUpload) -> None:
        self._upload = upload
        # Rows of the model that several rows of the file changed, one after another: by primary key, last one first.
        self._chains: dict[str, list[KeptChange]] = {}
        again = upload.row_changes.filter(cambiado_antes_por=upload.pk)
        for key in set(again.values_list("producto", flat=True)):
            for change in self._changes(producto=key):
                self._chains.setdefault(change.pk, []).append(change)

    def total(self) -> int:
        """Rows of the model to take back. What several rows of the file did to one row in turn is one."""
        created = sum(len(keys) for keys in self._upload.chunk_rows.values_list("keys", flat=True).iterator(100))
        return created + self._upload.row_changes.exclude(cambiado_antes_por=self._upload.pk).count()

    def end(self) -> int:
        """The number of the row after the last one that did anything."""
        change = self._upload.row_changes.order_by("-fila").values_list("fila", flat=True).first() or 0
        chunk = self._upload.chunk_rows.order_by("-first_row").first()
        created = max((fila for fila, _ in chunk.pairs()), default=0) if chunk else 0
        return max(change, created) + 1

    def before(self, row: int, size: int) -> Slice:
        """The slice of the rows before `row`, of about `size` rows. At the beginning of the file its `first` is 1."""
        changes = self._changes(size, fila__lt=row)
        first = changes[-1].fila if len(changes) == size else 1
        chunk = self._upload.chunk_rows.filter(first_row__lt=row).order_by("-first_row").first()
        first = max(first, chunk.first_row) if chunk else first
        created = [pair for pair in chunk.pairs() if first <= pair[0] < row] if chunk else []
        heads = [change for change in changes if change.fila >= first and not self._is_followed(change)]
        return Slice(first, created, heads)

    def chain(self, change: KeptChange) -> list[KeptChange]:
        """`change`, and those of this upload right before it that it followed, last one first."""
        links = [change]
        for earlier in self._chains.get(change.pk, ()):
            if earlier.fila < links[-1].fila and links[-1].previous == self._upload.pk:
                links.append(earlier)
        return links

    def _is_followed(self, change: KeptChange) -> bool:
        """Whether a later row of the file changed the same row of the model, and nobody did in between."""
        later = [other for other in self._chains.get(change.pk, ()) if other.fila > change.fila]
        return bool(later) and later[-1].previous == self._upload.pk

    def _changes(self, most: int | None = None, **wanted: Any) -> list[KeptChange]:
        rows = self._upload.row_changes.filter(**wanted).order_by("-fila").values_list(*FIELDS)
        return [KeptChange(row, key, pk or key, cells, by) for row, key, pk, cells, by in rows[:most]]
