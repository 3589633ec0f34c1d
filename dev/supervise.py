"""supervisord in the foreground of a terminal, as `make run` needs it. Three things differ from it:

- closing the terminal stops everything (supervisord would restart it, with nobody to see it);
- it stops when its parent, named by `STACK_FOLLOWS` (`make demo`), was killed;
- it says that it is stopping, and leaves with 1 when `RUN_DIR/failed` says that the stack did not start.
"""

from __future__ import annotations

import contextlib
import os
import signal
import sys
from pathlib import Path

from supervisor.options import ServerOptions
from supervisor.supervisord import go


class ForegroundOptions(ServerOptions):  # type: ignore[misc]
    """supervisord's options; it asks them for signals about once a second."""

    # The process with which to end, if there is one.
    followed = os.environ.get("STACK_FOLLOWS")
    stopping = False

    def get_signal(self) -> int | None:
        received: int | None = super().get_signal()
        if received == signal.SIGHUP or self.followed not in (None, str(os.getppid())):
            received = signal.SIGTERM
        if received in (signal.SIGTERM, signal.SIGINT, signal.SIGQUIT) and not self.stopping:
            self.stopping = True
            with contextlib.suppress(OSError):  # the terminal may be gone
                print("\nStopping: the worker finishes its chunk first …", flush=True)
        return received


def main() -> None:
    options = ForegroundOptions()
    options.realize(doc=__doc__)
    options.first, options.test = True, False
    go(options)
    options.close_httpservers()
    options.close_logger()
    sys.exit(1 if Path(os.environ["RUN_DIR"], "failed").exists() else 0)


if __name__ == "__main__":
    main()
