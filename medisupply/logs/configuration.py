"""structlog and the standard library's logging write the same lines: ours, Django's, gunicorn's, boto3's."""

from __future__ import annotations

import logging
import logging.config
import sys
from collections.abc import Mapping
from typing import Any, Final

import structlog
from structlog.contextvars import merge_contextvars
from structlog.processors import ExceptionRenderer, JSONRenderer, TimeStamper
from structlog.stdlib import ProcessorFormatter, add_log_level, add_logger_name
from structlog.typing import Processor

from medisupply.logs.errors import traceback_text
from medisupply.logs.processors import escape_controls, fields_of_record, in_order, plain_values

EVERY_EVENT: Final[tuple[Processor, ...]] = (
    merge_contextvars,
    add_logger_name,
    add_log_level,
    TimeStamper(fmt="iso", utc=True),
    plain_values,
    ExceptionRenderer(traceback_text),
)


def configure(config: Mapping[str, Any]) -> None:
    """Django's `LOGGING_CONFIG`: sets up the standard library's logging, and structlog in front of it."""
    logging.config.dictConfig(dict(config))
    logging.captureWarnings(True)
    structlog.configure(
        processors=[structlog.stdlib.filter_by_level, *EVERY_EVENT, ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )


def line_formatter(log_format: str) -> logging.Formatter:
    """Writes every record as a line: ``json`` for programs, ``console`` for people."""
    return ProcessorFormatter(
        foreign_pre_chain=[*EVERY_EVENT[:3], fields_of_record, *EVERY_EVENT[3:]],
        processors=[ProcessorFormatter.remove_processors_meta, in_order, *_renderers(log_format)],
    )


def _renderers(log_format: str) -> list[Processor]:
    if log_format == "json":
        return [JSONRenderer()]
    colors = sys.stderr.isatty()
    plain = structlog.dev.plain_traceback
    return [
        escape_controls,
        structlog.dev.ConsoleRenderer(colors=colors, sort_keys=False, exception_formatter=plain),
    ]
