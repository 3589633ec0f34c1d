"""A stored file that waits for a person's word: how it is understood is looked at first."""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta
from typing import Self

from django.conf import settings
from django.contrib.auth.models import AbstractBaseUser, AnonymousUser
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from bulk_upload.models.states import FileFormat
from bulk_upload.owners import VIEW_UPLOADS, owners_for, unowned_sheets_for
from medisupply.backends.database import database_now


class UploadDraftQuerySet(models.QuerySet["UploadDraft"]):
    def for_user(self, user: AbstractBaseUser | AnonymousUser) -> Self:
        """The drafts that `user` may see: those of owners and sheets whose uploads it sees."""
        own = Q(proveedor__in=owners_for(user, VIEW_UPLOADS))
        return self.filter(own | Q(proveedor=None, sheet_name__in=unowned_sheets_for(user)))


class UploadDraft(models.Model):
    """Not yet an upload. Its id and its stored file become those of the upload that it is started as."""

    id = models.UUIDField(_("tarea"), primary_key=True, default=uuid.uuid4, editable=False)
    sheet_name = models.CharField(_("contenido"), max_length=32)
    proveedor = models.ForeignKey(
        settings.BULK_UPLOAD_OWNER_MODEL, models.CASCADE, null=True, related_name="+", verbose_name=_("proveedor")
    )
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+", verbose_name=_("subido por")
    )
    filename = models.CharField(_("archivo"), max_length=255)
    file_format = models.CharField(_("formato"), max_length=4, choices=FileFormat)
    s3_key = models.CharField(_("clave en S3"), max_length=512)
    size = models.BigIntegerField(_("tamaño (bytes)"))
    sha256 = models.CharField(_("SHA-256"), max_length=64)
    # What was chosen with the file, and may be chosen again when it is started.
    reemplazar_duplicados = models.BooleanField(_("reemplazar duplicados"), default=False)
    solo_validar = models.BooleanField(_("mostrar primero qué cambiaría"), default=False)
    recordar = models.BooleanField(_("recordar estas columnas"), default=True)
    idempotency_key = models.CharField(_("clave de idempotencia"), max_length=255, blank=True, default="")
    # What a person has said so far of the columns; none while a remembered mapping is looked for.
    mapping = models.JSONField(_("columnas"), null=True)
    created_at = models.DateTimeField(_("recibida"), default=database_now)

    objects = UploadDraftQuerySet.as_manager()

    class Meta:
        verbose_name = _("archivo por revisar")
        verbose_name_plural = _("archivos por revisar")
        ordering = ["-created_at", "-id"]
        indexes = [models.Index(fields=["created_at"], name="draft_oldest")]
        constraints = [
            models.UniqueConstraint(
                name="draft_key_once", fields=["created_by", "idempotency_key"], condition=~Q(idempotency_key="")
            ),
        ]

    def __str__(self) -> str:
        return self.filename

    @property
    def expires_at(self) -> datetime:
        """From when on the purge removes it."""
        return self.created_at + timedelta(days=settings.BULK_UPLOAD_KEEP_DRAFTS_DAYS)
