"""How templates show the state of an upload."""

from __future__ import annotations

from django import template
from django.utils.safestring import SafeString

from bulk_upload.admin.outcome import outcome, status_badge
from bulk_upload.models import BulkUpload

register = template.Library()


@register.filter
def badge(upload: BulkUpload) -> SafeString:
    """The upload's outcome as icon and word."""
    return status_badge(upload)


@register.filter
def outcome_label(upload: BulkUpload) -> str:
    return str(outcome(upload).label)
