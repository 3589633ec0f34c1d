"""No program starts with a variable that makes no sense: it says one sentence and nothing else, and leaves with 1."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest
from django.conf import settings

from medisupply.environment.addresses import Database, Hosts, IpAddress, Origins, Url
from medisupply.environment.declarations import SECTIONS, declared
from medisupply.environment.kinds import Arguments, Choice, Flag, Folder, Number, Password, Rate, Text, TimeZone, Whole
from medisupply.environment.loading import load_environment
from medisupply.environment.processes import Processes
from medisupply.environment.refusal import SettingsRefused

NONSENSE = {
    Arguments: "--reload 'sin fin",
    Choice: "quizás",
    Database: "mysql://medisupply:secreta@db/medisupply",
    Flag: "quizás",
    Folder: "/no/existe",
    Hosts: "https://medisupply.example",
    IpAddress: "localhost",
    Number: "1,5",
    Origins: "medisupply.example",
    Password: "dos\nlíneas",
    Rate: "muchas",
    Text: "¿ qué ?",
    TimeZone: "Marte",
    Url: "gopher://medisupply:secreta@cache",
    Whole: "muchos",
}
WEB = ("-m", "deploy.web", "--config", "deploy/gunicorn_config.py", "--bind", "127.0.0.1:0", "medisupply.wsgi")
PROGRAMS = {
    "check": ("manage.py", "check"),
    "worker": ("manage.py", "consume_bulk_uploads", "--once"),
    "bootstrap": ("manage.py", "bootstrap"),
    "shell": ("manage.py", "shell", "-c", "1"),
    "help": ("manage.py", "help"),
    "environment": ("-m", "medisupply.environment"),
}


def run(*command, **variables):
    return subprocess.run(
        [sys.executable, *command],
        cwd=settings.BASE_DIR,
        env={**os.environ, **variables},
        capture_output=True,
        text=True,
        timeout=60,
    )


def refusal(variable):
    """The sentence. The value of a secret is not in it."""
    said = variable.name if variable.secret else f"{variable.name}={NONSENSE[type(variable.kind)]}"
    return f"The environment variable {said} cannot be used: it must be {variable.kind.allowed}."


def test_every_variable_is_refused_by_name_in_a_sentence():
    done = run("manage.py", "check", **{each.name: NONSENSE[type(each.kind)] for each in declared()})
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.splitlines() == [refusal(variable) for variable in declared()]


@pytest.mark.parametrize("command", PROGRAMS.values(), ids=PROGRAMS)
def test_every_command_says_the_sentence_and_no_traceback(command):
    done = run(*command, BULK_UPLOAD_CHUNK_ROWS="0")
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == (
        "The environment variable BULK_UPLOAD_CHUNK_ROWS=0 cannot be used: it must be a whole number from 1 on.\n"
    )


@pytest.mark.processes
def test_the_web_ends_with_the_sentence_and_no_traceback():
    done = run(*WEB, "--workers", "2", BULK_UPLOAD_CHUNK_ROWS="0", LOG_FORMAT="json")
    assert (done.returncode, done.stdout) == (1, "")
    ours = [line for line in done.stderr.splitlines() if not line.startswith("{")]  # gunicorn's own lines
    assert ours == [
        "The environment variable BULK_UPLOAD_CHUNK_ROWS=0 cannot be used: it must be a whole number from 1 on."
    ]
    assert "Listening" not in done.stderr


def test_whatever_reads_the_settings_meets_the_refusal():
    done = run("-c", "import medisupply.settings", BULK_UPLOAD_LARGE_PRICE_CHANGE="1")
    assert done.returncode != 0
    assert done.stderr.splitlines()[-1] == (
        "medisupply.environment.refusal.SettingsRefused: The environment variable BULK_UPLOAD_LARGE_PRICE_CHANGE=1 "
        "cannot be used: it must be a number above 1, such as 2 or 1.5."
    )


def test_every_default_and_every_example_makes_sense():
    for variable in declared():
        for text in (variable.default, variable.example):
            if text is not None:
                variable.kind.parse(text)


def test_no_variable_is_declared_twice():
    names = [variable.name for section in SECTIONS for variable in section.variables()]
    assert sorted(names) == sorted(set(names))


LOAD = """
import os, pathlib, sys
from medisupply.environment.loading import load_environment
load_environment(pathlib.Path(sys.argv[1]))
print(os.environ["BULK_UPLOAD_MAX_ROWS"], os.environ["BULK_UPLOAD_CHUNK_ROWS"], os.environ["S3_BUCKET_NAME"])
"""


def test_the_file_adds_what_the_environment_has_not(tmp_path):
    file = tmp_path / ".env"
    file.write_text("BULK_UPLOAD_MAX_ROWS=8\nBULK_UPLOAD_CHUNK_ROWS=9\nexport S3_BUCKET_NAME='mío-no'\n")
    done = run("-c", LOAD, str(file), BULK_UPLOAD_MAX_ROWS="7", S3_BUCKET_NAME="cargas")
    assert (done.stdout, done.stderr) == ("7 9 cargas\n", "")


def test_what_the_file_says_is_refused_in_the_same_words(tmp_path):
    file = tmp_path / ".env"
    file.write_text("BULK_UPLOAD_CHUNK_ROWS=muchas\n")
    done = run("-c", LOAD, str(file))
    assert "The environment variable BULK_UPLOAD_CHUNK_ROWS=muchas cannot be used" in done.stderr.splitlines()[-1]
    assert done.returncode != 0


@pytest.mark.parametrize("name", [".", "latin-1"])
def test_a_file_that_cannot_be_read_is_named(tmp_path, name):
    (tmp_path / "latin-1").write_bytes("# Bogotá".encode("latin-1"))
    with pytest.raises(SettingsRefused, match=rf"^The file {tmp_path}\S* cannot be read: .+\.$"):
        load_environment(tmp_path / name)


@pytest.mark.parametrize("variable", Processes.variables(), ids=lambda variable: variable.name)
def test_the_web_refuses_what_gunicorn_itself_would_meet_with_a_traceback(variable):
    done = run(*WEB, **{variable.name: NONSENSE[type(variable.kind)]})
    assert (done.returncode, done.stdout, done.stderr) == (1, "", f"{refusal(variable)}\n")


@pytest.mark.processes
def test_without_the_configuration_file_the_web_still_ends_in_words():
    worker = ("--worker-class", "medisupply.web.gunicorn_worker.Worker", "--workers", "1")
    done = run("-m", "gunicorn", *worker, "--bind", "127.0.0.1:0", "medisupply.wsgi", BULK_UPLOAD_CHUNK_ROWS="0")
    assert done.returncode == 4  # gunicorn's "App failed to load."
    assert "\nThe environment variable BULK_UPLOAD_CHUNK_ROWS=0 cannot be used" in done.stderr
    assert "Traceback" not in done.stderr
