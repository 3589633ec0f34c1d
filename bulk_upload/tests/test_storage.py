"""The stored files: what is fetched is what was stored, under keys of this system's own, in bounded time."""

from __future__ import annotations

import hashlib
import io
import os
import uuid
from datetime import date

import pytest
from django.core.files.storage import default_storage

from bulk_upload import storage, storage_keys
from bulk_upload.models import BulkUpload
from bulk_upload.sheet.problems import FileProblem
from bulk_upload.tests.helpers.admin_people import address
from bulk_upload.tests.helpers.rows import csv_bytes, row
from bulk_upload.tests.helpers.tcp_proxy import TcpProxy
from bulk_upload.tests.helpers.upload_api import URL, a_file, refused
from catalog.models import Product
from medisupply.backends.database import database_now

pytestmark = pytest.mark.usefixtures("aws")


@pytest.fixture(autouse=True)
def _database(db):
    """The fixture `aws` needs none, but most of what is tested here does."""


@pytest.fixture
def key():
    return storage_keys.upload_key(uuid.uuid4(), "csv", date(2026, 1, 31))


def store(key, content=b"id,nombre\n"):
    assert storage.save(io.BytesIO(content), key) == key


def as_upload(key, content=b"id,nombre\n", **fields):
    sha256 = hashlib.sha256(content).hexdigest()
    return BulkUpload(**{"s3_key": key, "size": len(content), "sha256": sha256, **fields})


def overwrite(key, content):
    default_storage.bucket.put_object(Key=key, Body=content)


def test_keys_begin_with_the_systems_prefix(settings):
    task = uuid.UUID("5f1c7a52-3c3e-4b7e-9d53-0c1b7f6d2a90")
    assert storage_keys.upload_key(task, "csv", date(2026, 1, 31)) == f"medisupply/uploads/2026/01/31/{task}.csv"
    settings.S3_KEY_PREFIX = "pruebas/"
    assert storage_keys.upload_key(task, "csv", date(2026, 1, 31)) == f"pruebas/uploads/2026/01/31/{task}.csv"


@pytest.mark.parametrize(
    "name", ["medisupply/uploads/2026/01/31/{}.csv", "medisupply/uploads/2026/01/31/{}_aB3xY9z.csv"]
)
def test_a_key_names_its_upload(name):
    task = uuid.uuid4()
    assert storage_keys.task_id_of(name.format(task)) == task


@pytest.mark.parametrize(
    "key",
    ["medisupply/uploads/2026/01/31/precios.csv", "uploads/leeme.txt", "c448a9d0-e50a-4b0f-98f7-5b51aa5153eb.csv"],
)
def test_other_keys_name_none(key):
    assert (storage_keys.task_id_of(key), storage_keys.orphan_key(key)) == (None, None)


def test_a_local_copy_is_there_until_the_block_ends(key, tmp_path):
    content = os.urandom(200_000)
    store(key, content)
    blocks = []
    with storage.local_copy(as_upload(key, content), tmp_path, on_block=lambda: blocks.append(1)) as path:
        assert path.read_bytes() == content
        assert tmp_path in path.parents
        opened = path.open("rb")
    assert list(tmp_path.iterdir()) == []
    with opened:
        assert opened.read() == content
    assert len(blocks) > 2


@pytest.mark.parametrize("other", [{"size": 9}, {"sha256": "0" * 64}])
def test_a_local_copy_is_what_was_accepted(key, tmp_path, other):
    store(key)
    with pytest.raises(FileProblem) as problem, storage.local_copy(as_upload(key, **other), tmp_path):
        pass
    assert problem.value.code == "file_replaced"
    assert list(tmp_path.iterdir()) == []


def test_two_copies_of_one_file_do_not_meet(key, tmp_path):
    store(key)
    with storage.local_copy(as_upload(key), tmp_path) as outer:
        with storage.local_copy(as_upload(key), tmp_path) as inner:
            assert inner != outer
        assert outer.read_bytes() == b"id,nombre\n"


def test_without_a_folder_the_copy_goes_into_the_one_of_the_settings(key, tmp_path, settings):
    store(key)
    settings.BULK_UPLOAD_TEMP_DIR = str(tmp_path)
    with storage.local_copy(as_upload(key)) as path:
        assert tmp_path in path.parents


