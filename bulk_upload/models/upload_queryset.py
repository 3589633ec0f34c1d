"""Which uploads: a person's, those that wait or are stuck, and the one that a worker claims."""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Self

from django.conf import settings
from django.contrib.auth.models import AbstractBaseUser, AnonymousUser
from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.db.models.functions import Coalesce
from structlog.stdlib import get_logger

from bulk_upload.models.claim import ClaimedQuerySet
from bulk_upload.models.states import FINAL, Status
from bulk_upload.owners import VIEW_UPLOADS, owners_for, unowned_sheets_for
from medisupply.backends.database import database_now, database_session, end_session

if TYPE_CHECKING:
    from bulk_upload.models.upload import BulkUpload

log = get_logger(__name__)


class BulkUploadQuerySet(ClaimedQuerySet["BulkUpload"]):
    def for_user(self, user: AbstractBaseUser | AnonymousUser) -> Self:
        """The uploads that `user` may see: its suppliers' ones, or all for staff with the permission."""
        own = Q(proveedor__in=owners_for(user, VIEW_UPLOADS))
        unowned = unowned_sheets_for(user)
        return self.filter(own | Q(proveedor=None, sheet_name__in=unowned) if unowned else own)

    def unfinished(self) -> Self:
        return self.filter(status__in=[Status.PENDING, Status.PROCESSING])

    def ended_before(self, moment: datetime) -> Self:
        return self.filter(status__in=FINAL, completed_at__lt=moment)

    def counted_by_state(self, *, accepted_since: datetime) -> dict[str, int]:
        """How many there are in each state: all unfinished ones, and of the others those accepted since then.

        Two indexes find them, however many others the table has.
        """
        counted = self.filter(Q(status__in=[Status.PENDING, Status.PROCESSING]) | Q(created_at__gt=accepted_since))
        return dict(counted.order_by().values_list("status").annotate(models.Count("pk")))

    def accepted_before(self, upload: BulkUpload) -> Self:
        """The same supplier's unfinished uploads that were accepted before `upload`, oldest first."""
        earlier = self.unfinished().filter(number__lt=upload.number, proveedor_id=upload.proveedor_id)
        if upload.proveedor_id is None:
            earlier = earlier.filter(sheet_name=upload.sheet_name)
        return earlier.order_by("number")

    def never_published(self, older_than: timedelta) -> Self:
        """Accepted uploads whose message was never sent, old enough that intake has given up on them."""
        limit = database_now() - older_than
        return self.filter(status=Status.PENDING, published_at=None, created_at__lt=limit)

    def next_of_their_suppliers(self) -> Self:
        """Unfinished uploads that no unfinished one of their supplier comes before, oldest first."""
        same = Q(proveedor=OuterRef("proveedor")) | Q(proveedor=None, sheet_name=OuterRef("sheet_name"))
        earlier = self.model._default_manager.all().unfinished().filter(same, number__lt=OuterRef("number"))
        return self.unfinished().filter(~Exists(earlier)).order_by("number")

    def short_ones_wait(self, beside: BulkUpload) -> bool:
        """Whether another supplier's next upload waits, and is short (`BULK_UPLOAD_SHORT_BYTES`)."""
        waiting = self.next_of_their_suppliers().exclude(
            proveedor=beside.proveedor_id, **({} if beside.proveedor_id else {"sheet_name": beside.sheet_name})
        )
        return waiting.filter(status=Status.PENDING, size__lte=settings.BULK_UPLOAD_SHORT_BYTES).exists()

    def claim(self, task_id: uuid.UUID, lease: timedelta) -> BulkUpload | None:
        """Take the upload for this worker, unless it has ended or another one's lease still runs.

        The database session of a holder whose lease has ended is ended first: frozen in the middle of a statement it
        would keep its locks.
        """
        now = database_now()
        self._end_session_of_dead_holder(task_id, now, lease)
        return self._claimed(
            task_id,
            lease,
            holder_session=database_session(),
            started_at=Coalesce("started_at", models.Value(now)),
            revision=F("revision") + 1,
        )

    def _end_session_of_dead_holder(self, task_id: uuid.UUID, now: datetime, lease: timedelta) -> None:
        # A holder that lives renews its lease every quarter of it; within a long transaction only it sees that.
        dead = self.filter(task_id=task_id, status=Status.PROCESSING, lease_until__lte=now).exclude(holder_session="")
        for session in dead.values_list("holder_session", flat=True):
            if end_session(session, silent_for=lease / 2):
                log.warning("The upload is taken over: the session of its last worker was ended")
