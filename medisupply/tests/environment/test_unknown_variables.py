"""A variable whose name has a slip is named at start, with the nearest name; what is somebody else's is not."""

from __future__ import annotations

import subprocess
import sys

import pytest
from django.conf import settings

from bulk_upload.tests.helpers.processes import environment
from dev import variables
from dev.environment import stack_environment
from medisupply.environment.declarations import declared
from medisupply.environment.unknown import unknown_variables


@pytest.mark.parametrize(
    ("name", "nearest"),
    [
        ("BULK_UPLOAD_CHUNKROWS", "BULK_UPLOAD_CHUNK_ROWS"),
        ("BULK_UPLOADS_MAX_BYTES", "BULK_UPLOAD_MAX_BYTES"),
        ("BULK_UPLOAD_MAX_BYTE", "BULK_UPLOAD_MAX_BYTES"),
        ("API_THROTLE_ALL", "API_THROTTLE_ALL"),
        ("ALLOWED_HOST", "ALLOWED_HOSTS"),
        ("DATABASE_URI", "DATABASE_URL"),
        ("AWS_ENDPOINTURL", "AWS_ENDPOINT_URL"),
        ("TIMEZONE", "TIME_ZONE"),
        ("debug", "DEBUG"),
        ("TRUSTED_PROXY", "TRUSTED_PROXIES"),
    ],
)
def test_a_slip_is_named_with_the_nearest_name(name, nearest):
    assert unknown_variables({name: "1", "PATH": "/bin"}) == {name: nearest}


def test_a_name_of_ours_that_is_near_to_nothing_is_named_too():
    assert unknown_variables({"BULK_UPLOAD_COLOUR": "red"}) == {"BULK_UPLOAD_COLOUR": ""}


OTHERS = """
PATH HOME LANG LC_ALL TZ TERM HOSTNAME http_proxy NO_PROXY PYTHONPATH KUBERNETES_PORT DB_PORT REDIS_PORT
AWS_REGION AWS_PROFILE AWS_DEFAULT_PROFILE AWS_DEFAULT_OUTPUT AWS_SESSION_TOKEN AWS_CONFIG_FILE AWS_CA_BUNDLE
AWS_ENDPOINT_URL_S3 AWS_ENDPOINT_URL_SQS AWS_ROLE_ARN AWS_WEB_IDENTITY_TOKEN_FILE AWS_EXECUTION_ENV
POSTGRES_PASSWORD PGPASSWORD SUPERVISOR_PROCESS_NAME INVOCATION_ID JOURNAL_STREAM SERVER_SOFTWARE
"""


def test_what_is_somebody_elses_is_not_named():
    assert unknown_variables(dict.fromkeys([*OTHERS.split(), *(variable.name for variable in declared())], "x")) == {}
    assert unknown_variables(dict.fromkeys((variable.name for variable in variables.declared()), "x")) == {}
    assert unknown_variables(stack_environment({})) == {}


NAMED = "The environment variable BULK_UPLOAD_CHUNKROWS is read by nothing: did you mean BULK_UPLOAD_CHUNK_ROWS?"


def run(*command):
    env = environment(BULK_UPLOAD_CHUNKROWS="100", DJANGO_SETTINGS_MODULE="medisupply.settings")
    command = [sys.executable, *command]
    done = subprocess.run(command, cwd=settings.BASE_DIR, env=env, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0
    return done.stdout + done.stderr


@pytest.mark.processes
@pytest.mark.django_db(transaction=True)
def test_check_and_worker_name_it_at_start(aws):
    for command in (("check",), ("consume_bulk_uploads", "--once", "--wait", "0")):
        said = run("manage.py", *command)
        assert f"(medisupply.W002) {NAMED}" in said
        assert "docs/configuracion.md" in said


def test_the_web_names_it_at_start():
    assert NAMED in run("-c", "import medisupply.wsgi")
