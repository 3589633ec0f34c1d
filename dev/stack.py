"""The whole system on this machine, from pip packages alone: `python -m dev.stack run | demo`.

`run` becomes supervisord, which starts the parts (dev/supervisor/dev.conf). One of them is `bring-up`:
it makes the installation ready, lets web, worker and purge start, and says so when they answer.
"""

from __future__ import annotations

import argparse
import fcntl
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Final

from dev.announce import announcement, wait_until_ready
from dev.demo import run_demo
from dev.environment import (
    EMBEDDED,
    PROJECT,
    SUPERVISOR_CONFIG,
    StackError,
    check_can_start,
    prepare_folders,
    stack_environment,
    used_ports,
)


def run() -> None:
    """Replace this process by supervisord: its pid, its Ctrl-C and its end are this process's."""
    env = stack_environment(os.environ)
    check_can_start(env)
    prepare_folders(env)
    _let_programs_write_to_the_terminal(env)
    ports = ", ".join(f"{program} {port}" for port, program in used_ports(env).items())
    print(f"Starting MediSupply in {_shown(env['RUN_DIR'])} (ports: {ports}; Ctrl-C stops everything)", flush=True)
    for variable, part in EMBEDDED.items():
        if os.environ.get(variable):
            print(f"{variable} is set: the embedded {part} is not started", flush=True)
    command = [sys.executable, "-m", "dev.supervise", "--nodaemon", "--configuration", str(SUPERVISOR_CONFIG)]
    os.chdir(PROJECT)
    os.execve(sys.executable, command, env)  # noqa: S606 - a fixed program, no shell


def bring_up() -> None:
    """Bootstrap, then let web, worker and purge start, then say where everything is."""
    try:
        _step("bootstrap", sys.executable, "manage.py", "bootstrap", "--demo")
        _step("start of web, worker and purge", *SUPERVISORCTL, "start", "web", "worker", "purge", quiet=True)
        wait_until_ready(int(os.environ["PORT"]))
    except StackError as error:
        Path(os.environ["RUN_DIR"], "failed").write_text(str(error), "utf-8")
        print(f"MediSupply did not start: {error} The log files are in {os.environ['RUN_DIR']}/logs.", flush=True)
        subprocess.run([*SUPERVISORCTL, "shutdown"], cwd=PROJECT, stdout=subprocess.DEVNULL, check=False)
    else:
        print(announcement(int(os.environ["PORT"])), flush=True)


SUPERVISORCTL: Final = (sys.executable, "-m", "supervisor.supervisorctl", "-c", str(SUPERVISOR_CONFIG))


def _step(name: str, *command: str, quiet: bool = False) -> None:
    done = subprocess.run(command, cwd=PROJECT, stdout=subprocess.PIPE if quiet else None, text=True, check=False)
    if done.returncode:
        errors = [line for line in (done.stdout or "").splitlines() if "ERROR" in line]
        raise StackError(f"the {name} failed ({'; '.join(errors) or 'see above'}).")


def announce() -> None:
    """Print again what `run` printed when it was ready."""
    env = stack_environment(os.environ)
    wait_until_ready(int(env["PORT"]), seconds=5)
    print(announcement(int(env["PORT"])))


def _let_programs_write_to_the_terminal(env: dict[str, str]) -> None:
    """Supervisor opens `STACK_TERMINAL` to show what programs say; see that it can, and that nothing is lost."""
    if env["STACK_TERMINAL"] != "/dev/stdout":
        return
    # When the output is a file, everybody appends to it, instead of writing over what others wrote.
    fcntl.fcntl(1, fcntl.F_SETFL, fcntl.fcntl(1, fcntl.F_GETFL) | os.O_APPEND)
    try:
        Path("/dev/stdout").open("ab").close()
    except OSError:
        # A socket, or another user's terminal, can be written to but not opened.
        env["STACK_TERMINAL"] = str(Path(env["RUN_DIR"], "logs", "programs.log"))
        print(f"What the programs say goes to {env['STACK_TERMINAL']}", flush=True)


def _shown(folder: str) -> str:
    path = Path(folder)
    return f"./{path.relative_to(PROJECT)}" if path.is_relative_to(PROJECT) else folder


COMMANDS: Final[dict[str, Callable[[], None]]] = {
    "run": run,
    "bring-up": bring_up,
    "announce": announce,
    "demo": run_demo,
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("command", choices=COMMANDS)
    try:
        COMMANDS[parser.parse_args().command]()
    except StackError as error:
        sys.exit(str(error))


if __name__ == "__main__":
    main()
