"""Which sheets a person may upload, which one a page is about, and what people call them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.conf import settings
from django.contrib.admin import AdminSite
from django.db.models import Model
from django.http import Http404, HttpRequest
from django.urls import reverse
from django.utils.translation import get_language

from bulk_upload.imports import SheetImport, registry
from bulk_upload.models import BulkUpload, Operation
from bulk_upload.owners import User, may_import
from bulk_upload.sheet.bilingual_text import Text
from bulk_upload.sheet.cross_column_rules import ExactlyOneOf
from bulk_upload.sheet.declaration import Sheet


@dataclass(frozen=True, slots=True)
class SheetChoice:
    """A sheet as pages offer it. `rows` is the address of the list of its model, ``""`` for who may not see it."""

    name: str
    title: str
    rows: str = ""


def offered_imports(user: User) -> list[type[SheetImport]]:
    """Those of the declared sheets that `user` may upload for somebody, or for nobody in particular."""
    return [declared for declared in registry.imports.values() if declared.is_owned or may_import(user, declared)]


def requested_sheet(name: str | None, user: User) -> Sheet:
    """The sheet that an address names, the first one where it names none. Raises `Http404`."""
    offered = offered_imports(user)
    for declared in offered:
        if name in (None, "", declared.sheet.name):
            return declared.sheet
    raise Http404


def sheet_choices(site: AdminSite, request: HttpRequest) -> list[SheetChoice]:
    """The sheets of `offered_imports`."""
    return [
        SheetChoice(declared.sheet.name, in_words(declared.sheet.title), list_address(site, request, declared.model))
        for declared in offered_imports(request.user)
    ]


def list_address(site: AdminSite, request: HttpRequest, model: type[Model]) -> str:
    """Where the admin lists the rows of `model`; ``""`` where it does not, or not for this person."""
    pages = site._registry.get(model)
    if pages is None or not pages.has_view_permission(request):
        return ""
    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist")


def sheet_title(name: str) -> str:
    """What people call a sheet; one that is declared no more is called by its name."""
    declared = registry.imports.get(name)
    return in_words(declared.sheet.title) if declared else name


def upload_content(upload: BulkUpload) -> str:
    """What an upload's file holds, and what is done with it where that is not its import."""
    title = sheet_title(upload.sheet_name)
    return title if upload.operation == Operation.IMPORT else f"{title} · {upload.get_operation_display()}"


def title_within_sentence(sheet: Sheet) -> str:
    """The sheet's title as it stands after other words."""
    title = in_words(sheet.title)
    return title[:1].lower() + title[1:]


def alternatives(sheet: Sheet) -> list[Sequence[str]]:
    """Columns of which each row has one."""
    return [rule.columns for rule in sheet.requires if isinstance(rule, ExactlyOneOf)]


def in_words(text: Text) -> str:
    """In the reader's language."""
    return text.in_language(get_language() or settings.LANGUAGE_CODE)
