"""The settings of `.env.example` are fit for production: Django's and our own checks have nothing to say."""

from __future__ import annotations

import os
import secrets
import subprocess
import sys

import pytest
from django.conf import global_settings, settings
from rest_framework.authtoken.models import Token

from bulk_upload.tests.helpers.processes import database_url

pytestmark = pytest.mark.django_db(transaction=True)

ROOT = settings.BASE_DIR


def example():
    lines = (ROOT / ".env.example").read_text("utf-8").splitlines()
    return dict(line.split("=", 1) for line in lines if line and not line.startswith("#"))


def check(**changes):
    """`manage.py check --deploy` with the example's values, on this test's parts and with a real secret."""
    # What the settings read from the environment is the example's alone.
    inherited = {name: value for name, value in os.environ.items() if name in ("PATH", "HOME", "LANG", "TMPDIR")}
    ours = {name: os.environ[name] for name in ("AWS_ENDPOINT_URL", "SQS_QUEUE_NAME")}
    ours["DATABASE_URL"] = database_url()
    env = {**inherited, **example(), **ours, "SECRET_KEY": secrets.token_urlsafe(50), **changes}
    command = [sys.executable, "manage.py", "check", "--deploy", "--fail-level", "WARNING"]
    done = subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True, timeout=60)
    return done.returncode, done.stdout + done.stderr


def test_the_deployment_check_is_clean(aws):
    code, said = check()
    assert (code, said) == (0, "System check identified no issues (0 silenced).\n")


def test_the_placeholder_of_the_secret_is_refused(aws):
    code, said = check(SECRET_KEY=example()["SECRET_KEY"])
    assert code == 1
    assert said.startswith("The environment variable SECRET_KEY holds a placeholder")


@pytest.fixture
def clerk(settings, django_user_model):
    # The other process knows no hashes of the tests.
    settings.PASSWORD_HASHERS = global_settings.PASSWORD_HASHERS
    return django_user_model.objects.create_user("proveedor", password="proveedor")


def test_an_account_whose_password_everybody_knows_is_refused_by_name(aws, clerk):
    code, said = check()
    assert code == 1
    assert "(medisupply.E003) The database has demo accounts" in said
    assert "everybody knows: proveedor." in said


def test_a_token_that_everybody_knows_is_refused_by_its_user(aws, clerk):
    clerk.username = "otra"
    clerk.save()
    assert check()[0] == 0
    Token.objects.create(user=clerk, key="demo-token-prov001")
    code, said = check()
    assert code == 1
    assert "everybody knows: otra." in said


def test_an_account_of_that_name_with_a_password_of_its_own_is_none(aws, clerk):
    clerk.set_password("otra")
    clerk.save()
    assert check()[0] == 0


def test_an_account_that_cannot_log_in_is_none(aws, clerk):
    Token.objects.create(user=clerk, key="demo-token-prov001")
    clerk.is_active = False
    clerk.save()
    assert check()[0] == 0


def test_a_database_that_is_away_is_said_not_to_be_known(aws):
    code, said = check(DATABASE_URL="postgres://medisupply:secreta@127.0.0.1:1/medisupply")
    assert code == 1
    assert "(medisupply.W004) The database does not answer" in said
    assert "Traceback" not in said
    assert "secreta" not in said


def test_at_home_demo_accounts_are_welcome(aws, clerk):
    _code, said = check(DEBUG="true", ALLOWED_HOSTS="localhost")
    assert "medisupply.E003" not in said
