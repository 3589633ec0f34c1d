"""What the configuration files name exists: commands, variables, health checks, paths.

No container engine runs these tests; they hold the files against the code and the settings.
"""

import ast
import configparser
import itertools
import os
import re
import subprocess
import sys

import pytest
import yaml
from django.conf import settings

from deploy.tests.configuration import READ_BY_LIBRARIES, assert_manage_command_works, read_by_settings
from dev.environment import PROJECT, stack_environment
from dev.variables import Compose
from medisupply.environment.declarations import SECTIONS

DOCKERFILE = (PROJECT / "Dockerfile").read_text("utf-8")
COMPOSE = yaml.safe_load((PROJECT / "docker-compose.yml").read_text("utf-8"))
SERVICES = COMPOSE["services"]
OURS = {name: service for name, service in SERVICES.items() if service.get("image") == "medisupply"}


# --- .env.example ----------------------------------------------------------------------------


def env_example():
    """The variables, each with the line above it."""
    lines = (PROJECT / ".env.example").read_text("utf-8").splitlines()
    pairs = itertools.pairwise(lines)
    return {line.partition("=")[0]: above for above, line in pairs if re.match(r"[A-Z0-9_]+=", line)}


def test_every_variable_that_the_settings_read_is_in_the_example():
    assert read_by_settings() - set(env_example()) == set()


def test_the_settings_read_every_variable_that_is_declared_for_them():
    product = {variable.name for section in SECTIONS if section.in_example for variable in section.variables()}
    assert read_by_settings() == product - READ_BY_LIBRARIES


def test_every_variable_of_the_example_is_read():
    assert set(env_example()) - read_by_settings() - READ_BY_LIBRARIES == set()


def test_every_variable_of_the_example_has_a_comment_right_above():
    assert [name for name, above in env_example().items() if not above.startswith("# ")] == []


def test_the_limits_in_the_example_are_the_defaults():
    lines = (PROJECT / ".env.example").read_text("utf-8").splitlines()
    limits = [line.split("=") for line in lines if re.fullmatch(r"BULK_UPLOAD_\w+=\d+", line)]
    assert limits == [[name, str(getattr(settings, name))] for name, _ in limits]


# --- docker-compose.yml ----------------------------------------------------------------------


def test_compose_has_the_parts_of_the_system():
    assert set(SERVICES) == {"db", "cache", "aws", "init", "web", "worker", "purge", "prometheus", "grafana"}
    assert set(OURS) == {"init", "web", "worker", "purge"}


@pytest.mark.parametrize("name", ["init", "worker", "purge"])
def test_compose_runs_management_commands_that_exist(name):
    python, manage, *words = SERVICES[name]["command"]
    assert (python, manage) == ("python", "manage.py")
    assert_manage_command_works(words)


@pytest.mark.parametrize("name", OURS)
def test_compose_sets_only_variables_that_are_read(name):
    assert set(OURS[name]["environment"]) - read_by_settings() - READ_BY_LIBRARIES == set()


def test_compose_publishes_the_ports_that_are_declared():
    ports = [port for service in SERVICES.values() for port in service.get("ports", [])]
    published = [re.fullmatch(r"127\.0\.0\.1:\$\{(\w+):-(\d+)\}:\d+", port).groups() for port in ports]
    assert sorted(published) == sorted((variable.name, variable.default) for variable in Compose.variables())


@pytest.mark.parametrize("name", OURS)
def test_compose_addresses_services_that_exist(name):
    for variable in ("DATABASE_URL", "REDIS_URL", "AWS_ENDPOINT_URL"):
        host = re.search(r"(?:@|//)([a-z]+):\d+", OURS[name]["environment"][variable]).group(1)
        assert host in SERVICES


@pytest.mark.parametrize("name", SERVICES)
def test_compose_publishes_ports_on_this_machine_only(name):
    assert all(port.startswith("127.0.0.1:") for port in SERVICES[name].get("ports", []))


@pytest.mark.parametrize("name", SERVICES)
def test_compose_waits_for_health_or_for_a_good_end(name):
    for other, wait in SERVICES[name].get("depends_on", {}).items():
        once = SERVICES[other].get("restart") == "no"
        assert wait["condition"] == ("service_completed_successfully" if once else "service_healthy")
        assert once or "test" in SERVICES[other]["healthcheck"]


@pytest.mark.parametrize("name", OURS)
def test_our_containers_can_do_little(name):
    service = OURS[name]
    assert service["read_only"] is True
    assert [place.partition(":")[0] for place in service["tmpfs"]] == ["/tmp"]  # noqa: S108
    assert (service["cap_drop"], service["security_opt"]) == (["ALL"], ["no-new-privileges:true"])
    assert re.search(r"^USER 10001:10001$", DOCKERFILE, re.MULTILINE)


