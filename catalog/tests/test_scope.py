"""Whom a person acts for."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import AnonymousUser, Permission, User

from catalog.models import Supplier

VIEW = "catalog.view_supplier"


@pytest.fixture
def suppliers(db):
    for code, active in (("PROV001", True), ("PROV002", True), ("PROV003", False)):
        Supplier.objects.create(codigo=code, nombre=code, activo=active)


def acts_for(user):
    return [supplier.pk for supplier in Supplier.objects.for_user(user, VIEW)]


def someone(*codes, permitted=False, **fields):
    user = User.objects.create_user("maria", **fields)
    user.suppliers.set(codes)
    if permitted:
        user.user_permissions.add(Permission.objects.get(codename="view_supplier"))
    return user


@pytest.mark.parametrize(
    ("codes", "fields", "expected"),
    [
        (["PROV001"], {}, ["PROV001"]),
        (["PROV001", "PROV003"], {}, ["PROV001"]),
        ([], {}, []),
        ([], {"is_staff": True, "permitted": True}, ["PROV001", "PROV002", "PROV003"]),
        ([], {"is_staff": True}, []),
        (["PROV001"], {"is_staff": True, "permitted": True}, ["PROV001"]),
        (["PROV001"], {"is_staff": True}, []),
        (["PROV003"], {"is_staff": True, "permitted": True}, []),
        (["PROV001"], {"is_superuser": True, "is_staff": True}, ["PROV001", "PROV002", "PROV003"]),
        ([], {"is_superuser": True, "is_active": False}, []),
    ],
)
def test_a_person_acts_for_its_own_suppliers_and_staff_without_any_for_all(suppliers, codes, fields, expected):
    assert acts_for(someone(*codes, **fields)) == expected


def test_nobody_in_particular_acts_for_nobody(suppliers):
    assert acts_for(AnonymousUser()) == []
