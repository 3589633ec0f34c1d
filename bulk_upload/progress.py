"""The live snapshots that clients poll: the only module that knows the cache.

A snapshot is the whole state of an upload, without language. It is only ever replaced whole, and only
by one with a higher revision: a late write of a worker that was overtaken changes nothing. The cache may
be empty, down or restarted at any moment; readers then ask the database.
"""

from __future__ import annotations

import json
import logging
import time
import uuid
from typing import Any, Final

from django.conf import settings
from django.core.cache import cache
from django.core.serializers.json import DjangoJSONEncoder
from django_redis import get_redis_connection
from redis.exceptions import RedisError

log = logging.getLogger(__name__)

Snapshot = dict[str, Any]

KEPT_SECONDS: Final = 24 * 3600
# After a failure the cache is left alone for so long: an import must not wait for a dead server's
# timeout after every chunk.
QUIET_SECONDS: Final = 5.0

# Set KEYS[1] to ARGV[1] unless what is there has a higher revision than ARGV[2]. A snapshot's JSON
# begins with its revision.
REPLACE_IF_NEWER: Final = """
local old = redis.call('GET', KEYS[1])
local revision = old and tonumber(string.match(old, '^{"revision": (%d+)'))
if revision and revision > tonumber(ARGV[2]) then return 0 end
redis.call('SET', KEYS[1], ARGV[1], 'EX', ARGV[3])
return 1
"""

_quiet_until = 0.0


def put(snapshot: Snapshot) -> None:
    """Show `snapshot` (which has ``revision`` and ``task_id``), unless a newer one is shown already."""
    if time.monotonic() < _quiet_until:
        return
    ordered = {"revision": snapshot["revision"], **snapshot}
    key = _key(snapshot["task_id"])
    try:
        if settings.REDIS_URL:
            value = json.dumps(ordered, cls=DjangoJSONEncoder)
            client = get_redis_connection("default")
            client.eval(REPLACE_IF_NEWER, 1, cache.make_key(key), value, ordered["revision"], KEPT_SECONDS)
        elif cache.get(key, {"revision": 0})["revision"] <= ordered["revision"]:
            cache.set(key, ordered, KEPT_SECONDS)
    except RedisError as error:
        _failed(error)


def get(task_id: uuid.UUID | str) -> Snapshot | None:
    """The newest snapshot, or `None` when the cache has none or does not answer."""
    if time.monotonic() < _quiet_until:
        return None
    try:
        snapshot = cache.get(_key(task_id))
    except (RedisError, ValueError) as error:  # ValueError: what is stored is not JSON
        _failed(error)
        return None
    return snapshot if isinstance(snapshot, dict) and "revision" in snapshot else None


def forget(task_id: uuid.UUID | str) -> None:
    """Drop the snapshot: the next reader asks the database."""
    cache.delete(_key(task_id))


def ping() -> None:
    """Raises `RedisError` when the cache does not answer."""
    cache.get("ping")


def _failed(error: Exception) -> None:
    global _quiet_until
    _quiet_until = time.monotonic() + QUIET_SECONDS
    log.warning("The cache does not answer (%s): going on with the database", error)


def _key(task_id: uuid.UUID | str) -> str:
    return f"bulk-upload:{task_id}"
