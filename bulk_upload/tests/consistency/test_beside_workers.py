"""The command may run at any time: beside busy workers it finds nothing that is amiss, and disturbs nothing."""

from __future__ import annotations

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from bulk_upload.intake import accept_upload
from bulk_upload.models import BulkUpload
from bulk_upload.tests.helpers.processes import supervised, wait_for
from bulk_upload.tests.helpers.queues import waiting
from bulk_upload.tests.helpers.rows import csv_bytes, row
from catalog.models import Product, Supplier
from catalog.sheets.products import PRODUCTS

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.processes]

# (supplier, list): the second list of each supplier changes what the first one created.
LISTS = [(supplier, number) for number in range(2) for supplier in range(4)]
ROWS = 3_000


@pytest.fixture
def send(aws, user):
    suppliers = [Supplier.objects.create(codigo=f"S{n}", nombre=f"S{n}") for n in range(4)]

    def run(supplier, number):
        lines = [row(supplier * ROWS + n, nombre=f"Lista {number}") for n in range(ROWS)]
        file = SimpleUploadedFile(f"lista{number}.csv", csv_bytes(lines))
        owner = suppliers[supplier]
        return accept_upload(file=file, sheet=PRODUCTS, owner=owner, user=user, reemplazar_duplicados=True)

    return run


def test_a_repair_beside_workers_finds_nothing_and_changes_nothing(send, check, settings):
    settings.BULK_UPLOAD_LEASE_SECONDS = 10  # as the workers have it
    with supervised(2, BULK_UPLOAD_LEASE_SECONDS=10):
        uploads = [send(*each) for each in LISTS]
        rounds = 0
        while BulkUpload.objects.unfinished().exists():
            assert check("--repair", "--deep") == (0, ["Base de datos, almacén, colas y caché están de acuerdo."])
            rounds += 1
        wait_for(lambda: waiting() == (0, 0))
    assert rounds > 1
    ended = [BulkUpload.objects.get(pk=upload.pk) for upload in uploads]
    assert [(upload.status, upload.creados, upload.actualizados) for upload in ended] == [
        *[("completed", ROWS, 0)] * 4,
        *[("completed", 0, ROWS)] * 4,
    ]
    assert {upload.publications for upload in ended} == {1}
    assert set(Product.objects.values_list("nombre", "version")) == {("Lista 1", 2)}


def test_two_repairs_at_once_and_a_worker_do_each_thing_once(accept, check, age, new_queue, worker, monkeypatch):
    """Both have found the same work without a message: one of them publishes it."""
    from bulk_upload.consistency import unpublished

    upload = accept(csv_bytes([row(1)]))
    new_queue()
    age()
    publish = unpublished.intake.publish

    def after_another(stale):
        assert publish(BulkUpload.objects.get(pk=stale.pk))
        return publish(stale)

    monkeypatch.setattr(unpublished.intake, "publish", after_another)
    assert check("--repair")[0] == 0
    assert waiting() == (1, 0)
    worker.step()
    upload.refresh_from_db()
    assert (upload.status, upload.creados, upload.publications) == ("completed", 1, 2)
