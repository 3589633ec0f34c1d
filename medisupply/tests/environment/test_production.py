"""With DEBUG off a process refuses what is only safe at home, by name and in words; with DEBUG on, the public."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest
from django.conf import settings

# The same in each process of the tests: it is part of their names.
KEY = "q7Zr-2mVx_KdT9hWb4LsYf0NcPjE8uGa1oHiR6tQzXvM3kBwD5eJyUpCnFlAgSO"
PRODUCTION = {
    "DEBUG": "false",
    "SECRET_KEY": KEY,
    "ALLOWED_HOSTS": "medisupply.example",
    "TRUSTED_PROXIES": "1",
    "DATABASE_URL": "postgres://medisupply:secreta@127.0.0.1:5432/medisupply",
}
READ = "from django.conf import settings; print(settings.SECURE_SSL_REDIRECT, settings.SECURE_PROXY_SSL_HEADER)"


def run(*command, **variables):
    """A command of a process that has these variables; `None` takes one away."""
    inherited = {name: value for name, value in os.environ.items() if name in ("PATH", "HOME", "LANG", "TMPDIR")}
    given = {**PRODUCTION, **variables, "DJANGO_SETTINGS_MODULE": "medisupply.settings"}
    env = {**inherited, **{name: value for name, value in given.items() if value is not None}}
    command = [sys.executable, *command]
    return subprocess.run(command, cwd=settings.BASE_DIR, env=env, capture_output=True, text=True, timeout=60)


def refused(said, **variables):
    done = run("manage.py", "check", **variables)
    assert (done.returncode, done.stdout) == (1, "")
    assert len(done.stderr.splitlines()) == 1
    assert said in done.stderr
    assert "secreta" not in done.stderr


def starts(**variables):
    done = run("-c", READ, **variables)
    assert (done.returncode, done.stderr) == (0, "")
    return done.stdout.strip()


def test_what_is_safe_starts():
    assert starts() == "True ('HTTP_X_FORWARDED_PROTO', 'https')"


@pytest.mark.parametrize(
    "key",
    [
        "change-me",
        "insecure-development-key",
        "x" * 49,
        KEY[:49],
        "abcd" * 20,
        "django-insecure-" + KEY,
    ],
)
def test_a_placeholder_or_a_short_key_is_refused_and_not_shown(key):
    refused("SECRET_KEY holds a placeholder, a key for development or one that is too short", SECRET_KEY=key)
    assert key not in run("manage.py", "check", SECRET_KEY=key).stderr


@pytest.mark.parametrize("name", ["SECRET_KEY", "DATABASE_URL"])
def test_what_production_cannot_do_without_is_named(name):
    refused(f"The environment variable {name} is not set: production (DEBUG=false) needs it.", **{name: None})


def test_any_host_is_refused():
    refused("ALLOWED_HOSTS holds *, which is every name", ALLOWED_HOSTS="medisupply.example,*")


def test_a_redirect_to_https_needs_the_proxies_counted():
    for proxies in (None, "0"):
        refused("TRUSTED_PROXIES is 0 and SECURE_SSL_REDIRECT is true", TRUSTED_PROXIES=proxies)


def test_without_proxies_nobody_is_believed_to_have_come_by_https():
    assert starts(TRUSTED_PROXIES=None, SECURE_SSL_REDIRECT="false") == "False None"
    assert starts(TRUSTED_PROXIES="2", SECURE_SSL_REDIRECT="false") == "False ('HTTP_X_FORWARDED_PROTO', 'https')"


@pytest.mark.parametrize(
    "hosts", ["medisupply.example", "localhost,medisupply.example", "*", ".medisupply.example", "8.8.8.8", "[2600::1]"]
)
def test_debug_is_refused_where_the_public_comes(hosts):
    public = hosts.rpartition(",")[2]
    refused(f"DEBUG=true cannot be used with {public} in ALLOWED_HOSTS", DEBUG="true", ALLOWED_HOSTS=hosts)


@pytest.mark.parametrize(
    "hosts", [None, "localhost,127.0.0.1,[::1]", "web,medisupply.localhost", "192.168.1.7,10.0.0.7", "pc.local,a.test"]
)
def test_debug_starts_at_home(hosts):
    only = {"SECRET_KEY": None, "DATABASE_URL": None, "TRUSTED_PROXIES": None}
    done = run("-c", "import medisupply.settings", DEBUG="true", ALLOWED_HOSTS=hosts, **only)
    assert (done.returncode, done.stderr) == (0, "")


def test_everything_that_is_wrong_is_said_at_once():
    done = run("manage.py", "check", SECRET_KEY="short", ALLOWED_HOSTS="*", TRUSTED_PROXIES=None, DATABASE_URL=None)
    names = ["DATABASE_URL", "SECRET_KEY", "ALLOWED_HOSTS", "TRUSTED_PROXIES"]
    lines = done.stderr.splitlines()
    assert [name for name, line in zip(names, lines, strict=True) if name not in line] == []


@pytest.mark.processes
@pytest.mark.parametrize(
    "command",
    [
        ("manage.py", "consume_bulk_uploads", "--once"),
        ("-m", "deploy.web", "--config", "deploy/gunicorn_config.py", "--bind", "127.0.0.1:0", "medisupply.wsgi"),
    ],
    ids=["worker", "web"],
)
def test_worker_and_web_end_in_words(command):
    done = run(*command, ALLOWED_HOSTS="*", WEB_CONCURRENCY="2")
    assert done.returncode != 0
    assert "ALLOWED_HOSTS holds *, which is every name" in done.stderr
    assert "Traceback" not in done.stdout + done.stderr
