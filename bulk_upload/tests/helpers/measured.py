"""`make coverage` in the guarded child, which is given no variable that it does not need and is killed at the end."""

from __future__ import annotations

import time

from bulk_upload.reading import fork_server

# What is written when it ends takes a moment; a child that hangs is killed all the same.
SECONDS = 1.0


def measure_guarded_children() -> None:
    """The children of this process measure themselves, and may end by themselves when they are ended."""
    variables = (*fork_server._ENVIRONMENT, "COVERAGE_PROCESS_CONFIG")
    fork_server._ENVIRONMENT = variables  # type: ignore[misc, assignment]
    kill = fork_server.ForkServer.end

    def end(self: fork_server.ForkServer, child: int) -> None:
        deadline = time.monotonic() + SECONDS
        while self.status(child) is None and time.monotonic() < deadline:
            time.sleep(0.005)
        kill(self, child)

    fork_server.ForkServer.end = end  # type: ignore[method-assign]
