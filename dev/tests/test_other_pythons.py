"""Which other Pythons tests run on: the newest release of each newer version that really runs."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from dev.environment import PROJECT
from dev.other_pythons import Python, described, newer_than


@pytest.fixture
def interpreter(tmp_path):
    """A program that answers as an interpreter of a version would: this machine may have no other one."""

    def made(name, answer, status=0):
        path = tmp_path / name
        path.write_text(f"#!/bin/sh\necho {answer}\nexit {status}\n")
        path.chmod(0o755)
        return str(path)

    return made


def run(*arguments, **variables):
    command = [sys.executable, "-m", "dev.other_pythons", *arguments]
    env = {**os.environ, **variables}
    return subprocess.run(command, cwd=PROJECT, env=env, capture_output=True, text=True, timeout=60)


def test_this_interpreter_is_described_as_it_is():
    assert described(sys.executable) == Python(sys.version_info[:3], sys.executable)


def test_what_does_not_run_is_none(interpreter, tmp_path):
    assert described(interpreter("shim", "python3.12: command not found", 127)) is None
    assert described(interpreter("prerelease", "")) is None
    assert described(str(tmp_path / "missing")) is None


def test_the_newest_release_of_each_newer_version_is_taken(interpreter):
    paths = [interpreter(name.replace(" ", "."), name) for name in ("3 12 1", "3 13 0", "3 12 10", "3 11 9", "3 9 1")]
    found = newer_than((3, 11), [*paths, interpreter("shim", "no", 127)])
    assert [python.version for python in found] == [(3, 12, 10), (3, 13, 0)]
    assert [python.folder.name for python in found] == [".venv-py3.12", ".venv-py3.13"]


@pytest.mark.parametrize("answer", ["3 10 13", "''"])
def test_an_interpreter_that_cannot_be_used_is_named(interpreter, answer):
    path = interpreter("python", answer)
    done = run(path)
    assert done.returncode == 1
    assert done.stderr == f"{path} is no release of CPython 3.11 or newer that runs and makes virtual environments.\n"


def test_what_was_found_is_said_and_what_a_list_leaves_of_it(interpreter, tmp_path):
    older, newer = interpreter("python3.28", "3 28 4"), interpreter("python3.29", "3 29 1")
    done = run(NEWER_PYTHONS="3.14", PATH=str(tmp_path), PYENV_ROOT=str(tmp_path))
    found, left = done.stdout.splitlines()
    assert found.startswith("Newer Pythons that were found: ")
    assert f"Python 3.28.4 ({older}), Python 3.29.1 ({newer})" in found
    assert left == "NEWER_PYTHONS=3.14 leaves none"


def test_none_turns_it_off():
    done = run(NEWER_PYTHONS="none")
    assert (done.returncode, done.stdout) == (0, "Newer Pythons are not looked for: NEWER_PYTHONS=none\n")


def test_the_ci_tests_each_newer_python_where_it_is_asked_to():
    script = (PROJECT / ".ci" / "run").read_text("utf-8")
    assert 'if [ "${NEWER_PYTHONS:-none}" != none ]; then make test-newer-pythons; fi\n' in script


def test_nonsense_is_refused():
    done = run(NEWER_PYTHONS="el último")
    assert done.returncode == 1
    assert done.stderr.startswith("The environment variable NEWER_PYTHONS=el último cannot be used")
