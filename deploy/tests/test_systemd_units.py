"""The units of systemd run what supervisor runs, with the same times, and keep the program in its place."""

import configparser
import os
import re
import shutil
import subprocess

import pytest
from django.conf import settings
from django.core.management import get_commands, load_command_class

from bulk_upload.checking.tables import Limits
from deploy import gunicorn_config
from deploy.tests.systemd_units import COMMON, FOLDER, SERVICES, commands, read, service, variables
from dev.environment import PROJECT

INSTALLED = "/opt/medisupply"
GIGABYTE = 1024**3
# What Python and gunicorn read themselves.
READ_BY_PROGRAMS = {"PYTHONUNBUFFERED", "PYTHONDONTWRITEBYTECODE", "WEB_CONCURRENCY"}
# Unit of systemd, file and program of supervisor.
SAME = [
    ("medisupply-web.service", "web.conf", "medisupply-web"),
    ("medisupply-worker@.service", "worker.conf", "medisupply-worker"),
]


def supervisor(file, program):
    parser = configparser.RawConfigParser(inline_comment_prefixes=(" ;",))
    parser.read(PROJECT / "deploy" / "supervisor" / file, "utf-8")
    return dict(parser[f"program:{program}"])


@pytest.mark.parametrize(("unit", "file", "program"), SAME)
def test_both_run_the_same_command(unit, file, program):
    (words,) = commands(unit)
    other = supervisor(file, program)["command"].split()
    if "--bind" in other:  # systemd hands the socket over
        place = other.index("--bind")
        del other[place : place + 2]
    assert words == other
    assert service(unit)["WorkingDirectory"] == [supervisor(file, program)["directory"]]
    assert service(unit)["User"] == [supervisor(file, program)["user"]]


@pytest.mark.parametrize(("unit", "file", "program"), SAME)
def test_both_stop_it_in_the_same_way_and_time(unit, file, program):
    options, other = service(unit), supervisor(file, program)
    assert options["TimeoutStopSec"] == [other["stopwaitsecs"]]
    assert options["KillMode"] == ["mixed"]
    assert (other["stopsignal"], other["stopasgroup"], other["killasgroup"]) == ("TERM", "false", "true")
    assert options["Restart"] == ["always"]
    assert other["autorestart"] == "true"


@pytest.mark.parametrize(("unit", "file", "program"), SAME)
def test_both_give_the_same_number_of_processes(unit, file, program):
    given = dict(pair.split("=") for pair in supervisor(file, program)["environment"].split(","))
    assert variables(unit).get("WEB_CONCURRENCY", "") == given.get("WEB_CONCURRENCY", "").strip('"')


def test_there_is_time_for_a_chunk_and_for_the_requests_that_have_begun():
    assert int(service("medisupply-worker@.service")["TimeoutStopSec"][0]) > settings.BULK_UPLOAD_LEASE_SECONDS
    assert int(service("medisupply-web.service")["TimeoutStopSec"][0]) > gunicorn_config.graceful_timeout


def test_the_target_starts_as_many_workers_as_supervisor():
    (wanted,) = read(FOLDER / "medisupply.target")["Unit"]["Wants"]
    workers = [name for name in wanted.split() if name.startswith("medisupply-worker@")]
    assert len(workers) == int(supervisor("worker.conf", "medisupply-worker")["numprocs"])
    others = set(wanted.split()) - set(workers)
    assert all((FOLDER / name).exists() for name in others)


@pytest.mark.parametrize("unit", SERVICES)
def test_commands_and_variables_are_those_of_the_code(unit):
    for program, *words in commands(unit):
        assert program.startswith(f"{INSTALLED}/.venv/bin/")
        if words[0] == "manage.py":
            if words[1] not in get_commands():
                pytest.skip(f"there is no manage.py {words[1]} yet")
            load_command_class(get_commands()[words[1]], words[1]).create_parser(*words[:2]).parse_args(words[2:])
        else:
            assert (PROJECT / words[words.index("--config") + 1]).exists()
    example = re.findall(r"^([A-Z0-9_]+)=", (PROJECT / ".env.example").read_text("utf-8"), re.MULTILINE)
    assert set(variables(unit)) <= {*example, *READ_BY_PROGRAMS}


@pytest.mark.parametrize("unit", SERVICES)
def test_the_folder_of_temporary_files_is_the_one_that_can_be_written_to(unit):
    options = service(unit)
    assert options["ProtectSystem"] == ["strict"]
    assert variables(unit)["BULK_UPLOAD_TEMP_DIR"] == f"/var/cache/{options['CacheDirectory'][0]}"
    assert "ReadWritePaths" not in options


def test_the_memory_of_a_worker_is_above_that_of_two_readers():
    (most,) = service("medisupply-worker@.service")["MemoryMax"]
    assert int(most.removesuffix("G")) * GIGABYTE > 2 * Limits().memory_bytes + GIGABYTE // 2


def test_a_reader_that_is_killed_for_memory_does_not_take_the_worker_along():
    assert service("medisupply-worker@.service")["OOMPolicy"] == ["continue"]


def verify(folder, *arguments):
    """What systemd says of the units, copied to `folder` with a program that is there."""
    shutil.copytree(FOLDER, folder, dirs_exist_ok=True)
    for path in [*folder.glob("*.service"), folder / COMMON.relative_to(FOLDER)]:
        text = path.read_text("utf-8").replace(f"{INSTALLED}/.venv/bin/", "/usr/bin/env ")
        path.write_text(text.replace(f"={INSTALLED}", f"={PROJECT}"))
    env = {**os.environ, "SYSTEMD_UNIT_PATH": f"{folder}:", "SYSTEMD_PAGER": ""}
    command = ["systemd-analyze", *arguments]
    return subprocess.run(command, env=env, capture_output=True, text=True, check=False, cwd=folder)


needs_systemd = pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="needs systemd-analyze")


@needs_systemd
def test_systemd_understands_every_line(tmp_path):
    units = [path.name for path in FOLDER.iterdir() if path.is_file()]
    done = verify(tmp_path, "verify", "--man=no", *(f"{tmp_path}/{name}" for name in units))
    ours = [line for line in (done.stdout + done.stderr).splitlines() if "medisupply" in line]
    assert (done.returncode, ours) == (0, [])


@needs_systemd
@pytest.mark.parametrize("unit", SERVICES)
def test_systemd_calls_them_safe(unit, tmp_path):
    """Its own measure, from 0 to 10 ("ok" is below 5)."""
    done = verify(tmp_path, "security", "--offline=true", "--threshold=20", f"{tmp_path}/{unit}")
    assert done.returncode == 0, done.stdout[-300:] + done.stderr
