"""The process that guarded children are forked from: it has loaded what reads files, and reads none itself.

    python -m bulk_upload.reading.child PARENT [MODULE OF SHEETS …]

Standard input is a socket, on which `protocol.Request`s come. It ends when that is closed, and is killed when its
parent ends. Knows no Django.
"""

from __future__ import annotations

import importlib
import os
import signal
import socket
import sys
import traceback
from contextlib import suppress
from typing import NoReturn

from bulk_upload.reading import protocol
from bulk_upload.reading.child import resource_limits
from bulk_upload.reading.child.one_file import read_one


def main(arguments: list[str]) -> int:
    resource_limits.ignore_stop_signals()
    resource_limits.die_with_parent(int(arguments[0]))
    for module in arguments[1:]:
        importlib.import_module(module)
    with socket.socket(fileno=os.dup(0)) as requests:
        return Server(requests).run()


class Server:
    """Forks children, reports their exit statuses and kills them, on request."""

    def __init__(self, requests: socket.socket) -> None:
        self._requests = requests
        self._children: dict[int, int] = {}

    def run(self) -> int:
        while True:
            packed, descriptors, _, _ = socket.recv_fds(self._requests, protocol.Request.BYTES, 3)
            if not packed:
                return 0
            request = protocol.Request.of(packed)
            if request.ask is protocol.Ask.FORK:
                self._fork(request.child, descriptors)
            else:
                self._requests.sendall(protocol.Request.answered(self._status(request)))

    def _fork(self, child: int, descriptors: list[int]) -> None:
        server = os.getpid()
        # Without memory for another process there is none: its parent sees its output end.
        with suppress(OSError):
            pid = os.fork()
            if not pid:
                self._become_child(server, descriptors)
            self._children[child] = pid
        for descriptor in descriptors:
            os.close(descriptor)

    def _become_child(self, server: int, descriptors: list[int]) -> NoReturn:
        status = 1
        try:
            self._requests.close()
            for descriptor, standard in zip(descriptors, (0, 1, 2), strict=True):
                os.dup2(descriptor, standard)
                os.close(descriptor)
            resource_limits.die_with_parent(server)
            status = read_one()
        except BaseException:  # noqa: BLE001  # whatever it is ends the child
            traceback.print_exc()
        finally:
            os._exit(status)

    def _status(self, request: protocol.Request) -> int | None:
        pid = self._children.get(request.child)
        if pid is None:
            return 1  # it could not be forked
        if request.ask is protocol.Ask.END:
            os.kill(pid, signal.SIGKILL)
        ended, status = os.waitpid(pid, 0 if request.ask is protocol.Ask.END else os.WNOHANG)
        if not ended:
            return None
        del self._children[request.child]
        return os.waitstatus_to_exitcode(status)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
