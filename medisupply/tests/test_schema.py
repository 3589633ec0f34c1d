"""The schema: kept in the repository, whole, and true: no answer of the API is outside it."""

from __future__ import annotations

import itertools
import time
from concurrent.futures import ThreadPoolExecutor
from secrets import token_hex

import jsonschema
import pytest
import schemathesis
import yaml
from django.conf import settings
from django.contrib.auth.models import Permission
from django.core.signals import request_finished, request_started
from django.db import close_old_connections
from hypothesis import HealthCheck, Phase
from hypothesis import settings as hypothesis_settings
from openapi_spec_validator import OpenAPIV31SpecValidator
from rest_framework.authtoken.models import Token
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from bulk_upload.api.status import EXAMPLE, State
from bulk_upload.previews.request import PreviewAnswer
from bulk_upload.tests.helpers.drafts import PREVIEW, make_draft, make_mapping
from bulk_upload.tests.helpers.rows import csv_bytes, row
from bulk_upload.tests.helpers.serving import served
from medisupply.api.schema_pages import schema_yaml
from medisupply.tests.slow_clients import seconds_of
from medisupply.wsgi import application

KEPT = settings.BASE_DIR / "docs" / "openapi.yaml"
WRITE = "write it again: manage.py spectacular --lang es --file docs/openapi.yaml"
METHODS = {"get", "post", "put", "patch", "delete"}
# Whatever time the machine takes, a run of all operations ends.
SECONDS_FOR_ALL = 50.0


@pytest.fixture(scope="module")
def document():
    return yaml.safe_load(schema_yaml())


def operations(document):
    for path, methods in document["paths"].items():
        for method in METHODS & set(methods):
            yield f"{method} {path}", methods[method]


def test_the_kept_schema_is_the_schema_of_this_code():
    assert KEPT.read_bytes() == schema_yaml(), WRITE


def test_it_is_openapi_3_1_and_every_operation_is_described_in_words(document):
    assert document["openapi"].startswith("3.1")
    for name, operation in operations(document):
        assert operation["summary"], name
        assert operation["tags"], name
        undescribed = [parameter for parameter in operation.get("parameters", []) if not parameter.get("description")]
        assert undescribed == [], name


def test_it_is_valid(document):
    OpenAPIV31SpecValidator(document).validate()


def test_every_operation_says_how_a_client_is_known(document):
    """Else a generated client sends no token, and the page offers no "Authorize"."""
    schemes = document["components"]["securitySchemes"]
    assert (schemes["tokenAuth"]["in"], schemes["tokenAuth"]["name"]) == ("header", "Authorization")
    assert (schemes["cookieAuth"]["in"], schemes["cookieAuth"]["name"]) == ("cookie", settings.SESSION_COOKIE_NAME)
    for name, operation in operations(document):
        public = name == "post /api/v1/auth/token"
        assert operation["security"] == ([] if public else [{"tokenAuth": []}, {"cookieAuth": []}]), name
        assert ("401" in operation["responses"]) is not public, name


def test_the_first_server_is_the_site_itself(document):
    assert document["servers"][0]["url"] == "/"
    assert all(server["description"] for server in document["servers"])


def test_generated_clients_ask_for_bodies_and_read_csv_as_text(document):
    for name, operation in operations(document):
        assert operation.get("requestBody", {"required": True}).get("required") is True, name
        for answer in operation["responses"].values():
            csv = answer.get("content", {}).get("text/csv", {"schema": {"type": "string"}})
            assert csv["schema"] == {"type": "string"}, name
        assert all(tag.isascii() for tag in operation["tags"]), name


def test_no_answer_is_json_or_something_else(document):
    """A generated client reads the first kind that it knows, whatever came."""
    for name, operation in operations(document):
        for status, answer in operation["responses"].items():
            kinds = set(answer.get("content", {}))
            assert "application/json" not in kinds or len(kinds) == 1, f"{name} {status}"


def test_generated_clients_that_do_not_know_workbooks_read_bytes(document):
    """They take the first kind that they know: for an original, which may be a workbook, it must not be text."""
    found = 0
    for name, operation in operations(document):
        kinds = list(operation["responses"].get("200", {}).get("content", {}))
        if any("spreadsheet" in kind for kind in kinds):
            assert next(kind for kind in kinds if "spreadsheet" not in kind) == "application/octet-stream", name
            found += 1
    assert found == 5


