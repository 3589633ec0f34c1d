"""The embedded stack with real processes: it comes up, works, and leaves nothing behind."""

import fcntl
import os
import pty
import re
import shlex
import shutil
import signal
import subprocess
import sys
import termios
import time
from pathlib import Path

import pytest
import urllib3

from dev.announce import UPLOAD_PATH, address, curl_line
from dev.demo import _free_ports
from dev.environment import PROJECT, SUPERVISOR_CONFIG, is_free, stack_environment

pytestmark = [
    pytest.mark.processes,
    # It brings its own parts, whatever the rest of the suite runs on.
    pytest.mark.skipif("TEST_DATABASE_URL" in os.environ, reason="seen already on the embedded parts"),
]

RUN = [sys.executable, "-m", "dev.stack", "run"]
START_SECONDS = 90
STOP_SECONDS = 60

# The worker's last line of the example file.
ENDED = re.compile(r"The upload has ended.* creados=10\b")


class Stack:
    """`python -m dev.stack run` on free ports, as a new user has it: an empty home, no variables."""

    def __init__(self, folder: Path) -> None:
        self.port = _free_ports()
        self.run_dir = folder / "run"
        self.home = folder / "home"
        self.home.mkdir()
        self.output = folder / "output"
        self.env = {
            "PATH": os.environ["PATH"],
            "HOME": str(self.home),
            "PORT": str(self.port),
            "RUN_DIR": str(self.run_dir),
        }
        self.process: subprocess.Popen | None = None

    def start(self, *command: str, **variables: str) -> None:
        with self.output.open("wb") as output:
            self.process = subprocess.Popen(
                command or RUN,
                cwd=PROJECT,
                env=self.env | variables,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    @property
    def said(self) -> str:
        return self.output.read_text("utf-8") if self.output.exists() else ""

    def wait_for(self, condition, seconds=START_SECONDS) -> None:
        deadline = time.monotonic() + seconds
        while not condition():
            assert time.monotonic() < deadline, self.said
            time.sleep(0.1)

    def wait_until_ready(self) -> None:
        self.wait_for(lambda: "MediSupply is ready" in self.said or self.process.poll() is not None)

    def ports_are_free(self) -> bool:
        return all(is_free(self.port + offset) for offset in range(3))

    def processes(self) -> list[str]:
        """The command lines of all processes that have our RUN_DIR in their environment."""
        mark = f"RUN_DIR={self.run_dir}".encode()
        found = []
        for folder in Path("/proc").glob("[0-9]*"):
            try:
                if mark in (folder / "environ").read_bytes().split(b"\0"):
                    found.append((folder / "cmdline").read_text().replace("\0", " "))
            except OSError:
                continue  # it has just ended
        return found

    def assert_nothing_is_left(self) -> None:
        self.wait_for(lambda: self.ports_are_free() and not self.processes(), STOP_SECONDS)
        assert list(self.home.iterdir()) == []


@pytest.fixture
def stack(tmp_path):
    stack = Stack(tmp_path)
    yield stack
    if stack.process and stack.process.poll() is None:
        stack.process.terminate()
        stack.process.wait(STOP_SECONDS)


def test_it_comes_up_imports_the_example_and_ctrl_c_ends_all_of_it(stack, tmp_path):
    stack.start()
    stack.wait_until_ready()
    assert curl_line(stack.port) in stack.said
    if shutil.which("curl"):
        told = next(line for line in stack.said.splitlines() if "-F file=" in line)
        answer = subprocess.run(["sh", "-c", told], cwd=PROJECT, capture_output=True, text=True, check=True)
        assert '"status":"pending"' in answer.stdout.replace(" ", "")
        stack.wait_for(lambda: ENDED.search(stack.said))
    purged = stack.run_dir / "logs" / "purge.log"
    stack.wait_for(lambda: "cargas: 0 (0 bytes)" in purged.read_text("utf-8"))
    it_listens_on_this_machine_only(stack)
    a_second_copy_is_refused_in_words(stack, tmp_path)
    stack.process.send_signal(signal.SIGINT)
    assert stack.process.wait(STOP_SECONDS) == 0
    assert "Traceback" not in stack.said
    assert "Warning" not in stack.said
    stack.assert_nothing_is_left()


def it_listens_on_this_machine_only(stack):
    listening = [line.split() for line in Path("/proc/net/tcp").read_text().splitlines()[1:]]
    addresses = {local.partition(":") for _, local, _, state, *_ in listening if state == "0A"}
    ours = {host for host, _, port in addresses if int(port, 16) in range(stack.port, stack.port + 3)}
    assert ours == {"0100007F"}  # 127.0.0.1, as the kernel writes it
    refused = urllib3.request("POST", f"{address(stack.port)}{UPLOAD_PATH}", retries=False)
    assert refused.status == 401


def a_second_copy_is_refused_in_words(stack, tmp_path):
    second = subprocess.run(RUN, cwd=PROJECT, env=stack.env, capture_output=True, text=True, check=False)
    assert second.returncode == 1
    assert second.stderr.startswith("A copy is running in ")
    elsewhere = stack.env | {"RUN_DIR": str(tmp_path / "run2")}
    second = subprocess.run(RUN, cwd=PROJECT, env=elsewhere, capture_output=True, text=True, check=False)
    assert second.stderr.startswith(f"Port {stack.port} (web) is taken")


def test_a_waiting_upload_outlives_a_restart(stack):
    # The message may have been handed to the long poll that the stopped worker left behind.
    short = {"BULK_UPLOAD_WAIT_SECONDS": "1", "BULK_UPLOAD_LEASE_SECONDS": "3", "BULK_UPLOAD_CHUNK_ROWS": "100"}
    stack.start(**short)
    stack.wait_until_ready()
    control = [sys.executable, "-m", "supervisor.supervisorctl", "-c", str(SUPERVISOR_CONFIG)]
    subprocess.run([*control, "stop", "worker"], cwd=PROJECT, env=stack_environment(stack.env), check=True)
    told = next(line for line in stack.said.splitlines() if "-F file=" in line)
    subprocess.run(["sh", "-c", told], cwd=PROJECT, check=True)
    stack.process.send_signal(signal.SIGINT)
    assert stack.process.wait(STOP_SECONDS) == 0
    assert not ENDED.search(stack.said)
    stack.start(**short)
    stack.wait_until_ready()
    stack.wait_for(lambda: ENDED.search(stack.said))
    stack.process.terminate()
    assert stack.process.wait(STOP_SECONDS) == 0
    stack.assert_nothing_is_left()


def test_a_stack_that_cannot_start_says_why_and_fails(stack):
    stack.start(DATABASE_URL="nonsense://nowhere/x")
    assert stack.process.wait(START_SECONDS) == 1
    assert "DATABASE_URL is set: the embedded SQLite is not started" in stack.said
    assert "MediSupply did not start: the bootstrap failed" in stack.said
    stack.assert_nothing_is_left()


def test_closing_the_terminal_ends_all_of_it(stack):
    terminal, its_end = pty.openpty()

    def take_terminal():
        os.setsid()
        fcntl.ioctl(its_end, termios.TIOCSCTTY, 0)

    process = subprocess.Popen(
        RUN, cwd=PROJECT, env=stack.env, stdin=its_end, stdout=its_end, stderr=its_end, preexec_fn=take_terminal
    )
    os.close(its_end)
    try:
        stack.wait_for(lambda: not is_free(stack.port + 1))
        os.close(terminal)
        process.wait(STOP_SECONDS)
        stack.assert_nothing_is_left()
    finally:
        process.kill()


def test_the_stack_of_a_demo_that_was_killed_ends_too(stack):
    # The shell stands for the demo: it starts the stack and waits for it.
    stack.start("sh", "-c", f"STACK_FOLLOWS=$$ {shlex.join(RUN)} & wait")
    stack.wait_for(lambda: not stack.ports_are_free())
    stack.process.kill()
    stack.assert_nothing_is_left()
