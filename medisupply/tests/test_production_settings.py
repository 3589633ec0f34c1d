"""The settings of `.env.example` are fit for production: Django's and our own checks have nothing to say."""

from __future__ import annotations

import os
import secrets
import subprocess
import sys

from django.conf import settings

ROOT = settings.BASE_DIR


def example():
    lines = (ROOT / ".env.example").read_text("utf-8").splitlines()
    return dict(line.split("=", 1) for line in lines if line and not line.startswith("#"))


def check(**changes):
    """`manage.py check --deploy` with the example's values, on this test's parts and with a real secret."""
    # What the settings read from the environment is the example's alone.
    inherited = {name: value for name, value in os.environ.items() if name in ("PATH", "HOME", "LANG", "TMPDIR")}
    ours = {name: os.environ[name] for name in ("AWS_ENDPOINT_URL", "SQS_QUEUE_NAME")}
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