def test_every_answer_and_every_body_has_an_example(document):
    lacking = [
        f"{name} {status} {kind}"
        for name, operation in operations(document)
        for status, answer in operation["responses"].items()
        for kind, content in answer.get("content", {}).items()
        if not content.get("examples")
    ]
    lacking += [
        name
        for name, operation in operations(document)
        for content in operation.get("requestBody", {}).get("content", {}).values()
        if not (content.get("examples") or name.endswith("token"))
    ]
    assert lacking == []


def test_every_example_is_what_its_schema_says(document):
    checked = 0
    for name, operation in operations(document):
        for status, answer in operation["responses"].items():
            content = answer.get("content", {}).get("application/json", {})
            for title, example in content.get("examples", {}).items():
                schema = {**content["schema"], "components": document["components"]}
                try:
                    jsonschema.Draft202012Validator(schema).validate(example["value"])
                except jsonschema.ValidationError as error:
                    pytest.fail(f"{name} {status} {title}: {error.message}")
                checked += 1
    assert checked > 60


def test_the_described_state_has_the_keys_of_the_real_one():
    assert list(State().fields) == list(EXAMPLE)


@pytest.mark.django_db
class TestThePages:
    def test_the_schema_is_served_to_everybody(self, client):
        answer = client.get("/api/schema")
        assert (answer.status_code, answer.content) == (200, KEPT.read_bytes())

    @pytest.mark.processes
    def test_several_ask_a_new_process_at_once(self, aws):
        with served() as port, ThreadPoolExecutor(8) as readers:
            found = list(readers.map(lambda _: seconds_of(port, "/api/schema")[0], range(8)))
        assert found == [200] * 8

    def test_the_page_and_its_script_come_from_this_site_only(self, client):
        page = client.get("/api/docs")
        script = client.get("/api/docs?script=")
        assert (page.status_code, script.status_code) == (200, 200)
        assert "/static/drf_spectacular_sidecar/" in page.content.decode()
        assert "http" not in page.content.decode().replace("http-equiv", "")
        assert "<script>" not in page.content.decode()
        assert script["Content-Type"].startswith("application/javascript")

    def test_only_this_page_may_have_styles_of_its_own(self, client):
        assert "'unsafe-inline'" in client.get("/api/docs")["Content-Security-Policy"]
        assert "'unsafe-inline'" not in client.get("/api/nada")["Content-Security-Policy"]
        assert "script-src" not in client.get("/api/docs")["Content-Security-Policy"]


# --- Whatever is sent --------------------------------------------------------------------------

api_schema = schemathesis.openapi.from_path(KEPT)
api_schema.app = application
CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]
_spent = [0.0]


@pytest.fixture
def one_connection(db):
    """As Django's own test client does: a request's end must not close the connection of the test."""
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    yield
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


@pytest.fixture
def tasks(accept, worker):
    """Uploads in several states, whose ids take the place of invented ones."""
    done = accept(csv_bytes([row(1), row(2, nombre="")]))
    worker.step()
    plan = accept(csv_bytes([row(1, precio_unitario="9.99"), row(3), row(4, nombre="")]), replace=True, plan=True)
    worker.step()
    looked_at, waiting = (make_draft(done.proveedor, answer) for answer in (PreviewAnswer({}, PREVIEW), None))
    ids = [done.pk, plan.pk, accept(csv_bytes([row(3)])).pk, looked_at.pk, waiting.pk]
    return itertools.cycle(map(str, ids))


@api_schema.parametrize()
@hypothesis_settings(
    max_examples=12,
    deadline=None,
    derandomize=True,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=list(HealthCheck),
)
@pytest.mark.django_db
def test_no_request_is_answered_with_a_failure_or_outside_the_schema(case, user, tasks, one_connection):
    if _spent[0] > SECONDS_FOR_ALL:
        return
    began = time.monotonic()
    if "task_id" in (case.path_parameters or {}):
        case.path_parameters["task_id"] = next(tasks)
    if "mapping_id" in (case.path_parameters or {}):
        case.path_parameters["mapping_id"] = str(make_mapping(user.suppliers.get(), *[token_hex(8)] * 2).pk)
    if "item_id" in (case.path_parameters or {}) and len(case.path_parameters["item_id"]) % 2:
        case.path_parameters["item_id"] = "PROD00001"
    token, _made = Token.objects.get_or_create(user=user)
    user.user_permissions.set(Permission.objects.filter(codename="undo_bulkupload"))
    headers = {"Authorization": f"Token {token.key}"} if "auth/token" not in case.path else {}
    case.call_and_validate(headers=headers, checks=CHECKS)
    _spent[0] += time.monotonic() - began
