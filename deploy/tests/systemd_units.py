"""Units of systemd, read from their files: what a service gets with what all of ours have in common."""

import shlex
from collections import defaultdict
from pathlib import Path

from dev.environment import PROJECT

FOLDER = PROJECT / "deploy" / "systemd"
COMMON = FOLDER / "medisupply-.service.d" / "common.conf"
SERVICES = sorted(path.name for path in FOLDER.glob("*.service"))


def read(path: Path) -> dict[str, dict[str, list[str]]]:
    """Section → option → its values, in their order."""
    found: dict[str, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    section = ""
    for line in path.read_text("utf-8").splitlines():
        if line.startswith("["):
            section = line.strip("[]")
        elif line and not line.startswith(("#", ";")):
            name, _, value = line.partition("=")
            found[section][name].append(value)
    return found


def service(name: str, folder: Path = FOLDER) -> dict[str, list[str]]:
    """The section [Service] of a unit in `folder`, with that of the file in common."""
    options: dict[str, list[str]] = defaultdict(list)
    for path in (folder / name, folder / COMMON.relative_to(FOLDER)):
        for option, values in read(path)["Service"].items():
            options[option] += values
    return options


def commands(name: str, folder: Path = FOLDER) -> list[list[str]]:
    """The words of each command that the service runs."""
    return [shlex.split(command) for command in service(name, folder)["ExecStart"]]


def variables(name: str, folder: Path = FOLDER) -> dict[str, str]:
    """The environment that the service is given."""
    pairs = [pair for value in service(name, folder)["Environment"] for pair in shlex.split(value)]
    return dict(pair.split("=", 1) for pair in pairs)
