"""Which rows of other models refer to some rows: these are not removed."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from types import MappingProxyType
from typing import Any

from django.db.models import ForeignObjectRel, Model, Q

from bulk_upload.importing.postgresql import lookups as lookups  # any_of


def referring(
    model: type[Model], pks: Collection[Any], but: Mapping[type[Model], Q] = MappingProxyType({})
) -> dict[Any, str]:
    """Those of `pks` that are referred to, each with the name of a model that does.

    `but` are rows of the referring models that do not count.
    """
    found: dict[Any, str] = {}
    if not pks:
        return found
    for relation in model._meta.get_fields(include_hidden=True):
        if isinstance(relation, ForeignObjectRel) and (relation.one_to_many or relation.one_to_one):
            name = f"{relation.field.name}__pk"
            rows = relation.related_model._default_manager.filter(**{f"{name}__any_of": frozenset(pks)})
            if relation.related_model in but:
                rows = rows.exclude(but[relation.related_model])
            for pk in rows.order_by().values_list(name, flat=True).distinct():
                found[pk] = str(relation.related_model._meta.verbose_name)
    return found
