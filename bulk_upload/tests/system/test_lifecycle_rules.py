"""The bucket's own rules remove later than the purge does, and follow its settings; what an owner edited stays."""

from __future__ import annotations

import uuid

import pytest
from django.core.files.storage import default_storage

from bulk_upload import storage

UPLOADS = "medisupply: expire uploads after 180 days"
PREPARED = "medisupply: expire prepared files after 14 days"


@pytest.fixture(autouse=True)
def _own_bucket(settings):
    default = settings.STORAGES["default"]
    options = {**default["OPTIONS"], "bucket_name": f"rules-{uuid.uuid4().hex}"}
    settings.STORAGES = {**settings.STORAGES, "default": {**default, "OPTIONS": options}}


def client():
    return default_storage.connection.meta.client


def rules():
    answer = client().get_bucket_lifecycle_configuration(Bucket=default_storage.bucket_name)
    return {rule["ID"]: rule for rule in answer["Rules"]}


def write(*changed):
    configuration = {"Rules": list(changed)}
    client().put_bucket_lifecycle_configuration(
        Bucket=default_storage.bucket_name, LifecycleConfiguration=configuration
    )


def days(rule_id):
    return rules()[rule_id]["Expiration"]["Days"]


def test_the_bucket_removes_twice_as_late_as_the_purge():
    """An upload that is retried on its last day keeps its file for as long again."""
    storage.ensure_bucket()
    assert rules()[UPLOADS] == {
        "ID": UPLOADS,
        "Status": "Enabled",
        "Filter": {"Prefix": "medisupply/uploads/"},
        "Expiration": {"Days": 180},
        "NoncurrentVersionExpiration": {"NoncurrentDays": 30},
    }
    assert days(PREPARED) == 14


def test_a_setting_that_changes_changes_the_rule(settings):
    storage.ensure_bucket()
    settings.BULK_UPLOAD_KEEP_FILES_DAYS, settings.BULK_UPLOAD_KEEP_PREPARED_DAYS = 365, 3
    storage.ensure_bucket()
    assert (
        days("medisupply: expire uploads after 730 days"),
        days("medisupply: expire prepared files after 6 days"),
    ) == (
        730,
        6,
    )
    assert not {UPLOADS, PREPARED} & set(rules())


def test_what_is_kept_for_ever_has_no_rule(settings):
    storage.ensure_bucket()
    settings.BULK_UPLOAD_KEEP_FILES_DAYS = settings.BULK_UPLOAD_KEEP_PREPARED_DAYS = 0
    storage.ensure_bucket()
    assert sorted(rules()) == ["medisupply: abort incomplete uploads", "medisupply: expire orphans"]


@pytest.mark.parametrize("changed", [90, 365])
def test_a_rule_that_its_owner_has_edited_stays_whatever_the_settings_say(settings, changed):
    storage.ensure_bucket()
    write({**rules()[UPLOADS], "Expiration": {"Days": 3650}})
    settings.BULK_UPLOAD_KEEP_FILES_DAYS = changed
    storage.ensure_bucket()
    assert [(name, days(name)) for name in rules() if "expire uploads" in name] == [(UPLOADS, 3650)]


def test_the_rule_of_an_earlier_release_is_replaced_unless_its_owner_has_edited_it():
    client().create_bucket(Bucket=default_storage.bucket_name)
    earlier = {
        "ID": "medisupply: expire prepared files",
        "Status": "Enabled",
        "Filter": {"Prefix": "medisupply/prepared/"},
        "Expiration": {"Days": 7},
    }
    write(earlier)
    storage.ensure_bucket()
    assert (earlier["ID"] in rules(), days(PREPARED)) == (False, 14)
    write({**earlier, "Expiration": {"Days": 2}})
    storage.ensure_bucket()
    assert [(name, days(name)) for name in rules() if "prepared" in name] == [(earlier["ID"], 2)]
