"""Who comes to the admin in the tests."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.auth.models import Permission, User
from django.test import Client
from django.urls import reverse

from bulk_upload.models import BulkUpload
from catalog.models import Supplier

UPLOADS = "admin:bulk_upload_bulkupload_"
ALL_OF_UPLOADS = ("view_bulkupload", "add_bulkupload")


def person(name: str, *permissions: str, supplier: Supplier | None = None, **more: Any) -> User:
    """A staff person with these permissions; of a supplier, or of MediSupply itself and for all suppliers."""
    user = User.objects.create_user(name, password=name, is_staff=True, **more)
    given = permissions if supplier else (*permissions, "all_suppliers")
    user.user_permissions.set(Permission.objects.filter(codename__in=given))
    if supplier:
        supplier.usuarios.add(user)
    return user


def signed_in(user: User, language: str = "es") -> Client:
    client = Client(headers={"accept-language": language})
    client.force_login(user)
    return client


def make_upload(supplier: Supplier | None, name: str = "productos.xlsx", **fields: Any) -> BulkUpload:
    return BulkUpload.objects.create(
        proveedor=supplier, filename=name, file_format=name.rsplit(".", 1)[1], s3_key="k", size=1, **fields
    )


def address(name: str, *arguments: Any) -> str:
    return reverse(UPLOADS + name, args=arguments)


@pytest.fixture
def staff(db: None) -> Client:
    """A person of MediSupply who may look at and upload everything."""
    return signed_in(person("operadora", *ALL_OF_UPLOADS, "view_product", "view_supplier", "view_category"))


@pytest.fixture
def supplier_person(supplier: Supplier) -> Client:
    """A person of PROV001 with a staff account."""
    return signed_in(person("andina", *ALL_OF_UPLOADS, "view_product", "view_supplier", supplier=supplier))


@pytest.fixture
def bystander(db: None) -> Client:
    """Staff without any permission for uploads."""
    return signed_in(person("bodega", "view_product"))
