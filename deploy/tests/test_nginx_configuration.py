"""nginx's configuration is of one mind with the program: sizes, times, addresses and sentences.

What it does is seen by `medisupply/tests/test_behind_nginx.py` and `test_nginx_limits.py`.
"""

import json
import re

import pytest
from django.conf import settings
from django.urls import get_resolver, resolve, reverse
from django.utils import translation

from bulk_upload.api.upload import UploadView
from bulk_upload.receiving.upload_size import MULTIPART_OVERHEAD
from deploy import gunicorn_config
from dev.environment import PROJECT
from medisupply import health
from medisupply.api.errors import RETRY_AFTER
from medisupply.web.oversized import FILE_PAGES

FOLDER = PROJECT / "deploy" / "nginx"
TEXT = (FOLDER / "medisupply.conf").read_text("utf-8")
LOCATIONS = re.findall(r"location (=|~|\^~|) ?(\S+) \{(.*?)\n    \}", TEXT, re.DOTALL)
UNITS = {"k": 1024, "m": 1024**2}


def bytes_of(text):
    return int(text[:-1]) * UNITS[text[-1]]


def file_locations():
    """Those that let files through: how they match, and what."""
    return [(kind, path) for kind, path, body in LOCATIONS if "client_max_body_size" in body]


def takes_files(path):
    return any(re.search(found, path) if kind == "~" else path == found for kind, found in file_locations())


def test_a_file_may_be_as_large_as_the_program_takes_it():
    sizes = [bytes_of(size) for size in re.findall(r"client_max_body_size (\w+);", TEXT)]
    others, *files = sizes
    assert set(files) == {settings.BULK_UPLOAD_MAX_BYTES + MULTIPART_OVERHEAD}
    assert others >= settings.DATA_UPLOAD_MAX_MEMORY_SIZE


def every_upload_address():
    """The paths of all views that receive a sheet, as clients write them."""

    def walk(patterns, prefix):
        for entry in patterns:
            path = prefix + str(entry.pattern)
            if hasattr(entry, "url_patterns"):
                yield from walk(entry.url_patterns, path)
            elif issubclass(getattr(entry.callback, "cls", object), UploadView):
                yield "/" + path.replace("^", "").replace("/?$", "")

    return sorted(walk(get_resolver().url_patterns, ""))


def test_files_pass_where_the_program_receives_them():
    addresses = every_upload_address()
    assert len(addresses) == 6
    for address in addresses:
        assert resolve(address)
        assert takes_files(address)
        assert takes_files(address + "/")
    for page in FILE_PAGES:
        assert takes_files(reverse(page))


@pytest.mark.parametrize("path", ["/api/v1/auth/token", "/api/v1/catalog/items", "/admin/login/", "/bulk-upload"])
def test_files_do_not_pass_elsewhere(path):
    assert not takes_files(path)


def test_the_addresses_of_health_are_asked_as_often_as_one_likes():
    (pattern,) = re.findall(r'"~(\^/\(health\S+)" "";', TEXT)
    assert all(re.search(pattern, path) and re.search(pattern, path + "/") for path in health.PAGES)
    (plain,) = [path for kind, path, _ in LOCATIONS if path.startswith("^/health")]
    assert re.search(plain, "/health")
    assert re.search(plain, "/health/ready")


def test_the_program_is_where_its_services_listen():
    (address,) = re.findall(r"server (\S+);", TEXT)
    assert f"ListenStream={address}\n" in (PROJECT / "deploy/systemd/medisupply-web.socket").read_text("utf-8")
    assert f"--bind {address} " in (PROJECT / "deploy/supervisor/web.conf").read_text("utf-8")


def test_an_idle_connection_is_closed_by_nginx_before_gunicorn_does():
    (seconds,) = re.findall(r"^    keepalive_timeout (\d+)s;", TEXT.partition("server {\n    listen")[0], re.MULTILINE)
    assert int(seconds) < gunicorn_config.keepalive


@pytest.mark.parametrize("language", ["es", "en"])
@pytest.mark.parametrize(
    ("name", "sentence", "values"),
    [
        ("file_too_large", "El archivo supera el límite de %(limit)s MB: divídalo en varios.", {"limit": 200}),
        ("request_too_large", "La petición es demasiado grande.", {}),
        (
            "throttled",
            "Demasiadas peticiones: espere %(seconds)s segundos e intente de nuevo.",
            {"seconds": RETRY_AFTER},
        ),
    ],
)
def test_its_answers_are_the_programs_own(name, sentence, values, language):
    answer = json.loads((FOLDER / "errors" / f"{name}.{language}.json").read_text("utf-8"))
    with translation.override(language):
        assert answer["message"] == translation.gettext(sentence) % values
    assert answer["code"] == name
    fields = {"field": "file", "code": name, "message": answer["message"]}
    assert answer["errors"] == ([fields] if name == "file_too_large" else [])


def test_every_answer_that_it_names_is_there_in_both_languages():
    named = set(re.findall(r"/_nginx/(\S+);", TEXT)) - {""}
    names = {name.replace("$medisupply_language", language) for name in named for language in ("es", "en")}
    assert names == {path.name for path in (FOLDER / "errors").iterdir()}


def test_clients_are_told_the_same_time_to_wait():
    assert f'"~^(429|503)$" {RETRY_AFTER};' in TEXT
