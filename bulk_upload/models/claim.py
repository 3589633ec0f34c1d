"""Base of what a worker claims: uploads, and files that are made of them.

A claim is a number that each new claim raises, with a lease. A holder writes only where its number still stands, so
that a worker which lost its claim can commit nothing.
"""

from __future__ import annotations

import uuid
from datetime import timedelta
from typing import Any, ClassVar, TypeVar

from django.db import models
from django.db.models import F, Q

from bulk_upload.models.publication import Published
from bulk_upload.models.states import ClaimLost
from medisupply.backends.database import database_now

C = TypeVar("C", bound="Claimed")


class ClaimedQuerySet(models.QuerySet[C]):
    def _claimed(self, key: uuid.UUID, lease: timedelta, **changes: Any) -> C | None:
        """Take the row for this worker, unless it has ended or another one's lease still runs.

        One conditional update decides, so two workers cannot both succeed.
        """
        now, state = database_now(), self.model.state_field
        free = Q(**{state: "pending"}) | Q(**{state: "processing"}, lease_until__lte=now)
        counts = {"claim_number": F("claim_number") + 1, "attempts": F("attempts") + 1}
        changes |= {state: "processing", **counts, "lease_until": now + lease, "updated_at": now}
        if not self.filter(free, pk=key).update(**changes):
            return None
        row = self.get(pk=key)
        row.held_claim = row.claim_number
        return row


class Claimed(Published):
    # The field that says "pending" until a worker holds the claim, and then "processing".
    state_field: ClassVar[str]
    claim_number: models.PositiveIntegerField[int, int]
    # The number that this process holds. No field: reading the row again must not renew a lost claim.
    held_claim: int | None = None

    class Meta:
        abstract = True

    def _held(self) -> Q:
        if self.held_claim is None:
            raise ClaimLost(f"{self.pk} was never claimed here")
        return Q(claim_number=self.held_claim, **{self.state_field: "processing"})

    def _write(self, condition: Q, **changes: Any) -> None:
        """Update these fields where `condition` holds, here and in the database, or raise `ClaimLost`."""
        changes["updated_at"] = database_now()
        if not self._row().filter(condition).update(**changes):
            raise ClaimLost(str(self.pk))
        for name, value in changes.items():
            setattr(self, name, value)
