"""How templates word the history of an object."""

from __future__ import annotations

from django import template
from django.contrib.admin.models import LogEntry

from medisupply.history import in_words

register = template.Library()


@register.filter
def change_in_words(entry: LogEntry) -> str:
    return in_words(entry)
