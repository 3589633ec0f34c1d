"""What a look finds: differences with what mends them, and notes. The texts are Spanish, for operators."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils import timezone

from bulk_upload.models import BulkUpload, PreparedFile


@dataclass(frozen=True, slots=True)
class Kind:
    """`title` names many of them; `repair` says what a repair does, `repaired` what it has done.

    Where nothing mends it, `advice` says what a person can do.
    """

    title: str
    repair: str = ""
    repaired: str = ""
    advice: str = ""


@dataclass(frozen=True, slots=True)
class Difference:
    """`text` says what does not agree and what it means. `mend` returns whether it is mended now."""

    kind: Kind
    text: str
    mend: Callable[[], bool] | None = None


@dataclass(frozen=True, slots=True)
class Note:
    """What was looked at."""

    text: str


@dataclass(frozen=True, slots=True)
class Scope:
    """How much is looked at: uploads and files of the last `days`, or all; with `deep` also the files' content."""

    days: int | None = None
    deep: bool = False

    @property
    def since(self) -> datetime | None:
        return None if self.days is None else timezone.now() - timedelta(days=self.days)


Found = Iterator[Difference | Note]


def named(upload: BulkUpload) -> str:
    """The upload, as a line begins with it."""
    status = upload.get_status_display().lower()
    return f"La carga {upload.pk} ({upload.queue_group}, «{upload.filename}», {status})"


def named_file(file: PreparedFile) -> str:
    return f"El archivo preparado {file.pk} de la carga {file.upload_id}"
