"""The live snapshots of uploads that clients poll, in the cache.

A snapshot is the whole state of an upload, without language. It is only ever replaced whole, and never by one with a
lower revision: a late write of a worker that was overtaken changes nothing. The cache may be empty, down, full or
restarted at any moment; readers then ask the database. What a snapshot can lose that way (the next one could not be
written) it loses for two leases at most: so long is a state kept that can still change. A process that saw the cache
fail does not trust such a state for that time, so that no client sees a status go back when the cache returns.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from typing import Any, Final, TypedDict, TypeGuard, get_args, get_origin, get_type_hints, is_typeddict

from django.conf import settings

from bulk_upload.models.states import FINAL, Status
from medisupply.backends import shared_cache

# A completed upload never changes any more; a failed or cancelled one may be retried.
COMPLETED_SECONDS: Final = 24 * 3600
# Releases that kept unfinished states for a day had another name: what they left is never read.
KEY: Final = "upload-status:"
# What the web of the last release reads, and itself writes for a day. To be removed when no such web can come back.
LAST_KEY: Final = "bulk-upload:"


class Counts(TypedDict):
    total: int
    exitosos: int
    rechazados: int
    duplicados: int
    creados: int
    actualizados: int
    sin_cambios: int
    sin_procesar: int
    cambios_grandes_de_precio: int
    eliminados: int
    procesados: int


class Detail(TypedDict):
    """One problem of a row."""

    columna: str
    codigo: str
    params: dict[str, str | int | bool]
    valor: str


class RowProblems(TypedDict):
    fila: int
    detalles: list[Detail]


class GuardFinding(TypedDict):
    """Why the change guard has stopped an upload: a code of `problem_texts.GUARD_TEXTS` with its parameters."""

    codigo: str
    params: dict[str, str | int | bool]


class Lists(TypedDict):
    """Of an upload that has ended: at most `LISTED` entries each."""

    creados: list[str]
    actualizados: list[str]
    errores: list[RowProblems]
    advertencias: list[RowProblems]
    truncadas: bool


class Snapshot(TypedDict):
    """What is checked when it is read: a new key makes what older releases wrote unreadable, as it should."""

    revision: int
    task_id: str
    status: str
    filename: str
    proveedor_id: str | None
    s3_key: str
    sheet_name: str
    created_at: str
    updated_at: str
    started_at: str | None
    completed_at: str | None
    sheet: str
    encoding: str
    delimiter: str
    columns: dict[str, int]
    counts: Counts
    rows_per_second: int | float | None
    lists: Lists | None
    error_code: str
    error_params: dict[str, str | int | bool]
    file_purged_at: str | None
    errors_purged_at: str | None
    operation: str
    # Of a plan: whether it was applied, or is being applied; why the change guard made one of an upload.
    applied: bool
    guard: list[GuardFinding]
    based_on: str | None
    undone_by: str | None


def _shape(kind: Any) -> Any:
    """A type as `_fits` takes it: a set names plain types, a list has the shape of its items, a dict the keys that
    must be there, a tuple the shape of the values of a dict with any keys.
    """
    if is_typeddict(kind):
        return {name: _shape(part) for name, part in get_type_hints(kind).items()}
    parts = get_args(kind)
    if get_origin(kind) is list:
        return [_shape(parts[0])]
    if get_origin(kind) is dict:
        return (_shape(parts[1]),)
    return frozenset(parts or [kind])


LISTS: Final = _shape(Lists)
NO_LISTS: Final = frozenset([type(None)])
SHAPE: Final = {name: part for name, part in _shape(Snapshot).items() if name != "lists"}


def put(snapshot: Snapshot) -> None:
    """Show `snapshot`, unless a newer one is shown already. Never fails: see `shared_cache`."""
    seconds = COMPLETED_SECONDS if snapshot["status"] == Status.COMPLETED else _unfinished_seconds()
    shared_cache.replace_unless_newer(_key(snapshot["task_id"]), snapshot, seconds)
    forget_of_last_release(snapshot["task_id"])


def get(task_id: uuid.UUID | str) -> Snapshot | None:
    """The newest snapshot, or `None` when the cache has none that is whole and current, or does not answer."""
    key = _key(task_id)
    snapshot = shared_cache.read([key]).get(key)
    if not _is_snapshot(snapshot) or snapshot["task_id"] != str(task_id):
        return None
    if snapshot["status"] != Status.COMPLETED and shared_cache.failed_within(_unfinished_seconds()):
        return None
    return snapshot


def kept() -> Iterator[str]:
    """The tasks of which the cache has snapshots, some perhaps twice. Raises `shared_cache.CacheDown`."""
    return (key.removeprefix(KEY) for key in shared_cache.keys(KEY))


def forget(task_id: uuid.UUID | str) -> None:
    """Drop the snapshot: the next reader asks the database."""
    shared_cache.delete(_key(task_id))
    forget_of_last_release(task_id)


def forget_of_last_release(task_id: uuid.UUID | str) -> None:
    """Let the web of the last release ask the database, not a snapshot of its own that nothing here replaces."""
    shared_cache.delete(f"{LAST_KEY}{task_id}")


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
    return _fits(value.get("lists"), LISTS if value["status"] in FINAL else NO_LISTS)


def _fits(value: Any, shape: Any) -> bool:
    if isinstance(shape, frozenset):
        return type(value) in shape
    if isinstance(shape, list):
        return isinstance(value, list) and all(_fits(item, shape[0]) for item in value)
    if isinstance(shape, tuple):
        return isinstance(value, dict) and all(_fits(item, shape[0]) for item in value.values())
    return isinstance(value, dict) and all(name in value and _fits(value[name], part) for name, part in shape.items())


def _key(task_id: uuid.UUID | str) -> str:
    return f"{KEY}{task_id}"
