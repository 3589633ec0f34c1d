"""Which rows of the model an upload created, or an undo removed: a record for each chunk, not for each row."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import chain
from typing import Any, Self

from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.utils.translation import gettext_lazy as _

from bulk_upload.models.upload import BulkUpload

# A key of the sheet: its value, or a list of values.
StoredKey = Any


class ChunkRows(models.Model):
    """The keys of a chunk's rows, in the order of the file, and the rows of the file that they stand in."""

    pk = models.CompositePrimaryKey("upload_id", "first_row")
    # As `RowChange.upload`.
    upload = models.ForeignKey(
        BulkUpload, models.CASCADE, related_name="chunk_rows", db_index=False, db_constraint=False
    )
    first_row = models.PositiveIntegerField(_("primera fila"))
    # ``[[first row, how many]]``: rows of a file most often stand one after another.
    runs = models.JSONField(_("tramos de filas"))
    keys = models.JSONField(_("claves"), encoder=DjangoJSONEncoder)

    class Meta:
        verbose_name = _("filas de un bloque")
        verbose_name_plural = _("filas de bloques")
        ordering = ["first_row"]

    def __str__(self) -> str:
        return f"{self.first_row}: {len(self.keys)}"

    @classmethod
    def of(cls, upload: BulkUpload, rows: Sequence[int], keys: Sequence[StoredKey]) -> Self:
        """`rows` are in ascending order, one for each of `keys`."""
        runs: list[list[int]] = []
        if rows[-1] - rows[0] == len(rows) - 1:
            runs = [[rows[0], len(rows)]]
        else:
            for row in rows:
                if runs and row == sum(runs[-1]):
                    runs[-1][1] += 1
                else:
                    runs.append([row, 1])
        return cls(upload=upload, first_row=rows[0], runs=runs, keys=list(keys))

    def pairs(self) -> Iterator[tuple[int, StoredKey]]:
        """Row of the file and key of the model's row, in the order of the file."""
        rows = chain.from_iterable(range(first, first + count) for first, count in self.runs)
        return zip(rows, self.keys, strict=True)