def test_what_is_called_after_a_block_may_end_the_download(key, tmp_path):
    def stop():
        raise ZeroDivisionError

    content = os.urandom(200_000)
    store(key, content)
    blocks = []
    copy = storage.local_copy(as_upload(key, content), tmp_path, on_block=lambda: blocks.append(1) or stop())
    with pytest.raises(ZeroDivisionError), copy:
        pass
    assert len(blocks) == 1
    assert list(tmp_path.iterdir()) == []


def test_a_fault_of_the_local_disk_is_not_one_of_the_store(key, tmp_path):
    store(key)
    with pytest.raises(FileNotFoundError), storage.local_copy(as_upload(key), tmp_path / "no"):
        pass


def test_a_file_that_was_set_aside_is_brought_back(key, tmp_path):
    store(key)
    storage.set_aside(key)
    assert not default_storage.exists(key)
    assert not storage.is_missing(key)
    with storage.local_copy(as_upload(key), tmp_path) as path:
        assert path.read_bytes() == b"id,nombre\n"
    assert default_storage.exists(key)


def test_a_file_that_is_gone_is_missing(key, tmp_path):
    assert storage.is_missing(key)
    with pytest.raises(storage.FileGone), storage.local_copy(as_upload(key), tmp_path):
        pass


def test_setting_aside_what_is_gone_does_nothing(key):
    storage.set_aside(key)
    assert storage.is_missing(key)


@pytest.mark.parametrize("change", [{"nombre": "Otro"}, {"codigo": "CORTO"}])
def test_a_file_that_was_replaced_is_not_imported(accept, worker, change):
    upload = accept(csv_bytes([row(1)]))
    overwrite(upload.s3_key, csv_bytes([row(1, **change)]))
    worker.step()
    upload.refresh_from_db()
    assert (upload.status, upload.error_code, Product.objects.count()) == ("failed", "file_replaced", 0)


def test_a_file_that_was_replaced_leaves_by_no_door(accept, api, staff):
    upload = accept(csv_bytes([row(1)]))
    BulkUpload.objects.update(status="completed", completed_at=database_now())
    overwrite(upload.s3_key, csv_bytes([row(2)]))
    answer = api.get(f"/api/catalog/bulk-upload/{upload.pk}/file")
    assert (answer.status_code, answer.json()["code"]) == (422, "file_replaced")
    for ask, page in ((staff.get, "original"), (staff.post, "replace")):
        assert "no es el que se recibió" in ask(address(page, upload.pk), follow=True).content.decode()
    assert BulkUpload.objects.count() == 1


def test_an_upload_of_an_older_release_has_no_hash_to_compare(accept, worker):
    upload = accept(csv_bytes([row(1)]))
    BulkUpload.objects.filter(pk=upload.pk).update(sha256="")
    worker.step()
    upload.refresh_from_db()
    assert upload.status == "completed"


@pytest.fixture
def hanging(settings, key):
    """S3 accepts connections and never answers; its timeouts are a tenth of those of production."""
    store(key)
    default = settings.STORAGES["default"]
    config = default["OPTIONS"]["client_config"]
    with TcpProxy(os.environ["AWS_ENDPOINT_URL"]) as proxy:
        short = config.merge(type(config)(read_timeout=config.read_timeout / 20))
        options = {**default["OPTIONS"], "client_config": short, "endpoint_url": proxy.url}
        settings.STORAGES = {**settings.STORAGES, "default": {**default, "OPTIONS": options}}
        proxy.hang()
        yield proxy


def test_a_store_that_hangs_is_down(hanging, key, tmp_path):
    with pytest.raises(storage.StorageDown, match="timeout"), storage.local_copy(as_upload(key), tmp_path):
        pass


def test_a_store_that_hangs_in_the_middle_of_a_file_is_down(hanging, key, tmp_path):
    hanging.forward()
    overwrite(key, os.urandom(3_000_000))
    copy = storage.local_copy(as_upload(key), tmp_path, on_block=hanging.hang)
    with pytest.raises(storage.StorageDown), copy:
        pass


def test_a_store_that_hangs_refuses_an_upload_in_words(hanging, api):
    answer = api.post(URL, {"file": a_file()})
    refused(answer, 503, "storage_unavailable")
    assert answer["Retry-After"]


def test_the_clients_timeouts_are_short():
    config = default_storage.connection.meta.client.meta.config
    attempts = config.retries["total_max_attempts"]
    assert (config.connect_timeout, config.read_timeout, attempts) == (3, 7, 2)
    assert (config.signature_version, config.s3["addressing_style"]) == ("s3v4", "path")
