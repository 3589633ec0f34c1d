"""gunicorn's own lines, and its access log, in the form of all others.

The process that starts the others knows no settings: they are read by those that it starts, so that a reload reads
them again. So the form of the lines is asked from the environment here.
"""

from __future__ import annotations

import logging
from datetime import timedelta
from pathlib import Path
from typing import Any, Final

from gunicorn import glogging

from medisupply.environment import with_file
from medisupply.logs.configuration import line_formatter
from medisupply.logs.context import REQUEST_ID_HEADER

HEADER: Final = REQUEST_ID_HEADER.lower()
ENV_FILE: Final = Path(__file__).resolve().parents[2] / ".env"


class Logger(glogging.Logger):
    """Writes structured lines; where they go, and which, is gunicorn's own configuration."""

    def access(self, resp: Any, req: Any, environ: dict[str, Any], request_time: timedelta) -> None:
        """A request that was answered, by us or by gunicorn itself. Without its query, agent and referrer."""
        if not self.access_log_enabled:
            return
        fields = {
            "request": f"{environ['REQUEST_METHOD']} {environ['PATH_INFO']}",
            "code": int(str(resp.status).split(None, 1)[0]),
            "seconds": round(request_time.total_seconds(), 4),
            "bytes": getattr(resp, "sent", None),
            "ip": environ.get("REMOTE_ADDR"),
            "request_id": next((value for name, value in resp.headers if name.lower() == HEADER), None),
        }
        self.access_log.info("The request is answered", extra={"fields": fields})

    def _set_handler(self, log: logging.Logger, output: str, fmt: logging.Formatter, stream: Any = None) -> None:
        env = with_file(ENV_FILE)
        log_format = env.log_format("LOG_FORMAT", debug=env.flag("DEBUG", default=False))
        super()._set_handler(log, output, line_formatter(log_format), stream)
