"""The cache, for what may be lost: counters of throttles, and what a token may see.

Every function works when the cache is down: it then says that it knows nothing. After a failure the
cache is left alone for a few seconds, so that no request waits for a dead server twice.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterable
from typing import Any, Final, TypeVar

from django.conf import settings
from django.core.cache import cache
from django_redis import get_redis_connection
from redis.exceptions import RedisError

log = logging.getLogger(__name__)

QUIET_SECONDS: Final = 5.0

Answer = TypeVar("Answer")

_quiet_until = 0.0


def read(keys: Iterable[str]) -> dict[str, Any]:
    """The values of those `keys` that the cache has."""
    wanted = list(keys)
    found = _guarded(lambda: cache.get_many(wanted))
    return found or {}


def write(key: str, value: Any, seconds: int | None) -> None:
    """Keep `value` (plain data) for `seconds`; `None` is as long as the cache likes."""
    _guarded(lambda: cache.set(key, value, seconds))


def count(key: str, seconds: int) -> int | None:
    """Add one to a counter that begins at 0 and lives for `seconds`; `None` when the cache is down."""
    return _guarded(lambda: _count_in_redis(key, seconds) if settings.REDIS_URL else _count_here(key, seconds))


def _count_in_redis(key: str, seconds: int) -> int:
    pipe = get_redis_connection("default").pipeline(transaction=False)
    name = cache.make_key(key)
    pipe.incr(name)
    pipe.expire(name, seconds)
    return int(pipe.execute()[0])


def _count_here(key: str, seconds: int) -> int:
    cache.add(key, 0, seconds)
    return int(cache.incr(key))


def _guarded(ask: Callable[[], Answer]) -> Answer | None:
    global _quiet_until
    if time.monotonic() < _quiet_until:
        return None
    try:
        return ask()
    except (RedisError, ValueError) as error:  # ValueError: what is stored is not what was written
        _quiet_until = time.monotonic() + QUIET_SECONDS
        log.warning("The cache does not answer (%s): going on without it", error)
        return None
