"""moto's server for the tests: `python -m bulk_upload.tests.helpers.moto_server -H 127.0.0.1 -p 5000`.

All test processes ask this one. For each request it looks through the folders of its 190 services to find out which
one an address means, and writes a line of a log: a third of its time.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from moto.moto_server.werkzeug_app import DomainDispatcherApplication
from moto.server import main
from werkzeug.serving import WSGIRequestHandler


def no_line(*arguments: Any) -> None:
    """Instead of the line for each request."""


if __name__ == "__main__":
    DomainDispatcherApplication.get_backend_for_host = lru_cache(  # type: ignore[method-assign]
        DomainDispatcherApplication.get_backend_for_host
    )
    WSGIRequestHandler.log_request = no_line  # type: ignore[method-assign]
    main()
