"""Settings that make no sense are refused at the start: the variable, its value, and what is allowed."""

from __future__ import annotations

import os
import subprocess
import sys
from decimal import Decimal

import pytest
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from medisupply.environment import Environment, with_file

NAME = "A_SETTING"


@pytest.fixture
def env(monkeypatch):
    def given(value):
        monkeypatch.setenv(NAME, value)
        return Environment()

    return given


def refused(read, value, allowed):
    with pytest.raises(ImproperlyConfigured) as error:
        read()
    assert f"{NAME}={value} cannot be used" in str(error.value)
    assert allowed in str(error.value)


@pytest.mark.parametrize("value", ["0", "-1", "1.5", "diez", "1_000", "٣", "9" * 16])
def test_a_positive_number_is_one(env, value):
    refused(lambda: env(value).positive(NAME, default=1), value, "a whole number from 1 on")


@pytest.mark.parametrize("value", ["-1", "x", "1e3"])
def test_a_number_is_not_negative(env, value):
    refused(lambda: env(value).not_negative(NAME, default=1), value, "a whole number from 0 on")


@pytest.mark.parametrize("value", ["21", "-1"])
def test_a_number_is_within_its_bounds(env, value):
    refused(lambda: env(value).not_negative(NAME, default=20, most=20), value, "from 0 to 20")


@pytest.mark.parametrize("value", ["1", "0", "0.5", "-2", "x", "NaN", "Infinity", "1E9", "1,5"])
def test_a_factor_is_above_one(env, value):
    refused(lambda: env(value).factor(NAME, default="2"), value, "a number above 1")


def test_a_choice_is_one_of_those_allowed(env):
    refused(lambda: env("foo").choice(NAME, ["copy", "orm"], default="copy"), "foo", "one of copy, orm")


@pytest.mark.parametrize("value", ["tru", "ja", "2"])
def test_a_flag_is_true_or_false(env, value):
    refused(lambda: env(value).flag(NAME, default=True), value, "true or false")


@pytest.mark.parametrize("value", ["60", "60/", "/min", "-1/min", "60/week", "x/min"])
def test_a_rate_is_a_number_in_a_period(env, value):
    refused(lambda: env(value).rate(NAME, default=""), value, "such as 60/min")


def test_a_time_zone_exists(env):
    refused(lambda: env("America/Bogotá").time_zone(NAME, default="UTC"), "America/Bogotá", "time zone database")


@pytest.mark.parametrize("value", ["corto", "quince-letras-1", "con blancos por dentro", "con-eñe-de-español"])
def test_a_token_fits_into_a_header_and_is_not_told(env, value):
    with pytest.raises(ImproperlyConfigured) as error:
        env(value).token(NAME)
    assert f"{NAME} cannot be used: it must be 16 or more" in str(error.value)
    assert value not in str(error.value)


@pytest.mark.parametrize("value", ["localhost", "10.0.0", "10.0.0.256", "0.0.0.0:9500", "*"])
def test_an_address_to_listen_at_is_one(env, value):
    refused(lambda: env(value).ip_address(NAME, default="127.0.0.1"), value, "an IP address of this host")


@pytest.mark.parametrize("value", ["", "foo", "postgres//user:secret@db/x", "mysql://user:secret@db/x"])
def test_a_database_is_one_that_we_know_and_its_password_is_not_told(env, value):
    with pytest.raises(ImproperlyConfigured) as error:
        env(value).database(NAME, default="sqlite://:memory:")
    assert NAME in str(error.value)
    assert "secret" not in str(error.value)


@pytest.mark.parametrize(
    ("read", "text", "value"),
    [
        (lambda env: env.positive(NAME, default=1), "2500", 2500),
        (lambda env: env.not_negative(NAME, default=1), " 0 ", 0),
        (lambda env: env.factor(NAME, default="2"), "1.5", Decimal("1.5")),
        (lambda env: env.choice(NAME, ["copy", "orm"], default="copy"), "orm", "orm"),
        (lambda env: env.flag(NAME, default=True), "False", False),
        (lambda env: env.log_format(NAME, debug=False), "console", "console"),
        (lambda env: env.rate(NAME, default="1/s"), "", ""),
        (lambda env: env.rate(NAME, default=""), "2/hour", "2/hour"),
        (lambda env: env.token(NAME), "", ""),
        (lambda env: env.token(NAME), " dieciseis-signos ", "dieciseis-signos"),
        (lambda env: env.ip_address(NAME, default="127.0.0.1"), "::", "::"),
        (lambda env: env.time_zone(NAME, default="UTC"), "America/Lima", "America/Lima"),
    ],
)
def test_what_makes_sense_is_taken(env, read, text, value):
    assert read(env(text)) == value


def test_what_is_not_set_is_the_default():
    assert Environment().positive("NOT_SET_ANYWHERE", default=7) == 7


def test_lines_of_the_log_are_for_people_while_debug_and_for_programs_otherwise():
    found = [Environment().log_format("NOT_SET_ANYWHERE", debug=debug) for debug in (True, False)]
    assert found == ["console", "json"]


def test_a_file_is_read_apart_and_the_environment_wins(tmp_path, monkeypatch):
    monkeypatch.setenv(NAME, "json")
    file = tmp_path / ".env"
    file.write_text(f"{NAME}=console\nONLY_IN_THE_FILE=console\n")
    env = with_file(file)
    found = [env.log_format(name, debug=False) for name in (NAME, "ONLY_IN_THE_FILE")]
    assert found == ["json", "console"]
    assert "ONLY_IN_THE_FILE" not in os.environ


@pytest.mark.parametrize(
    "setting",
    [
        "BULK_UPLOAD_CHUNK_ROWS=0",
        "BULK_UPLOAD_MAX_BYTES=-1",
        "BULK_UPLOAD_WRITER=foo",
        "BULK_UPLOAD_WAIT_SECONDS=25",
        "BULK_UPLOAD_LARGE_PRICE_CHANGE=1",
        "API_THROTTLE_ALL=many",
        "LOG_FORMAT=xml",
        "DEBUG=maybe",
        "METRICS_PORT=80000",
        "METRICS_PORT=9500",  # without a token
        "METRICS_HOST=localhost",
    ],
)
def test_no_program_starts_with_a_setting_that_makes_no_sense(setting):
    name, _, value = setting.partition("=")
    command = [sys.executable, "-c", "import medisupply.settings"]
    environment = {**os.environ, name: value}
    done = subprocess.run(command, cwd=settings.BASE_DIR, env=environment, capture_output=True, text=True, timeout=60)
    assert done.returncode != 0
    assert f"ImproperlyConfigured: The environment variable {setting} cannot be used" in done.stderr
