"""Polling costs nothing: no query, no body when nothing changed; and it never shows what is no longer allowed."""

from __future__ import annotations

import hashlib
from datetime import timedelta

import pytest
from django.contrib.auth.models import User
from django.contrib.auth.signals import user_logged_in
from rest_framework.authtoken.models import Token
from rest_framework.test import APIClient

from bulk_upload import progress, snapshots
from bulk_upload.api.status import entity_tag
from bulk_upload.api.token_generation import GENERATION
from bulk_upload.models import BulkUpload
from bulk_upload.tests.helpers.rows import csv_bytes, row
from medisupply.backends import shared_cache

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("aws")]


@pytest.fixture
def upload(accept):
    return accept(csv_bytes([row(1)]))


@pytest.fixture
def ask(api, upload):
    return lambda **headers: api.get(f"/api/catalog/bulk-upload/status/{upload.pk}", headers=headers)


def test_a_second_look_makes_no_query(ask, django_assert_num_queries):
    ask()
    with django_assert_num_queries(0):
        assert ask().status_code == 200


def test_an_unchanged_state_is_304_without_a_body_or_a_query(ask, django_assert_num_queries):
    tag = ask()["ETag"]
    with django_assert_num_queries(0):
        answer = ask(**{"If-None-Match": tag})
    assert (answer.status_code, answer.content) == (304, b"")
    assert (answer["ETag"], answer["Retry-After"], answer["Cache-Control"]) == (tag, "1", "private, no-cache")
    assert "Authorization" in answer["Vary"]


@pytest.mark.parametrize("known", ["W/{}", '"x", {}', "*"])
def test_every_form_of_if_none_match_is_understood(ask, known):
    assert ask(**{"If-None-Match": known.format(ask()["ETag"])}).status_code == 304


def test_a_changed_state_has_another_tag(ask, upload):
    tag = ask()["ETag"]
    claimed = BulkUpload.objects.claim(upload.pk, timedelta(seconds=60))
    progress.put(snapshots.of(claimed))
    answer = ask(**{"If-None-Match": tag})
    assert (answer.status_code, answer.json()["status"]) == (200, "processing")


def test_a_client_is_never_shown_an_older_state_than_it_has(ask, upload):
    claimed = BulkUpload.objects.claim(upload.pk, timedelta(seconds=60))  # not shown: the cache was away
    assert ask().json()["status"] == "pending"
    newer = entity_tag(snapshots.head(claimed), "es")
    assert ask(**{"If-None-Match": newer}).status_code == 304
    assert ask().json()["status"] == "processing"
    assert ask(**{"If-None-Match": '"99999999999-es-1", "x", "9999-es-1"'}).json()["status"] == "processing"


def test_a_database_that_counts_again_from_an_older_revision_gives_other_tags(ask, upload):
    restored = BulkUpload.objects.get(pk=upload.pk)
    BulkUpload.objects.claim(upload.pk, timedelta(seconds=60))
    progress.forget(upload.pk)
    seen = ask()["ETag"]
    restored.save()
    progress.forget(upload.pk)
    assert upload.cancel()
    answer = ask(**{"If-None-Match": seen})
    assert (answer.status_code, answer.json()["status"]) == (200, "cancelled")
    assert answer["ETag"].split("-")[0] == seen.split("-")[0]


def test_each_language_has_its_own_tag(ask):
    tag = ask()["ETag"]
    assert ask(**{"If-None-Match": tag, "Accept-Language": "en"}).status_code == 200


def test_a_finished_upload_asks_nobody_to_come_back(ask, worker):
    worker.step()
    assert not ask().has_header("Retry-After")


def test_without_redis_it_is_answered_from_the_database(ask, no_redis):
    tag = ask()["ETag"]
    assert ask(**{"If-None-Match": tag}).status_code == 304


@pytest.mark.parametrize(
    "entry", [["not", "an", "entry"], {}, {"user": 1}, {"user": "1", "suppliers": []}, {"user": 1, "suppliers": [[]]}]
)
def test_a_damaged_entry_of_a_token_is_no_entry(ask, api, entry):
    ask()
    key = api._credentials["HTTP_AUTHORIZATION"].split()[1]
    name = f"token-access:{hashlib.sha256(key.encode()).hexdigest()}"
    if isinstance(entry, dict):
        entry = {**entry, "generation": shared_cache.read([GENERATION])[GENERATION]}
    shared_cache.write(name, entry, 60)
    assert ask().status_code == 200


class TestWhatIsKeptIsDroppedAtOnce:
    """Each change takes effect with the next request, although what a token may see is kept for a minute."""

    @pytest.fixture(autouse=True)
    def _kept(self, ask, django_assert_num_queries):
        ask()
        with django_assert_num_queries(0):
            assert ask().status_code == 200

    def test_when_the_token_is_deleted(self, ask, user):
        Token.objects.get(user=user).delete()
        assert ask().status_code == 401

    def test_when_the_user_becomes_inactive(self, ask, user):
        user.is_active = False
        user.save()
        assert ask().status_code == 401

    def test_when_the_user_leaves_the_supplier(self, ask, user, supplier):
        supplier.usuarios.remove(user)
        assert ask().status_code == 404

    def test_when_the_supplier_becomes_inactive(self, ask, supplier):
        supplier.activo = False
        supplier.save()
        assert ask().status_code == 404

    def test_but_not_when_somebody_logs_in(self, ask, user, django_assert_num_queries):
        user_logged_in.send(User, request=None, user=user)
        with django_assert_num_queries(0):
            ask()


def test_staff_are_never_kept(upload):
    staff = User.objects.create_user("jefa", is_staff=True, is_superuser=True)
    client = APIClient()
    client.credentials(HTTP_AUTHORIZATION=f"Token {Token.objects.create(user=staff).key}")
    path = f"/api/catalog/bulk-upload/{upload.pk}"
    assert client.get(path).status_code == 200
    staff.is_superuser = False
    User.objects.filter(pk=staff.pk).update(is_superuser=False)
    assert client.get(path).status_code == 404


def test_a_session_may_poll_too(client, user, upload):
    client.force_login(user)
    assert client.get(f"/api/catalog/bulk-upload/{upload.pk}").status_code == 200
