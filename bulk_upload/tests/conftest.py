"""What the tests of the uploads share: a supplier, its user, files, and the real bucket and queue."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator, Sequence
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from rest_framework.authtoken.models import Token
from rest_framework.test import APIClient

from bulk_upload import progress, queue, storage
from bulk_upload.consuming import worker as consuming_worker
from bulk_upload.consuming.worker import Worker
from bulk_upload.importing.writing import writer
from bulk_upload.importing.writing.copy_writer import write_by_copy
from bulk_upload.importing.writing.orm_writer import write_by_orm
from bulk_upload.imports import registry
from bulk_upload.intake import accept_upload
from bulk_upload.models import BulkUpload
from bulk_upload.reading.files import Readers
from bulk_upload.sheet.declaration import Sheet
from bulk_upload.sheet.mapping import NO_MAPPING, SheetMapping
from bulk_upload.tests.helpers.admin_people import bystander, staff, supplier_person  # noqa: F401 - fixtures
from bulk_upload.tests.helpers.rows import import_rows
from bulk_upload.workbooks import prepared_files
from catalog.models import Supplier
from catalog.sheets.products import PRODUCTS
from medisupply.backends import shared_cache


@pytest.fixture
def supplier(db: None) -> Supplier:
    return Supplier.objects.create(codigo="PROV001", nombre="Distribuciones Andinas")


@pytest.fixture
def other_supplier(db: None) -> Supplier:
    return Supplier.objects.create(codigo="PROV002", nombre="Suministros del Norte")


@pytest.fixture
def user(supplier: Supplier) -> User:
    user = User.objects.create_user("proveedor", password="proveedor")
    supplier.usuarios.add(user)
    return user


@pytest.fixture
def api(user: User) -> APIClient:
    """A client of the API with the supplier's token."""
    client = APIClient()
    client.credentials(HTTP_AUTHORIZATION=f"Token {Token.objects.create(user=user).key}")
    return client


@pytest.fixture(scope="session")
def _aws() -> None:
    storage.ensure_bucket()


@pytest.fixture
def aws(_aws: None, settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """The bucket, and a queue of the test's own; both names also stand in the environment."""
    settings.SQS_QUEUE_NAME = f"test-{uuid.uuid4()}.fifo"
    monkeypatch.setenv("SQS_QUEUE_NAME", settings.SQS_QUEUE_NAME)
    queue.ensure_queues()


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Whatever imports by `run_import` does so with each writer that the database has."""
    if "run_import" in metafunc.fixturenames:
        writers = ["orm", "copy"] if connection.vendor == "postgresql" else ["orm"]
        metafunc.parametrize("run_import", writers, indirect=True)


Importer = Callable[..., BulkUpload]


@pytest.fixture
def run_import(supplier: Supplier, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Importer:
    """Imports rows for a supplier straight through the import's own function: no queue, no file."""
    name = getattr(request, "param", None)
    if name:
        monkeypatch.setattr(writer, "write", write_by_copy if name == "copy" else write_by_orm)

    def run(
        rows: Sequence[dict[str, Any]],
        *,
        replace: bool = False,
        owner: Supplier | None = supplier,
        chunk_rows: int = 10,
        sheet: Sheet = PRODUCTS,
    ) -> BulkUpload:
        upload = BulkUpload.objects.create(
            sheet_name=sheet.name,
            proveedor=owner,
            filename="a.csv",
            file_format="csv",
            s3_key="k",
            size=1,
            reemplazar_duplicados=replace,
        )
        claimed = BulkUpload.objects.claim(upload.pk, timedelta(seconds=60))
        assert claimed
        import_rows(claimed, rows, chunk_rows=chunk_rows)
        claimed.complete()
        claimed.refresh_from_db()
        return claimed

    return run


@pytest.fixture
def refused_name(db: None) -> Callable[..., None]:
    """A product with this name is refused by the database itself; without a name, every product."""

    def refuse(name: str = "") -> None:
        condition = f"nombre <> '{name}'" if name else "false"
        with connection.cursor() as cursor:
            if connection.vendor == "postgresql":
                cursor.execute(f"ALTER TABLE catalog_product ADD CONSTRAINT refused CHECK ({condition}) NOT VALID")
            for event in ("INSERT", "UPDATE") if connection.vendor == "sqlite" else ():
                cursor.execute(
                    f"CREATE TRIGGER refused_{event} BEFORE {event} ON catalog_product WHEN NOT (NEW.{condition}) "
                    "BEGIN SELECT RAISE(ABORT, 'refused'); END".replace("NEW.false", "false")
                )

    return refuse


@pytest.fixture
def accept(aws: None, supplier: Supplier, user: User) -> Callable[..., BulkUpload]:
    """Accepts a file as the API does."""

    def run(
        content: bytes,
        name: str = "productos.csv",
        *,
        replace: bool = False,
        plan: bool = False,
        sheet: Sheet = PRODUCTS,
        mapping: SheetMapping = NO_MAPPING,
    ) -> BulkUpload:
        return accept_upload(
            file=SimpleUploadedFile(name, content),
            sheet=sheet,
            owner=supplier,
            user=user,
            reemplazar_duplicados=replace,
            solo_validar=plan,
            mapping=mapping,
        )

    return run


@pytest.fixture(scope="session")
def _readers() -> Iterator[Readers]:
    """The workers of all tests share the process that readers are forked from: its start takes longer than a test."""
    readers = Readers(registry.modules())
    yield readers
    readers.close()


@pytest.fixture
def worker(_readers: Readers, monkeypatch: pytest.MonkeyPatch) -> Worker:
    _readers.prepare()  # on this thread, with which it lives
    with monkeypatch.context() as patch:
        patch.setattr(consuming_worker, "Readers", lambda modules: _readers)
        return Worker(wait_seconds=0)


@pytest.fixture
def corrections(worker: Worker) -> Callable[..., bytes]:
    """The workbook of an upload's rejected rows, as the worker makes it when somebody asks for it."""

    def run(upload: BulkUpload, language: str = "es") -> bytes:
        file = prepared_files.corrections_of(upload, language)
        worker.step()
        file.refresh_from_db()
        assert file.state == "ready", (file.state, file.error_code)
        return b"".join(storage.stream(file.s3_key))

    return run


@pytest.fixture
def no_redis(settings: Any) -> Iterator[None]:
    """Nothing listens where the cache should be."""
    settings.CACHES = {"default": {**settings.CACHES["default"], "LOCATION": "redis://127.0.0.1:1/0"}}
    with pytest.raises(shared_cache.CacheDown):
        progress.ping()
    yield
    shared_cache.ask_again()
