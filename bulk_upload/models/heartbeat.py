"""A sign of life of each worker, for health checks and operators."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class WorkerHeartbeat(models.Model):
    """One worker process. `name` is its host, process id and start, so that no two workers ever share a row."""

    name = models.CharField(_("trabajador"), max_length=255, primary_key=True)
    started_at = models.DateTimeField(_("desde"))
    seen_at = models.DateTimeField(_("visto"))
    # The upload that it imports; empty while it waits. A plain identifier: a heartbeat must lock nothing.
    task_id = models.UUIDField(_("tarea"), null=True)

    class Meta:
        verbose_name = _("trabajador")
        verbose_name_plural = _("trabajadores")
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name
