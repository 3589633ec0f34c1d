"""What an import created on the way because its rows named it (`imports.CreateMissing`): removed by its undo.

Only what nothing refers to any more and nobody has touched: all its fields but the name have their defaults, and the
admin's log has no action on it since.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from types import MappingProxyType

from django.contrib.admin.models import LogEntry
from django.contrib.contenttypes.models import ContentType
from django.db.models import Field, Model, Q, QuerySet

from bulk_upload.importing.mapping.target import Target, target_of
from bulk_upload.models import BulkUpload
from bulk_upload.undoing.references import referring

NO_ROWS: Mapping[type[Model], Q] = MappingProxyType({})


def model_created_by(target: Target) -> type[Model] | None:
    """The model whose rows an import of this sheet creates on the way."""
    reference = None if target.created_place is None else target.places[target.created_place].reference
    return reference.model if reference else None


def unused_but_by(upload: BulkUpload) -> int:
    """How much of what `upload` created on the way only rows that it wrote last refer to now."""
    target = target_of(upload.sheet_name)
    model = model_created_by(target)
    if model is None or not upload.creado_al_paso:
        return 0
    own = {target.model: Q(changed_by_upload=upload.pk)}
    return len(_removable(model._default_manager.filter(pk__in=upload.creado_al_paso), upload, own))


def remove_unused(target: Target, undo: BulkUpload, original: BulkUpload) -> None:
    """Remove what `original` created on the way and nothing uses now. Needs a transaction."""
    model = model_created_by(target)
    if model is None or not original.creado_al_paso:
        return
    # A row that is being written may refer to one of them: it is waited for, or waits.
    locked = model._default_manager.select_for_update().filter(pk__in=original.creado_al_paso).order_by("pk")
    keys = _removable(locked, original, NO_ROWS)
    if keys:
        rows = model._default_manager.filter(pk__in=keys)
        rows._raw_delete(rows.db)
        undo.record_removed(list(map(str, keys)))


def _removable(rows: QuerySet[Model], upload: BulkUpload, but: Mapping[type[Model], Q]) -> list[object]:
    """The keys of those that nobody has touched, and that no rows `but` these refer to."""
    fresh = [row.pk for row in rows if _is_as_created(row)]
    touched = _touched(rows.model, fresh, upload)
    free = [key for key in fresh if str(key) not in touched]
    used = referring(rows.model, free, but)
    return [key for key in free if key not in used]


def _is_as_created(row: Model) -> bool:
    """Whether all fields but the key have their defaults."""
    fields = [field for field in row._meta.concrete_fields if not field.primary_key and not _is_date_of_record(field)]
    return all(getattr(row, field.attname) == field.get_default() for field in fields)


def _is_date_of_record(field: Field[object, object]) -> bool:
    return bool(getattr(field, "auto_now", False) or getattr(field, "auto_now_add", False))


def _touched(model: type[Model], keys: Collection[object], upload: BulkUpload) -> set[str]:
    """Those that somebody has made or changed in the admin since the upload came."""
    actions = LogEntry.objects.filter(
        content_type=ContentType.objects.get_for_model(model),
        object_id__in=list(map(str, keys)),
        action_time__gte=upload.created_at,
    )
    return {str(key) for key in actions.values_list("object_id", flat=True)}
