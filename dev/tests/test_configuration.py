"""The page of all variables, and the example file, are those that the declarations make; every variable is declared."""

from __future__ import annotations

import ast
import os
import re
import subprocess
import sys

import pytest

from dev import variables
from dev.configuration import EXAMPLE, PAGE, example, page
from dev.environment import PROJECT
from medisupply.environment import declarations

PACKAGES = ("bulk_upload", "catalog", "medisupply", "deploy", "dev", "benchmarks")
# Of the operating system, of pyenv and of the tools of the tests: not ours to declare.
OTHERS = {"PATH", "NO_PROXY", "PYENV_ROOT", "PYTEST_XDIST_WORKER", "COVERAGE_PROCESS_CONFIG"}


def names():
    return {variable.name for variable in [*declarations.declared(), *variables.declared()]}


def test_the_page_is_the_one_that_the_declarations_make():
    assert PAGE.read_text("utf-8") == page(), "run: make configuration"


def test_the_example_is_the_one_that_the_declarations_make():
    assert EXAMPLE.read_text("utf-8") == example(), "run: make configuration"


def test_the_page_has_each_variable_once_with_what_it_means_and_what_is_allowed():
    rows = re.findall(r"^\| `(\w+)` \| (.+?) \| (.+?) \| (.*?) \| (.+?) \|", PAGE.read_text("utf-8"), re.MULTILINE)
    assert sorted(name for name, *_ in rows) == sorted(names())
    assert all(meaning.endswith(".") for _, meaning, *_ in rows)


def read_names(tree):
    """Names in ``os.environ["X"]``, ``os.environ.get("X")``, ``given.get("X")`` and the like."""
    for node in ast.walk(tree):
        where, key = None, None
        if isinstance(node, ast.Subscript) and isinstance(node.ctx, ast.Load):
            where, key = node.value, node.slice
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.args:
            if node.func.attr in ("get", "pop", "setdefault"):
                where, key = node.func.value, node.args[0]
        elif isinstance(node, ast.Compare) and isinstance(node.ops[0], ast.In):
            where, key = node.comparators[0], node.left
        is_environment = where is not None and ast.unparse(where) in ("os.environ", "given")
        if is_environment and isinstance(key, ast.Constant) and re.fullmatch("[A-Z][A-Z0-9_]*", str(key.value)):
            yield key.value


def test_every_variable_that_any_program_reads_is_declared():
    files = [PROJECT / "conftest.py", PROJECT / "manage.py"]
    files += [path for package in PACKAGES for path in (PROJECT / package).rglob("*.py")]
    read = {name for path in files for name in read_names(ast.parse(path.read_text("utf-8")))}
    assert {"TEST_DATABASE_URL", "STACK_FOLLOWS", "REQUIRE_BROWSER", "RANDOM_FILES_TIMES"} <= read
    assert read - names() - OTHERS == set()


def test_every_variable_of_make_is_declared():
    text = (PROJECT / "Makefile").read_text("utf-8")
    assigned = set(re.findall(r"^(\w+) \?=", text, re.MULTILINE)) | set(re.findall(r"\$\(if \$\((\w+)\)", text))
    assert {"PORT", "UPGRADE"} <= assigned
    assert assigned - names() == set()


NONSENSE = {
    "PORT": "65534",
    "MINUTES": "pocos",
    "SEED": "-1",
    "ARGS": "-k 'sin fin",
    "UPGRADE": "quizás",
    "TEST_DATABASE_URL": "mysql://medisupply:secreta@db/x",
    "TEST_REDIS_URL": "cache:6379",
    "REQUIRE_POSTGRES": "quizás",
    "REQUIRE_BROWSER": "quizás",
    "REQUIRE_PROMETHEUS": "quizás",
    "REQUIRE_HISTORY": "quizás",
    "RANDOM_FILES_TIMES": "0",
}


def run(*command, **given):
    command = [sys.executable, *command]
    done = subprocess.run(command, cwd=PROJECT, env={**os.environ, **given}, capture_output=True, text=True, timeout=60)
    assert (done.returncode, done.stdout) == (1, "")
    return done.stderr


@pytest.mark.parametrize(("name", "value"), NONSENSE.items(), ids=NONSENSE)
def test_nonsense_is_refused_before_the_tests_begin(name, value):
    said = run("-m", "dev.run_tests", **{name: value})
    assert re.fullmatch(rf"The environment variable {name}\S* .*cannot be used: it must be .+\.\n", said)
    assert "secreta" not in said


@pytest.mark.parametrize("module", ["dev.fuzz", "dev.chaos"])
def test_a_soak_refuses_nonsense(module):
    assert run("-m", module, MINUTES="pocos").startswith("The environment variable MINUTES=pocos cannot be used")


@pytest.mark.parametrize(("name", "value"), [("BENCH_QUICK", "x"), ("BENCH_RUNS", "0"), ("BENCH_SIZES", "1000,x")])
def test_a_measurement_refuses_nonsense(name, value):
    said = run("-m", "benchmarks", "bench", **{name: value})
    assert said.startswith(f"The environment variable {name}={value} cannot be used: it must be ")
    assert len(said.splitlines()) == 1
