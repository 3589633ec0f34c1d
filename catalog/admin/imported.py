"""Admin pages of rows that imports write too: who made a row, and that a person has changed it."""

from __future__ import annotations

from typing import TypeVar

from django.contrib import admin
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from bulk_upload.models import ImportedModel
from catalog.admin.clean_texts import CleanTextsForm
from catalog.admin.concurrent_saves import ConcurrentSavesAdmin
from medisupply.backends.database import next_change_number

M = TypeVar("M", bound=ImportedModel)

# Shown, not edited, on the page of an existing row.
ABOUT_CHANGES = ("version", "created_at", "updated_at", "creating_upload", "changing_upload")


class ImportedForm(CleanTextsForm[M]):
    def last_change(self) -> SafeString | str:
        upload = self.instance.changed_by_upload
        return format_html(gettext("la carga {}"), upload) if upload else super().last_change()


class ImportedAdmin(ConcurrentSavesAdmin[M]):
    def audit_fields(self, obj: M) -> list[str]:
        obj.change_number = next_change_number()
        if obj._state.adding:
            return []
        # As after a change by the API: no upload is the author of these values.
        obj.version, obj.changed_by_upload = obj.version + 1, None
        return ["change_number", "version", "changed_by_upload", "updated_at"]

    @admin.display(description=_("carga que lo creó"))
    def creating_upload(self, obj: M) -> str:
        return str(obj.created_by_upload or "–")

    @admin.display(description=_("última carga que lo cambió"))
    def changing_upload(self, obj: M) -> str:
        return str(obj.changed_by_upload or "–")