def test_compose_runs_two_workers():
    assert SERVICES["worker"]["deploy"]["replicas"] == 2


@pytest.mark.parametrize(
    ("name", "program"),
    [
        ("db", "pg_isready"),
        ("cache", "valkey-cli"),
        ("aws", "curl"),
        ("web", "python"),
        ("prometheus", "promtool"),
        ("grafana", "curl"),
    ],
)
def test_compose_checks_health_with_what_the_image_has(name, program):
    test = SERVICES[name]["healthcheck"]["test"]
    assert test[0] in ("CMD", "CMD-SHELL")
    assert test[1].split()[0] == program


def test_compose_gives_the_worker_more_time_than_a_chunk_and_gunicorn_more_than_its_grace():
    from deploy import gunicorn_config

    seconds = {name: int(SERVICES[name]["stop_grace_period"].removesuffix("s")) for name in ("web", "worker")}
    assert seconds["worker"] > settings.BULK_UPLOAD_LEASE_SECONDS
    assert seconds["web"] > gunicorn_config.graceful_timeout


def test_slow_bodies_leave_half_of_the_threads():
    from deploy import gunicorn_config
    from medisupply.web import bodies

    assert gunicorn_config.threads == bodies.PATIENT_BODIES * 2


@pytest.mark.parametrize("name", [name for name in SERVICES if name not in OURS])
def test_compose_names_the_version_of_every_image_of_others(name):
    assert re.search(r":v?\d[\w.-]*$", SERVICES[name]["image"])


def test_compose_mounts_files_and_volumes_that_exist():
    mounts = [mount.split(":") for service in SERVICES.values() for mount in service.get("volumes", [])]
    folders = [source for source, *_ in mounts if source.startswith("./")]
    assert [folder for folder in folders if not (PROJECT / folder).exists()] == []
    assert all(mode == ["ro"] for source, _, *mode in mounts if source in folders)
    assert {source for source, *_ in mounts} - set(folders) == set(COMPOSE["volumes"])


def test_compose_keeps_postgres_18_where_its_image_expects_it():
    assert SERVICES["db"]["image"] == "postgres:18"
    assert SERVICES["db"]["volumes"] == ["db:/var/lib/postgresql"]


def test_compose_creates_demo_accounts_only_with_debug():
    if "--demo" in SERVICES["init"]["command"]:
        assert SERVICES["init"]["environment"]["DEBUG"] == "true"


# --- Dockerfile ------------------------------------------------------------------------------


def health_check_paths():
    words = SERVICES["web"]["healthcheck"]["test"][1:]
    from_dockerfile = re.search(r"HEALTHCHECK.*?CMD (\[.*?\])", DOCKERFILE, re.DOTALL).group(1)
    return [words, ast.literal_eval(from_dockerfile)]


@pytest.mark.parametrize("words", health_check_paths(), ids=["compose", "Dockerfile"])
def test_health_checks_ask_addresses_that_exist(words):
    from deploy import healthcheck
    from medisupply.health import PAGES

    *command, path = words
    assert command == ["python", "-m", "deploy.healthcheck"]
    assert path in PAGES
    assert f"0.0.0.0:{healthcheck.PORT}" in DOCKERFILE
    assert SERVICES["web"]["ports"][0].endswith(f":{healthcheck.PORT}")


@pytest.mark.filterwarnings("ignore:No directory at")
def test_the_image_runs_the_application_that_exists():
    from django.utils.module_loading import import_string

    command = ast.literal_eval(DOCKERFILE.rsplit("\nCMD ", 1)[1].strip())
    assert command[:3] == ["python", "-m", "deploy.web"]
    assert callable(import_string(command[-1].replace(":", ".")))
    assert (PROJECT / command[command.index("--config") + 1]).exists()


def test_the_image_does_not_run_as_root():
    last_stage = DOCKERFILE.rsplit("\nFROM ", 1)[1]
    assert re.search(r"^USER \d+:\d+$", last_stage, re.MULTILINE)


def test_the_image_is_built_with_an_environment_that_production_takes(tmp_path):
    """The static files of the image are collected; where, is of no interest here."""
    command = re.search(r"^RUN (DEBUG=false .*?)$", DOCKERFILE.replace("\\\n", " "), re.MULTILINE).group(1)
    given = dict(word.split("=", 1) for word in command.split("/opt/venv/bin/python")[0].split())
    env = {"PATH": os.environ["PATH"], "HOME": str(tmp_path), **given}
    words = [sys.executable, "manage.py", "collectstatic", "--noinput", "--dry-run", "--verbosity", "0"]
    done = subprocess.run(words, cwd=PROJECT, env=env, capture_output=True, text=True, timeout=60)
    assert (done.returncode, done.stderr) == (0, "")


