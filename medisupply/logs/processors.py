"""What becomes of an event on its way to a line, in structlog's terms: functions that take and give its fields."""

from __future__ import annotations

import uuid
from pathlib import PurePath
from typing import Final

from structlog.typing import EventDict, WrappedLogger

from medisupply.logs.context import REQUEST_META_KEY
from medisupply.logs.errors import described, escaped

# Longest text of a field, in characters; a traceback is not cut.
LONGEST_TEXT: Final = 4000
TRACES: Final = ("exception", "stack")
FIRST: Final = (
    *("timestamp", "level", "event", "logger"),
    *("request_id", "message_id", "task_id", "file_id", "supplier", "sheet", "attempt"),
)


def plain_values(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    """Exceptions in words, identifiers as text, long texts cut."""
    for name, value in event.items():
        if name in ("exc_info", "stack_info") or name.startswith("_"):
            continue
        if isinstance(value, BaseException):
            event[name] = described(value)
        elif isinstance(value, uuid.UUID | PurePath):
            event[name] = str(value)
        elif isinstance(value, str) and len(value) > LONGEST_TEXT:
            event[name] = f"{value[:LONGEST_TEXT]}…"
    return event


def fields_of_record(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    """What a record of another library says beside its message: fields, and the request that it is about.

    Django logs some events of a request when its middlewares have ended.
    """
    record = event["_record"]
    event.update(getattr(record, "fields", {}))
    request_id = getattr(getattr(record, "request", None), "META", {}).get(REQUEST_META_KEY)
    if request_id:
        event.setdefault("request_id", request_id)
    return event


def in_order(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    """What every line has comes first, then what it is about."""
    return {**{name: event[name] for name in FIRST if name in event}, **event}


def escape_controls(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    """So that no text from outside begins a line of its own, or commands a terminal. JSON escapes by itself."""
    for name, value in event.items():
        if isinstance(value, str):
            event[name] = "\n".join(map(escaped, value.split("\n"))) if name in TRACES else escaped(value)
    return event
