"""`python -m deploy.web OPTIONS`: gunicorn, which gets the options, unless its own variables make no sense.

gunicorn would end with a traceback: it reads them before it reads its configuration file. All others are looked at in
deploy/gunicorn_config.py, also when gunicorn is started without this.
"""

from __future__ import annotations

import sys

from medisupply.environment.processes import Processes
from medisupply.environment.refusal import in_words


def main() -> None:
    with in_words():
        for variable in Processes.variables():
            variable.read()
    from gunicorn.app.wsgiapp import run  # reads WEB_CONCURRENCY as soon as it is imported

    sys.exit(run(prog="gunicorn"))


if __name__ == "__main__":
    main()