def test_the_image_installs_by_hash_what_production_needs():
    assert "--require-hashes" in DOCKERFILE
    assert "COPY requirements/base.txt" in DOCKERFILE
    assert "dev.txt" not in DOCKERFILE


def test_the_image_runs_commands_that_exist():
    for words in re.findall(r"manage\.py ([^\n&]+)", DOCKERFILE):
        assert_manage_command_works(words.split())


def test_what_is_copied_into_the_image_is_not_ignored():
    ignored = set((PROJECT / ".dockerignore").read_text("utf-8").split())
    assert {".env", ".git", ".venv", "run"} <= ignored
    assert not {"requirements", "deploy", "fixtures", "templates", "manage.py"} & ignored


# --- supervisor ------------------------------------------------------------------------------


def supervisor(name):
    parser = configparser.RawConfigParser(inline_comment_prefixes=(" ;",))
    folder = "dev" if name == "dev.conf" else "deploy"
    parser.read(PROJECT / folder / "supervisor" / name, "utf-8")
    return parser


@pytest.mark.parametrize(("file", "program"), [("dev.conf", "worker"), ("worker.conf", "medisupply-worker")])
def test_the_worker_is_stopped_so_that_it_can_end_its_chunk(file, program):
    worker = dict(supervisor(file)[f"program:{program}"])
    assert_manage_command_works(worker["command"].partition("manage.py ")[2].split())
    assert worker["stopsignal"] == "TERM"
    assert int(worker["stopwaitsecs"]) > settings.BULK_UPLOAD_LEASE_SECONDS
    assert worker["stopasgroup"] == "false"
    assert worker["killasgroup"] == "true"
    assert worker["autorestart"] == "true"


@pytest.mark.parametrize(("file", "program"), [("dev.conf", "purge"), ("purge.conf", "medisupply-purge")])
def test_the_purge_runs_every_day_and_is_stopped_so_that_it_can_end_its_slice(file, program):
    purge = dict(supervisor(file)[f"program:{program}"])
    words = purge["command"].partition("manage.py ")[2].split()
    assert_manage_command_works(words)
    assert words[-2:] == ["--every", "24h"]
    assert (purge["stopsignal"], purge["autorestart"], purge["stopasgroup"]) == ("TERM", "true", "false")
    assert int(purge["stopwaitsecs"]) > settings.BULK_UPLOAD_LEASE_SECONDS


def test_production_runs_two_workers_with_names_of_their_own():
    worker = supervisor("worker.conf")["program:medisupply-worker"]
    assert worker["numprocs"] == "2"
    assert "%(process_num)" in worker["process_name"]
    assert "%(process_num)" in worker["stdout_logfile"]


def test_the_embedded_stack_has_its_programs():
    programs = {name.partition(":")[2] for name in supervisor("dev.conf").sections() if name.startswith("program:")}
    assert programs == {"valkey", "aws", "bootstrap", "web", "worker", "purge"}


def test_the_embedded_stack_gets_every_variable_that_its_file_names():
    text = (PROJECT / "dev" / "supervisor" / "dev.conf").read_text("utf-8")
    assert set(re.findall(r"%\(ENV_(\w+)\)s", text)) - set(stack_environment({})) == set()


def test_the_embedded_stack_listens_on_this_machine_only():
    config = supervisor("dev.conf")
    for program, option in (
        ("valkey", "--bind 127.0.0.1 "),
        ("web", "--bind 127.0.0.1:"),
    ):
        assert option in config[f"program:{program}"]["command"]
    assert 'BIND_HOST="127.0.0.1"' in config["program:aws"]["environment"]
    assert "inet_http_server" not in config.sections()


# --- README.md and Makefile ------------------------------------------------------------------


def test_the_readme_shows_the_line_that_make_run_prints():
    from dev.announce import curl_line

    assert curl_line(8000) in (PROJECT / "README.md").read_text("utf-8")


def test_the_commands_that_the_readme_and_the_ci_name_exist():
    targets = set(re.findall(r"^([a-z]+):", (PROJECT / "Makefile").read_text("utf-8"), re.MULTILINE))
    for name in ("README.md", ".ci/run"):
        named = set(re.findall(r"(?:^ *|`|=1 )make ([a-z]+)", (PROJECT / name).read_text("utf-8"), re.MULTILINE))
        assert {"test"} <= named <= targets
