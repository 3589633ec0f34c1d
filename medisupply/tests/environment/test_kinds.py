"""A value that makes no sense is refused in a sentence: the variable, its value, and what is allowed."""

from __future__ import annotations

from decimal import Decimal

import pytest

from medisupply.environment.addresses import Database, Hosts, Origins, Url
from medisupply.environment.kinds import Arguments, Choice, Flag, Folder, Number, Rate, Text, TimeZone, Whole
from medisupply.environment.refusal import SettingsRefused
from medisupply.environment.variable import Section, Variable


def variable(kind, default="", **details):
    class Only(Section):
        title = "Una"
        A_SETTING = Variable(kind, default, "…", **details)

    return Only.A_SETTING


def read(kind, text, **details):
    return variable(kind, **details).read({"A_SETTING": text})


def refused(kind, value, allowed):
    with pytest.raises(SettingsRefused) as error:
        read(kind, value)
    assert str(error.value) == f"The environment variable A_SETTING={value} cannot be used: it must be {allowed}."


@pytest.mark.parametrize("value", ["0", "-1", "1.5", "diez", "1_000", "٣", "9" * 16])
def test_a_positive_number_is_one(value):
    refused(Whole(1), value, "a whole number from 1 on")


@pytest.mark.parametrize("value", ["-1", "x", "1e3"])
def test_a_number_is_not_negative(value):
    refused(Whole(), value, "a whole number from 0 on")


@pytest.mark.parametrize("value", ["21", "-1"])
def test_a_number_is_within_its_bounds(value):
    refused(Whole(0, 20), value, "a whole number from 0 to 20")


@pytest.mark.parametrize("value", ["1", "0", "0.5", "-2", "x", "NaN", "Infinity", "1E9", "1,5"])
def test_a_factor_is_above_one(value):
    refused(Number(above=1), value, "a number above 1, such as 2 or 1.5")


def test_a_choice_is_one_of_those_allowed():
    refused(Choice(("copy", "orm")), "foo", "one of copy, orm")


@pytest.mark.parametrize("value", ["tru", "ja", "2"])
def test_a_flag_is_true_or_false(value):
    refused(Flag(), value, "true or false")


@pytest.mark.parametrize("value", ["60", "60/", "/min", "-1/min", "60/week", "x/min", "٣/min"])
def test_a_rate_is_a_number_in_a_period(value):
    refused(Rate(), value, "requests in a second, minute, hour or day, such as 60/min, or empty")


def test_a_time_zone_exists():
    refused(TimeZone(), "America/Bogotá", "a name of the time zone database, such as America/Bogota")


def test_arguments_close_their_quotes():
    refused(Arguments(), "-k 'two words", "arguments as a shell takes them, or empty")


def test_a_folder_exists(tmp_path):
    refused(Folder(), str(tmp_path / "missing"), "a folder that exists and may be written to, or empty")
    assert read(Folder(), str(tmp_path)) == str(tmp_path)


def test_a_file_is_no_folder(tmp_path):
    (tmp_path / "file").touch()
    refused(Folder(), str(tmp_path / "file"), "a folder that exists and may be written to, or empty")


@pytest.mark.parametrize("value", ["https://a.example", "a.example:80", "*.a.example", "a b", "a_b.example"])
def test_hosts_have_neither_scheme_nor_port(value):
    with pytest.raises(SettingsRefused, match="host names with commas between them, without scheme and port"):
        read(Hosts(), value)


@pytest.mark.parametrize("value", ["medisupply.example", "https://medisupply.example/", "https://a b", "*", "null"])
def test_origins_have_a_scheme_and_no_path(value):
    with pytest.raises(SettingsRefused, match="origins with commas between them, with scheme and without path"):
        read(Origins(), value)


def test_only_where_it_may_an_origin_stands_for_all_below_it():
    with pytest.raises(SettingsRefused, match="origins"):
        read(Origins(), "https://*.medisupply.example")
    assert read(Origins(wildcard=True), "https://*.medisupply.example") == ["https://*.medisupply.example"]


