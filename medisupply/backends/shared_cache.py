"""The cache, for what may be lost: snapshots of uploads, counters of throttles, and what a token may see.

The only module that knows Django's cache and Redis. Whatever happens to the cache (down, frozen, full, restarted
empty, holding what nobody wrote), no function but `check` and `keys` raises: it then says that it knows nothing. After
a failure of the server the cache is left alone for a few seconds, so that no request and no import waits for it twice.
"""

from __future__ import annotations

import json
import math
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, Final, TypeVar

from django.conf import settings
from django.core.cache import cache
from django.core.serializers.json import DjangoJSONEncoder
from django_redis import get_redis_connection
from redis.exceptions import RedisError
from structlog.stdlib import get_logger

from medisupply.metrics.declared import CACHE_FAULTS

log = get_logger(__name__)

QUIET_SECONDS: Final = 5.0
# The entry that `check` writes.
CHECK_KEY: Final = "check"

# Set KEYS[1] to ARGV[1] unless what is there has a higher revision than ARGV[2]. The JSON begins with its revision.
REPLACE_UNLESS_NEWER: Final = """
local old = redis.call('GET', KEYS[1])
local revision = old and tonumber(string.match(old, '^{"revision": (%d+)'))
if revision and revision > tonumber(ARGV[2]) then return 0 end
redis.call('SET', KEYS[1], ARGV[1], 'EX', ARGV[3])
return 1
"""

Answer = TypeVar("Answer")

_failed_at = -math.inf
_quiet_until = 0.0
_logged_until = 0.0


class CacheDown(Exception):
    """The cache does not answer, or takes nothing."""


def read(keys: Iterable[str]) -> dict[str, Any]:
    """The values of those `keys` that the cache has."""
    wanted = list(keys)
    found = _guarded(lambda: cache.get_many(wanted))
    return found or {}


def keys(beginning: str) -> Iterator[str]:
    """The keys that begin so, found little by little; of a cache that is this process's own, none.

    Raises `CacheDown`.
    """
    if not settings.REDIS_URL:
        return
    try:
        yield from cache.iter_keys(f"{beginning}*", itersize=1000)  # type: ignore[attr-defined]  # django-redis
    except (RedisError, OSError) as error:
        raise CacheDown(str(error)) from error


def write(key: str, value: Any, seconds: int | None) -> None:
    """Keep `value` (plain data) for `seconds`; `None` is as long as the cache likes."""
    _guarded(lambda: cache.set(key, value, seconds))


def replace_unless_newer(key: str, value: Mapping[str, Any], seconds: int) -> None:
    """Keep `value` for `seconds`, unless what is kept has a higher ``revision`` than it."""
    ordered = {"revision": value["revision"], **value}
    replace = _replace_in_redis if settings.REDIS_URL else _replace_here
    _guarded(lambda: replace(key, ordered, seconds))


def delete(key: str) -> None:
    """Drop what is kept, when the cache answers."""
    _guarded(lambda: cache.delete(key))


def count(key: str, seconds: int) -> int | None:
    """Add one to a counter that begins at 0 and lives for `seconds`; `None` when the cache is down."""
    return _guarded(lambda: _count_in_redis(key, seconds) if settings.REDIS_URL else _count_here(key, seconds))


def add(key: str, seconds: int) -> bool | None:
    """Mark `key` for `seconds`: whether nobody had; `None` when the cache is down."""
    return _guarded(lambda: bool(cache.add(key, 1, seconds)))


def push(name: str, value: Mapping[str, Any], *, longest: int, seconds: int) -> bool:
    """Put `value` at the end of a list that other processes take from; `False` when there is no server for it.

    The oldest values beyond `longest` are dropped, and the whole list `seconds` after the last one came.
    """
    return bool(settings.REDIS_URL) and _guarded(lambda: _push(name, json.dumps(value), longest, seconds)) is True


def pop(name: str, wait_seconds: float) -> Any:
    """The first value of a list, waited for so long (less than the server's timeout); `None` when there is none."""
    if not settings.REDIS_URL or time.monotonic() < _quiet_until:
        return None
    try:
        # Raw: a fault here is no reason to leave the cache alone, for this one command is meant to wait.
        found = get_redis_connection("default").blpop([cache.make_key(name)], timeout=wait_seconds)
        return json.loads(found[1]) if found else None
    except (RedisError, OSError, ValueError):
        return None


def check() -> None:
    """Write something. Raises `CacheDown` when the cache does not answer or is full."""
    try:
        cache.set(CHECK_KEY, 1, 60)
    except Exception as error:
        raise CacheDown(str(error)) from error


def failed_within(seconds: float) -> bool:
    """Whether the server failed this process in the last `seconds`: writes of that time may be missing in it."""
    return time.monotonic() - _failed_at < seconds


def ask_again() -> None:
    """Forget that the cache has failed, instead of leaving it alone for some seconds more."""
    global _failed_at, _quiet_until, _logged_until
    _failed_at, _quiet_until, _logged_until = -math.inf, 0.0, 0.0


def _replace_in_redis(key: str, value: Mapping[str, Any], seconds: int) -> None:
    text = json.dumps(value, cls=DjangoJSONEncoder)
    client = get_redis_connection("default")
    client.eval(REPLACE_UNLESS_NEWER, 1, cache.make_key(key), text, value["revision"], seconds)


def _replace_here(key: str, value: Mapping[str, Any], seconds: int) -> None:
    old = cache.get(key)
    if not old or old["revision"] <= value["revision"]:
        cache.set(key, value, seconds)


def _push(name: str, text: str, longest: int, seconds: int) -> bool:
    pipe = get_redis_connection("default").pipeline(transaction=False)
    key = cache.make_key(name)
    pipe.rpush(key, text)
    pipe.ltrim(key, -longest, -1)
    pipe.expire(key, seconds)
    pipe.execute()
    return True


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
    global _failed_at, _quiet_until
    if time.monotonic() < _quiet_until:
        return None
    try:
        return ask()
    except (RedisError, OSError) as error:  # down, frozen, full
        _failed_at = time.monotonic()
        _quiet_until = _failed_at + QUIET_SECONDS
        CACHE_FAULTS.add()
        if _may_be_said():
            log.warning("The cache does not answer: going on without it", error=error)
    except Exception as error:  # noqa: BLE001  # nothing that is asked for here is worth a request or an import
        # One value that cannot be read or written: the cache itself is well, and all else in it.
        if _may_be_said():
            log.warning("A value of the cache is ignored", error=error)
    return None


def _may_be_said() -> bool:
    """At most one line for each quiet period: many ask, and often."""
    global _logged_until
    if time.monotonic() < _logged_until:
        return False
    _logged_until = time.monotonic() + QUIET_SECONDS
    return True
