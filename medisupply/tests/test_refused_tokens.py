"""Whoever tries tokens is limited by the address; who has one is served beside them."""

from __future__ import annotations

from uuid import uuid4

import pytest

pytestmark = pytest.mark.django_db

ITEMS = "/api/v1/catalog/items"
STATUS = "/api/catalog/bulk-upload/status/x"


@pytest.fixture(autouse=True)
def _limit(settings):
    settings.API_THROTTLES = {**settings.API_THROTTLES, "refused": "2/hour"}
    settings.CACHES = {"default": {**settings.CACHES["default"], "KEY_PREFIX": f"refused-{uuid4()}"}}


def status_of(client, path=ITEMS, **headers):
    return client.get(path, headers=headers).status_code


@pytest.mark.parametrize("path", [ITEMS, STATUS, f"{ITEMS}/bulk-upload"])
def test_they_are_counted_by_the_address(client, path):
    assert [status_of(client, path, Authorization=f"Token {n}") for n in range(2)] == [401, 401]
    answer = client.get(path)
    assert (answer.status_code, answer.json()["code"]) == (429, "throttled")
    assert 0 < int(answer["Retry-After"]) <= 3600


def test_who_has_a_token_is_served_beside_them(api, client):
    assert [status_of(client, Authorization="Token no") for _ in range(3)] == [401, 401, 429]
    assert (status_of(api), status_of(api, STATUS)) == (200, 404)


def test_behind_a_proxy_each_client_has_its_own_address(client, settings):
    settings.REST_FRAMEWORK = {**settings.REST_FRAMEWORK, "NUM_PROXIES": 1}
    seen = [status_of(client, **{"X-Forwarded-For": f"9.9.9.9, 10.0.0.{n}"}) for n in (1, 1, 1, 2)]
    assert seen == [401, 401, 429, 401]


def test_without_redis_they_are_refused_as_ever(client, no_redis):
    assert [status_of(client, Authorization="Token no") for _ in range(4)] == [401] * 4


def test_no_limit_is_no_limit(client, settings):
    settings.API_THROTTLES = {**settings.API_THROTTLES, "refused": ""}
    assert [status_of(client) for _ in range(4)] == [401] * 4
