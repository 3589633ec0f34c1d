"""Rows that others refer to are not deleted, and the page that says so does not read those others one by one."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, TypeVar

from django.apps import apps
from django.contrib import admin
from django.contrib.humanize.templatetags.humanize import intcomma
from django.db.models import PROTECT, Model, QuerySet
from django.http import HttpRequest
from django.utils.text import capfirst
from django.utils.translation import gettext as _

M = TypeVar("M", bound=Model)


class ProtectedDeletesAdmin(admin.ModelAdmin[M]):
    """Django lists every protected row on the page: 230,000 products are counted here instead."""

    def get_deleted_objects(self, objs: QuerySet[M] | Sequence[M], request: HttpRequest) -> Any:
        protected = [line for obj in objs for line in _referring(obj)]
        if protected:
            return [], {}, set(), protected
        rows, counts, missing, protected = super().get_deleted_objects(objs, request)
        links = [model._meta for model in apps.get_models(include_auto_created=True) if model._meta.auto_created]
        names = tuple(f"{capfirst(link.verbose_name)}: " for link in links)
        hidden = {link.verbose_name_plural for link in links}
        kept = {name: count for name, count in counts.items() if name not in hidden}
        return _without(rows, names), kept, missing, protected


def _without(rows: list[Any], beginnings: tuple[str, ...]) -> list[Any]:
    """The nested list without its lines of this kind: that somebody is in a group is no thing of its own."""
    kept = (_without(row, beginnings) if isinstance(row, list) else row for row in rows)
    return [row for row in kept if row and not str(row).startswith(beginnings)]


def _referring(obj: Model) -> list[str]:
    """How many rows of each kind keep `obj` from being deleted, in words."""
    lines = []
    for relation in obj._meta.related_objects:
        if relation.on_delete is not PROTECT:
            continue
        model: Any = relation.related_model
        count = model._base_manager.filter(**{relation.field.name: obj}).count()
        if count:
            name = model._meta.verbose_name if count == 1 else model._meta.verbose_name_plural
            lines.append(_("%(object)s: %(count)s %(name)s") % {"object": obj, "count": intcomma(count), "name": name})
    return lines
