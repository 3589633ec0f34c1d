"""`python -m dev.other_pythons [INTERPRETER]`: the tests on another Python than that of `.venv`, on the
embedded parts, but for those that no Python makes a difference to (`ON_ONE_PYTHON`).

Without an interpreter: on each newer minor version that this machine has already (on the PATH, of pyenv, of uv);
nothing is downloaded but packages. Each has a virtual environment of its own, `.venv-py3.13`, with the packages of
requirements/dev.txt; it is used again until these change.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from dev.environment import PROJECT
from dev.variables import Tests, Tools, read, refuse_nonsense
from medisupply.environment.refusal import in_words

REQUIREMENTS: Final = PROJECT / "requirements" / "dev.txt"
OLDEST: Final = (3, 11)
# Minor versions that are looked for by name.
MINORS: Final = range(OLDEST[1], 30)
# Version and kind of an interpreter. Releases of CPython with its lock count, as the locked packages have wheels for,
# where they can make a virtual environment: Debian has that in a package of its own.
DESCRIBE: Final = """
import ensurepip, platform, sys, sysconfig, venv
usable = platform.python_implementation() == "CPython" and sys.version_info.releaselevel == "final"
if usable and not sysconfig.get_config_var("Py_GIL_DISABLED"):
    print(*sys.version_info[:3])
"""


@dataclass(frozen=True, order=True)
class Python:
    version: tuple[int, ...]
    path: str

    @property
    def minor(self) -> tuple[int, ...]:
        return self.version[:2]

    @property
    def folder(self) -> Path:
        return PROJECT / f".venv-py{'.'.join(map(str, self.minor))}"

    def __str__(self) -> str:
        return f"Python {'.'.join(map(str, self.version))}"


def described(path: str) -> Python | None:
    """The interpreter at `path`; `None` when there is none that can be used. A pyenv shim may be one of nothing."""
    try:
        done = subprocess.run([path, "-c", DESCRIBE], capture_output=True, text=True, timeout=30, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return None
    version = tuple(map(int, done.stdout.split())) if done.returncode == 0 else ()
    return Python(version, path) if version else None


def newer_than(minor: tuple[int, ...], paths: Iterable[str]) -> list[Python]:
    """Of each newer minor version the newest release, in order."""
    newest: dict[tuple[int, ...], Python] = {}
    for python in sorted(filter(None, map(described, paths))):
        if python.minor > minor:
            newest[python.minor] = python
    return list(newest.values())


def installed() -> Iterator[str]:
    """Paths where interpreters may be."""
    pyenv = Path(os.environ.get("PYENV_ROOT") or Path.home() / ".pyenv")
    yield from sorted(str(path) for path in pyenv.glob("versions/3.*/bin/python"))
    uv = shutil.which("uv", path=f"{os.environ.get('PATH', '')}{os.pathsep}{PROJECT / '.venv-tools' / 'bin'}")
    for minor in MINORS:
        if path := shutil.which(f"python3.{minor}"):
            yield path
        if uv:
            command = [uv, "python", "find", "--managed-python", "--no-python-downloads", "--offline", f"3.{minor}"]
            found = subprocess.run(command, cwd="/", capture_output=True, text=True, check=False)
            yield from found.stdout.split("\n")[:1] if found.returncode == 0 else ()


def prepare(python: Python) -> Path:
    """The interpreter of its virtual environment, with the locked packages. Ends the process when that fails."""
    own = python.folder / "bin" / "python"
    stamp = python.folder / ".installed"
    wanted = f"{python} {hashlib.sha256(REQUIREMENTS.read_bytes()).hexdigest()}\n"
    if stamp.exists() and stamp.read_text("ascii") == wanted:
        return own
    install = [str(own), "-m", "dev.install", str(REQUIREMENTS.relative_to(PROJECT))]
    for command in ([python.path, "-m", "venv", "--clear", str(python.folder)], install):
        if subprocess.run(command, cwd=PROJECT, check=False).returncode:
            sys.exit(f"{REQUIREMENTS.name} could not be installed for {python} ({python.path}): see above.")
    # Written last: an installation that broke off is done again.
    stamp.write_text(wanted, "ascii")
    return own


def tests_on(interpreter: Path) -> int:
    tests = subprocess.Popen([str(interpreter), "-m", "dev.run_tests", "--other-python"], cwd=PROJECT)
    try:
        return tests.wait()
    except BaseException:
        # It stops what it has started.
        tests.terminate()
        tests.wait()
        raise


def newer_ones() -> list[Python]:
    """Those that are newer, as far as `NEWER_PYTHONS` wants them; says what was found."""
    only = read(Tests.NEWER_PYTHONS)
    if only == "none":
        print("Newer Pythons are not looked for: NEWER_PYTHONS=none")
        return []
    found = newer_than(sys.version_info[:2], installed())
    print(f"Newer Pythons that were found: {', '.join(f'{python} ({python.path})' for python in found) or 'none'}")
    wanted = [python for python in found if not only or f"3.{python.minor[1]}" in only.split(",")]
    if only:
        print(f"NEWER_PYTHONS={only} leaves {', '.join(map(str, wanted)) or 'none'}")
    return wanted


def named(arguments: list[str]) -> list[Python]:
    """The interpreters of the command line. Ends the process when one cannot be used."""
    pythons = []
    for path in arguments:
        python = described(path)
        if python is None or python.minor < OLDEST:
            sys.exit(
                f"{path} is no release of CPython 3.{OLDEST[1]} or newer that runs and makes virtual environments."
            )
        pythons.append(python)
    return pythons


def main(arguments: list[str]) -> int:
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    pythons = named(arguments) if arguments else newer_ones()
    results = {}
    for python in pythons:
        print(f"=== {python} ({python.path})", flush=True)
        results[str(python)] = tests_on(prepare(python))
    for name, code in results.items():
        print(f"{name}: {'FAILED' if code else 'passed'}")
    return max(results.values(), default=0)


if __name__ == "__main__":
    with in_words():
        refuse_nonsense(Tools, Tests)
    sys.exit(main(sys.argv[1:]))
