"""The queues beside what has not ended: messages of nothing, and work without a message."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Iterable, Iterator
from datetime import datetime
from functools import partial
from typing import Final

from bulk_upload import queue
from bulk_upload.consistency.differences import Difference, Found, Kind, Note, Scope
from bulk_upload.consistency.unpublished import Unpublished
from bulk_upload.models import FINAL, BulkUpload, PreparedFile, Status
from bulk_upload.queue_look import QueueLook, Seen
from medisupply.backends.database import database_now

LOST: Final = "Pida al proveedor que envíe el archivo otra vez, si la base más nueva no vuelve"
UNKNOWN: Final = Kind("mensajes de cargas desconocidas", repair="se borra", repaired=f"se borró. {LOST}")
ENDED: Final = Kind("mensajes de lo que ya terminó", repair="se borra", repaired="se borró")
# Why a dead letter stays: its upload waits to be retried.
EXHAUSTED: Final = "attempts_exhausted"


class Messages:
    """One look at the queue and at the dead letters."""

    def __init__(self) -> None:
        self._seen: set[uuid.UUID] = set()
        self._needless = 0

    def look(self) -> Found:
        """Raises `QueueFault`s."""
        # In this order: what ends meanwhile is missed by the database's count, what is accepted meanwhile by neither.
        began, messages = database_now(), queue.waiting_messages()
        yield from self._queue()
        yield from self._work(began, messages)
        yield from self._dead_letters()

    def _queue(self) -> Found:
        with QueueLook(queue.queue_url()) as look:
            for batch in look.batches():
                needless = _needless(batch)
                self._needless += len(needless)
                self._seen.update(
                    key for message in batch if message not in needless and (key := message.file_id or message.task_id)
                )
                for message, kind in needless.items():
                    yield _difference(kind, "El mensaje", message, look)

    def _work(self, began: datetime, messages: int) -> Found:
        unpublished = Unpublished(began, messages - self._needless, self._seen)
        yield from unpublished.look()
        yield Note(f"unos {messages} mensajes en la cola para {unpublished.unfinished} trabajos sin terminar")

    def _dead_letters(self) -> Found:
        count = 0
        with QueueLook(queue.dead_letters_url()) as look:
            for batch in look.batches():
                count += len(batch)
                for message, kind in _needless(batch, dead=True).items():
                    yield _difference(kind, "El mensaje muerto", message, look)
        yield Note(f"{count} mensajes muertos leídos")


def look(scope: Scope) -> Found:
    """See `Messages`."""
    return Messages().look()


def _needless(batch: Collection[Seen], *, dead: bool = False) -> dict[Seen, Kind]:
    """The messages of ours for which there is nothing to do, with the reason."""
    uploads = {upload.pk: upload for upload in _known(batch)}
    unfinished = PreparedFile.objects.unfinished().filter(pk__in=_ids(message.file_id for message in batch))
    files = set(unfinished.values_list("pk", flat=True))
    found: dict[Seen, Kind] = {}
    for message in batch:
        upload = uploads.get(message.task_id) if message.task_id else None
        if message.task_id is None:
            continue
        if upload is None:
            found[message] = UNKNOWN
        elif message.file_id:
            if message.file_id not in files:
                found[message] = ENDED
        elif not _waits_dead(upload) if dead else upload.status in FINAL:
            found[message] = ENDED
    return found


def _known(batch: Iterable[Seen]) -> Iterator[BulkUpload]:
    known = BulkUpload.objects.filter(pk__in=_ids(message.task_id for message in batch))
    return known.only("status", "error_code").iterator()


def _ids(names: Iterable[uuid.UUID | None]) -> list[uuid.UUID]:
    return [name for name in names if name]


def _waits_dead(upload: BulkUpload) -> bool:
    """Whether `redrive_bulk_uploads` would retry the upload."""
    return upload.status == Status.FAILED and upload.error_code == EXHAUSTED


def _difference(kind: Kind, what: str, message: Seen, look: QueueLook) -> Difference:
    task = f"de la carga {message.task_id}" + (f" ({message.group})" if message.group else "")
    if kind is UNKNOWN:
        text = f"{what} {task} no tiene carga: la base no la conoce, se aceptó después de la copia restaurada"
    elif message.file_id:
        text = f"{what} {task} y su archivo {message.file_id} no pide nada: ese archivo está listo o nadie lo espera"
    else:
        text = f"{what} {task} no pide nada: la carga terminó o sigue sin él"
    return Difference(kind, text, partial(_delete, look, message))


def _delete(look: QueueLook, message: Seen) -> bool:
    look.delete(message)
    return True