@pytest.mark.parametrize(
    "value", ["foo", "http://cache:6379", "redis://", "redis://cache:port/0", "redis://a b", "unix://"]
)
def test_an_address_has_a_scheme_that_is_known_and_a_host(value):
    with pytest.raises(SettingsRefused, match="begins with redis:// or unix://, or empty"):
        read(Url(("redis", "unix")), value)


@pytest.mark.parametrize(
    "value",
    [
        "",
        "foo",
        "postgres//user:secret@db/x",
        "mysql://user:secret@db/x",
        "postgres://user:secret@db:port/x",
        "postgres://user:secret@db:5432/",
    ],
)
def test_a_database_is_one_that_we_know_and_its_password_is_not_told(value):
    with pytest.raises(SettingsRefused) as error:
        read(Database(), value, secret=True)
    assert "A_SETTING" in str(error.value)
    assert "begins with postgres:// or sqlite://" in str(error.value)
    assert "secret" not in str(error.value)


@pytest.mark.parametrize(
    ("kind", "text", "value"),
    [
        (Whole(1), "2500", 2500),
        (Whole(), " 0 ", 0),
        (Number(above=1), "1.5", Decimal("1.5")),
        (Choice(("copy", "orm")), "orm", "orm"),
        (Flag(), "False", False),
        (Flag(), "1", True),
        (Rate(), "", ""),
        (Rate(), "2/hour", "2/hour"),
        (TimeZone(), "America/Lima", "America/Lima"),
        (Text(r"\w+", "a word", "una palabra"), "medisupply", "medisupply"),
        (Arguments(), "-k 'two words' -x", ["-k", "two words", "-x"]),
        (Arguments(), "", []),
        (Folder(), "", ""),
        (Hosts(), "a.example, .b.example,10.0.0.7,[::1]", ["a.example", ".b.example", "10.0.0.7", "[::1]"]),
        (Hosts(), "*", ["*"]),
        (Origins(), "https://a.example,http://localhost:3000", ["https://a.example", "http://localhost:3000"]),
        (Url(("redis", "rediss", "unix")), "rediss://:clave@cache:6379/0", "rediss://:clave@cache:6379/0"),
        (Url(("redis", "unix")), "unix:///run/valkey.sock?db=1", "unix:///run/valkey.sock?db=1"),
        (Url(("redis",)), "redis://one:1/0,redis://other:2/0", "redis://one:1/0,redis://other:2/0"),
        (Url(("http",)), "", ""),
    ],
)
def test_what_makes_sense_is_taken(kind, text, value):
    assert read(kind, text) == value


def test_addresses_of_databases_are_taken_apart():
    found = read(Database(), "postgres://una:cl%40ve@db.internal:5433/medisupply?sslmode=require")
    assert {name: found[name] for name in ("NAME", "USER", "PASSWORD", "HOST", "PORT", "OPTIONS")} == {
        "NAME": "medisupply",
        "USER": "una",
        "PASSWORD": "cl@ve",
        "HOST": "db.internal",
        "PORT": 5433,
        "OPTIONS": {"sslmode": "require"},
    }
    assert read(Database(), "sqlite:///medisupply.sqlite3")["NAME"] == "medisupply.sqlite3"
    assert read(Database(), "sqlite://:memory:")["NAME"] == ":memory:"


def test_what_is_not_set_is_the_default():
    assert variable(Whole(), "7").read({}) == 7


def test_an_empty_value_is_told_as_one():
    with pytest.raises(SettingsRefused, match=r"^The environment variable A_SETTING is empty: it must be true"):
        read(Flag(), "")


def test_a_value_is_shown_on_one_line_and_not_at_any_length():
    with pytest.raises(SettingsRefused) as error:
        read(Flag(), "sí\n\x1b[31m" + "x" * 1000)
    said = str(error.value)
    assert said.startswith(r"The environment variable A_SETTING=sí\n\x1b[31mxxx")
    assert "\n" not in said
    assert len(said) < 200
