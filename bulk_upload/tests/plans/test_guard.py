"""The change guard stops what would change too much, until another person has looked at it."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import Permission, User
from django.core.files.uploadedfile import SimpleUploadedFile

from bulk_upload.intake import accept_upload
from bulk_upload.models import BulkUpload, ChangeGuard, Operation
from bulk_upload.plans.apply import CannotApply, apply_plan
from bulk_upload.tests.helpers.rows import csv_bytes, row
from catalog.models import Product, Supplier
from catalog.sheets.suppliers import SUPPLIERS

pytestmark = pytest.mark.django_db


@pytest.fixture
def guard(supplier):
    return ChangeGuard.objects.create(
        proveedor=supplier, sheet_name="productos", max_changed_percent=50, max_price_percent=30
    )


@pytest.fixture
def catalogue(accept, worker):
    accept(csv_bytes(row(n, precio_unitario="10.00") for n in range(1, 11)))
    worker.step()


def sent(accept, worker, **prices):
    """A price list of the ten products, of which these change."""
    rows = [row(n, precio_unitario=prices.get(f"p{n}", "10.00")) for n in range(1, 11)]
    upload = accept(csv_bytes(rows), replace=True)
    worker.step()
    upload.refresh_from_db()
    return upload


def codes(upload):
    return [found["codigo"] for found in upload.guard["stopped"]]


def prices():
    return sorted({str(price) for price in Product.objects.values_list("precio_unitario", flat=True)})


def test_what_stays_within_the_limits_is_imported(catalogue, guard, accept, worker):
    upload = sent(accept, worker, p1="12.00", p2="8.00")
    assert (upload.operation, upload.guard, upload.actualizados) == (Operation.IMPORT, {"passed": True}, 2)
    assert prices() == ["10.00", "12.00", "8.00"]
    assert not upload.planned_rows.exists()


@pytest.mark.parametrize(
    ("changed", "wanted"),
    [
        ({f"p{n}": "11.00" for n in range(1, 7)}, ["guard_changed_rows"]),
        ({"p1": "14.00"}, ["guard_price"]),
        ({"p1": "6.00"}, ["guard_price"]),
        ({"p1": "0"}, ["guard_price", "guard_zero"]),
        ({f"p{n}": "1000.00" for n in range(1, 11)}, ["guard_changed_rows", "guard_price"]),
    ],
)
def test_what_goes_beyond_a_limit_stops_before_anything_is_written(catalogue, guard, accept, worker, changed, wanted):
    upload = sent(accept, worker, **changed)
    assert (upload.status, upload.operation, codes(upload)) == ("completed", Operation.PLAN, wanted)
    assert upload.actualizados == len(changed)
    assert prices() == ["10.00"]


def test_prices_in_cents_are_applied_by_a_second_person_with_the_permission_only(
    catalogue, guard, accept, worker, user
):
    upload = sent(accept, worker, **{f"p{n}": "1000.00" for n in range(1, 11)})
    other = User.objects.create_user("otra", is_staff=True)
    permission = Permission.objects.get(codename="approve_bulkupload")
    user.user_permissions.add(permission)
    for person in (User.objects.get(pk=user.pk), other):
        with pytest.raises(CannotApply, match="second_person_required"):
            apply_plan(upload, person)
    other.user_permissions.add(permission)
    applied = apply_plan(upload, User.objects.get(pk=other.pk))
    worker.step()
    applied.refresh_from_db()
    assert (applied.status, applied.actualizados, prices()) == ("completed", 10, ["1000.00"])


def test_a_list_of_nobodys_own_is_measured_by_all_rows_there_are(worker, user, supplier, other_supplier, aws):
    ChangeGuard.objects.create(sheet_name="proveedores", max_changed_percent=50, refuse_zero_price=False)
    content = b"codigo,nombre\nPROV001,Otro\nPROV002,Otro\nPROV003,Nuevo\n"
    upload = accept_upload(
        file=SimpleUploadedFile("a.csv", content), sheet=SUPPLIERS, owner=None, user=user, reemplazar_duplicados=True
    )
    worker.step()
    upload.refresh_from_db()
    assert (upload.operation, codes(upload)) == (Operation.PLAN, ["guard_changed_rows"])
    assert upload.guard["stopped"][0]["params"]["existentes"] == 2
    assert not Supplier.objects.filter(nombre="Otro").exists()


def test_new_rows_count_for_no_share_but_for_zero_prices(guard, accept, worker):
    upload = accept(csv_bytes(row(n) for n in range(1, 4)))
    worker.step()
    upload.refresh_from_db()
    assert upload.guard == {"passed": True}
    zero = accept(csv_bytes([row(4, precio_unitario="0")]))
    worker.step()
    zero.refresh_from_db()
    assert codes(zero) == ["guard_zero"]


def test_an_upload_without_a_guard_is_not_asked(catalogue, accept, worker):
    upload = sent(accept, worker, p1="0")
    assert (upload.operation, upload.guard, upload.actualizados) == (Operation.IMPORT, None, 1)


def test_the_same_file_again_under_its_key_is_the_same_upload_though_it_was_stopped(
    catalogue, guard, accept, worker, supplier, user
):
    upload = sent(accept, worker, p1="0")
    BulkUpload.objects.filter(pk=upload.pk).update(idempotency_key="k")
    from bulk_upload.idempotency import UploadIdentity, earlier

    upload.refresh_from_db()
    identity = UploadIdentity(user.pk, supplier.pk, "productos", upload.sha256, True, Operation.IMPORT, "k")
    assert earlier(identity).pk == upload.pk
