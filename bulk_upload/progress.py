"""The live snapshots of uploads that clients poll, in the cache.

A snapshot is the whole state of an upload, without language. It is only ever replaced whole, and never by one with a
lower revision: a late write of a worker that was overtaken changes nothing. The cache may be empty, down, full or
restarted at any moment; readers then ask the database. What a snapshot can lose that way (the next one could not be
written) it loses for two leases at most: so long is a state kept that can still change. A process that saw the cache
fail does not trust such a state for that time, so that no client sees a status go back when the cache returns.
"""

from __future__ import annotations

import uuid
from typing import Any, Final, TypeGuard

from django.conf import settings

from bulk_upload.models.states import FINAL, Status
from medisupply.backends import shared_cache

Snapshot = dict[str, Any]

# A completed upload never changes any more; a failed or cancelled one may be retried.
COMPLETED_SECONDS: Final = 24 * 3600

# What a snapshot consists of: a set names types, a list the shape of its items, a dict the keys that must be there,
# a tuple the shape of the values of a dict with any keys.
TEXT: Final = frozenset([str])
NUMBER: Final = frozenset([int])
OPTIONAL_TEXT: Final = frozenset([str, type(None)])
PARAMS: Final = (frozenset([str, int, float, bool]),)
ROW_PROBLEMS: Final = [
    {"fila": NUMBER, "detalles": [{"columna": TEXT, "codigo": TEXT, "params": PARAMS, "valor": TEXT}]}
]
LISTS: Final = {
    "creados": [TEXT],
    "actualizados": [TEXT],
    "errores": ROW_PROBLEMS,
    "advertencias": ROW_PROBLEMS,
    "truncadas": frozenset([bool]),
}
COUNTERS: Final = (
    "total",
    "exitosos",
    "rechazados",
    "duplicados",
    "creados",
    "actualizados",
    "sin_cambios",
    "sin_procesar",
    "cambios_grandes_de_precio",
    "procesados",
)
SHAPE: Final = {
    "revision": NUMBER,
    **dict.fromkeys(("task_id", "status", "filename", "s3_key", "created_at", "updated_at"), TEXT),
    **dict.fromkeys(("proveedor_id", "started_at", "completed_at"), OPTIONAL_TEXT),
    **dict.fromkeys(("sheet_name", "sheet", "encoding", "delimiter", "error_code"), TEXT),
    "columns": (NUMBER,),
    "error_params": PARAMS,
    "counts": dict.fromkeys(COUNTERS, NUMBER),
    "rows_per_second": frozenset([float, int, type(None)]),
}


def put(snapshot: Snapshot) -> None:
    """Show `snapshot`, unless a newer one is shown already. Never fails: see `shared_cache`."""
    seconds = COMPLETED_SECONDS if snapshot["status"] == Status.COMPLETED else _unfinished_seconds()
    shared_cache.replace_unless_newer(_key(snapshot["task_id"]), snapshot, seconds)


def get(task_id: uuid.UUID | str) -> Snapshot | None:
    """The newest snapshot, or `None` when the cache has none that is whole and current, or does not answer."""
    key = _key(task_id)
    snapshot = shared_cache.read([key]).get(key)
    if not _is_snapshot(snapshot) or snapshot["task_id"] != str(task_id):
        return None
    if snapshot["status"] != Status.COMPLETED and shared_cache.failed_within(_unfinished_seconds()):
        return None
    return snapshot


def forget(task_id: uuid.UUID | str) -> None:
    """Drop the snapshot: the next reader asks the database."""
    shared_cache.delete(_key(task_id))


def ping() -> None:
    """Raises `shared_cache.CacheDown` when the cache does not answer or takes nothing."""
    shared_cache.check()


def _unfinished_seconds() -> int:
    lease: int = settings.BULK_UPLOAD_LEASE_SECONDS
    return 2 * lease


def _is_snapshot(value: Any) -> TypeGuard[Snapshot]:
    """Whether everything is there that readers use: another release, or anybody, may have written the value."""
    if not _fits(value, SHAPE) or value["status"] not in Status.values:
        return False
    # A state that is final has its lists, and no other has.
    return _fits(value.get("lists"), LISTS if value["status"] in FINAL else frozenset([type(None)]))


def _fits(value: Any, shape: Any) -> bool:
    if isinstance(shape, frozenset):
        return type(value) in shape
    if isinstance(shape, list):
        return isinstance(value, list) and all(_fits(item, shape[0]) for item in value)
    if isinstance(shape, tuple):
        return isinstance(value, dict) and all(_fits(item, shape[0]) for item in value.values())
    return isinstance(value, dict) and all(name in value and _fits(value[name], part) for name, part in shape.items())


def _key(task_id: uuid.UUID | str) -> str:
    # Releases that kept unfinished states for a day had another name: what they left is never read.
    return f"upload-status:{task_id}"
