"""Which fields the lines of the log carry: those of the work that is under way.

They are context variables: bound once, where a request, a message or an attempt begins, and then in every line that
is logged on the way, other libraries' ones too. A thread starts without them: give it those of `get_contextvars()`.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final

from structlog.contextvars import bind_contextvars, clear_contextvars, get_contextvars

# The name of a request: in its answer, and in the request's `META` for what is logged when its context has ended.
REQUEST_ID_HEADER: Final = "X-Request-ID"
REQUEST_META_KEY: Final = "medisupply.request_id"


@contextmanager
def only(**fields: Any) -> Iterator[None]:
    """Within this block lines carry these fields and none of the work around it, which has them again afterwards."""
    before = get_contextvars()
    clear_contextvars()
    bind_contextvars(**fields)
    try:
        yield
    finally:
        clear_contextvars()
        bind_contextvars(**before)
