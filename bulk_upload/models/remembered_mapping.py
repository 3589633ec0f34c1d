"""What an owner has said once of the columns of a file: the next file with the same header is read so, too."""

from __future__ import annotations

import uuid
from typing import Self

from django.conf import settings
from django.contrib.auth.models import AbstractBaseUser, AnonymousUser
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from bulk_upload.owners import owners_for, unowned_sheets_for
from medisupply.backends.database import database_now

LONGEST_NAME = 100


class RememberedMappingQuerySet(models.QuerySet["RememberedMapping"]):
    def for_user(self, user: AbstractBaseUser | AnonymousUser, permission: str) -> Self:
        """Those of the owners that `user` may act for with `permission`, and of the sheets that it may import."""
        own = Q(proveedor__in=owners_for(user, permission))
        return self.filter(own | Q(proveedor=None, sheet_name__in=unowned_sheets_for(user)))

    def of(self, owner: str | None, sheet_name: str) -> Self:
        return self.filter(proveedor=owner, sheet_name=sheet_name)


class RememberedMapping(models.Model):
    """A mapping for files of one owner, one sheet, and one header (`signature`: see `bulk_upload.mappings`)."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    proveedor = models.ForeignKey(
        settings.BULK_UPLOAD_OWNER_MODEL,
        models.CASCADE,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("proveedor"),
    )
    sheet_name = models.CharField(_("contenido"), max_length=32)
    name = models.CharField(_("nombre"), max_length=LONGEST_NAME)
    signature = models.CharField(_("encabezados"), max_length=64, editable=False)
    # The columns of the file that it was made for: [{"letter", "header", "key"}, …].
    headers = models.JSONField(_("encabezados"), default=list)
    # The wire form of `bulk_upload.sheet.mapping`.
    mapping = models.JSONField(_("columnas"), default=dict)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+", verbose_name=_("recordado por")
    )
    created_at = models.DateTimeField(_("recordado"), default=database_now)
    updated_at = models.DateTimeField(_("modificado"), default=database_now)
    used_at = models.DateTimeField(_("último uso"), null=True)

    objects = RememberedMappingQuerySet.as_manager()

    class Meta:
        verbose_name = _("correspondencia recordada")
        verbose_name_plural = _("correspondencias recordadas")
        ordering = ["proveedor", "sheet_name", "name"]
        # Who may see uploads, or upload, may see or change what is remembered for them.
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(name="mapping_header_once", fields=["proveedor", "sheet_name", "signature"]),
            models.UniqueConstraint(name="mapping_name_once", fields=["proveedor", "sheet_name", "name"]),
            models.UniqueConstraint(
                name="mapping_unowned_header_once",
                fields=["sheet_name", "signature"],
                condition=Q(proveedor=None),
            ),
            models.UniqueConstraint(
                name="mapping_unowned_name_once", fields=["sheet_name", "name"], condition=Q(proveedor=None)
            ),
        ]

    def __str__(self) -> str:
        return self.name
