"""Base of what is published to workers as messages: uploads, and files that are made of them."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import models
from django.utils.translation import gettext_lazy as _

from medisupply.backends.database import database_now


class Published(models.Model):
    """Counts its messages, so that of two who send the next one only one does.

    Done beside the claim's holder, so it is no part of the state that an upload's `revision` counts.
    """

    published_at = models.DateTimeField(_("publicada"), null=True)
    publications = models.PositiveIntegerField(_("publicaciones"), default=0)

    created_at: models.DateTimeField[datetime, datetime]
    lease_until: models.DateTimeField[datetime | None, datetime | None]

    class Meta:
        abstract = True

    def waited_since(self, now: datetime) -> timedelta:
        """How long ago it was last published or worked on."""
        return now - max(moment for moment in (self.published_at, self.lease_until, self.created_at) if moment)

    def next_publication(self) -> int | None:
        """Take the number of the next message; `None` when somebody else has just taken it."""
        number = self.publications + 1
        taken = self._row().filter(publications=self.publications).update(publications=number)
        if not taken:
            return None
        self.publications = number
        return number

    def published(self) -> None:
        """Record that the message was sent."""
        self.published_at = database_now()
        self._row().update(published_at=self.published_at)

    def _row(self) -> models.QuerySet[Published]:
        return type(self)._base_manager.filter(pk=self.pk)
