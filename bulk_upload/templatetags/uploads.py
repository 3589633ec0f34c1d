"""How templates show the state of an upload."""

from __future__ import annotations

from typing import Any

from django import template
from django.contrib import admin
from django.template import Context
from django.utils.safestring import SafeString

from bulk_upload.admin.history import RecentAction, recent_actions
from bulk_upload.admin.outcome import outcome
from bulk_upload.admin.sheets import SheetChoice, sheet_choices, upload_content
from bulk_upload.models import BulkUpload

register = template.Library()


@register.filter
def badge(upload: BulkUpload) -> SafeString:
    """The upload's outcome as icon and word."""
    return outcome(upload).badge


@register.filter
def content(upload: BulkUpload) -> str:
    """What the upload's file holds, and what is done with it."""
    return upload_content(upload)


@register.filter
def outcome_label(upload: BulkUpload) -> str:
    return str(outcome(upload).label)


@register.simple_tag(takes_context=True)
def last_actions(context: Context, limit: int) -> list[RecentAction]:
    """What the reader did last in the admin, in words."""
    user: Any = context["user"]
    return recent_actions(user, context["log_entries"].filter(user=user.pk)[:limit])


@register.simple_tag(takes_context=True)
def offered_sheets(context: Context) -> list[SheetChoice]:
    """The sheets that the reader may upload."""
    return sheet_choices(admin.site, context["request"])
