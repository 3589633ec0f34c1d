"""What the database holds true of every upload, and how it finds them."""

from __future__ import annotations

from typing import Final

from django.db import models
from django.db.models import F, Q

from bulk_upload.models.retention import Part

INDEXES: Final = [
    models.Index(fields=["proveedor", "-created_at"], name="upload_by_supplier"),
    models.Index(fields=["-created_at", "-task_id"], name="upload_newest"),
    # What the sweep looks for is always a handful.
    models.Index(
        fields=["status", "proveedor", "number"],
        name="upload_unfinished_in_order",
        condition=Q(status__in=["pending", "processing"]),
    ),
    # What has ended and is still kept, by its end: the purge looks for the oldest of it.
    *(
        models.Index(
            fields=["completed_at"],
            name=f"upload_{part.value}_kept",
            condition=Q(completed_at__isnull=False, **{part.mark: None}),
        )
        for part in Part
    ),
]
CONSTRAINTS: Final = [
    models.UniqueConstraint(
        name="upload_key_once", fields=["created_by", "idempotency_key"], condition=~Q(idempotency_key="")
    ),
    # The same file, sent again without a key while the first one is on its way, is the same upload.
    models.UniqueConstraint(
        name="upload_same_file_once",
        fields=["proveedor", "sheet_name", "sha256", "reemplazar_duplicados", "operation", "mapping_fingerprint"],
        condition=Q(status__in=["pending", "processing"], idempotency_key="") & ~Q(sha256=""),
    ),
    models.UniqueConstraint(
        name="upload_same_unowned_file_once",
        fields=["sheet_name", "sha256", "reemplazar_duplicados", "operation", "mapping_fingerprint"],
        condition=Q(status__in=["pending", "processing"], idempotency_key="", proveedor=None) & ~Q(sha256=""),
    ),
    models.CheckConstraint(
        name="upload_rows_add_up",
        condition=Q(total=F("creados") + F("actualizados") + F("sin_cambios") + F("rechazados") + F("sin_procesar"))
        | Q(status__in=["pending", "processing"]),
    ),
    models.CheckConstraint(
        name="upload_rows_within_total",
        condition=Q(
            total__gte=F("creados") + F("actualizados") + F("sin_cambios") + F("rechazados") + F("sin_procesar")
        ),
    ),
    models.CheckConstraint(name="upload_completed_is_whole", condition=~Q(status="completed", sin_procesar__gt=0)),
    models.CheckConstraint(
        name="upload_end_is_dated",
        condition=Q(status__in=["pending", "processing"], completed_at=None)
        | Q(status__in=["completed", "failed", "cancelled"], completed_at__isnull=False),
    ),
]
