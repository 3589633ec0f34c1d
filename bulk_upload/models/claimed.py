"""Base of what a worker claims: uploads, and files that are made of them.

A claim is a number that each new claim raises, with a lease. A holder writes only where its number still stands, so
that a worker which lost its claim can commit nothing.
"""

from __future__ import annotations

from typing import Any, ClassVar

from django.db.models import Q

from bulk_upload.models.published import Published
from bulk_upload.models.states import ClaimLost
from medisupply.backends.database import database_now


class Claimed(Published):
    # The field that says "processing" while a worker holds the claim.
    state_field: ClassVar[str]
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
