"""Whom a person acts for."""

from __future__ import annotations

import re

import pytest
from django.contrib.auth.models import AnonymousUser, Group, Permission, User
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.test import Client

from catalog.models import Supplier

VIEW = "catalog.view_supplier"


@pytest.fixture
def suppliers(db):
    for code, active in (("PROV001", True), ("PROV002", True), ("PROV003", False)):
        Supplier.objects.create(codigo=code, nombre=code, activo=active)


def acts_for(user):
    return [supplier.pk for supplier in Supplier.objects.for_user(user, VIEW)]


def someone(*codes, permitted=False, all_of_them=False, **fields):
    user = User.objects.create_user("maria", **fields)
    user.suppliers.set(codes)
    given = ["view_supplier"] * permitted + ["all_suppliers"] * all_of_them
    user.user_permissions.set(Permission.objects.filter(codename__in=given))
    return user


@pytest.mark.parametrize(
    ("codes", "fields", "expected"),
    [
        (["PROV001"], {}, ["PROV001"]),
        (["PROV001", "PROV003"], {}, ["PROV001"]),
        ([], {}, []),
        ([], {"is_staff": True, "permitted": True, "all_of_them": True}, ["PROV001", "PROV002", "PROV003"]),
        (["PROV001"], {"is_staff": True, "permitted": True, "all_of_them": True}, ["PROV001", "PROV002", "PROV003"]),
        ([], {"is_staff": True, "permitted": True}, []),
        ([], {"is_staff": True, "all_of_them": True}, []),
        ([], {"permitted": True, "all_of_them": True}, []),
        ([], {"is_staff": True}, []),
        (["PROV001"], {"is_staff": True, "permitted": True}, ["PROV001"]),
        (["PROV001"], {"is_staff": True}, []),
        (["PROV003"], {"is_staff": True, "permitted": True}, []),
        (["PROV001"], {"is_superuser": True, "is_staff": True}, ["PROV001", "PROV002", "PROV003"]),
        ([], {"is_superuser": True, "is_active": False}, []),
    ],
)
def test_a_person_acts_for_its_own_suppliers_and_staff_with_the_permission_for_all(suppliers, codes, fields, expected):
    assert acts_for(someone(*codes, **fields)) == expected


def test_nobody_in_particular_acts_for_nobody(suppliers):
    assert acts_for(AnonymousUser()) == []


def test_who_is_taken_out_of_its_supplier_sees_nothing_any_more(suppliers):
    user = someone("PROV001", is_staff=True, permitted=True)
    user.user_permissions.add(Permission.objects.get(codename="change_supplier"))
    Supplier.objects.get(pk="PROV001").usuarios.remove(user)
    assert acts_for(User.objects.get()) == []


@pytest.mark.django_db(transaction=True)
class TestUpgrade:
    """Nobody who acted for all suppliers is locked out, and nobody else gets more."""

    @pytest.fixture(autouse=True)
    def _back_and_forth(self, suppliers):
        executor = MigrationExecutor(connection)
        latest = executor.loader.graph.leaf_nodes()
        executor.migrate([("catalog", "0007_approved_categories")])
        self.upgrade = lambda: MigrationExecutor(connection).migrate(latest)
        yield
        MigrationExecutor(connection).migrate(latest)

    def test_staff_without_a_supplier_who_may_do_something_get_the_permission(self):
        view = Permission.objects.get(codename="view_supplier")
        group = Group.objects.create(name="Operación")
        group.permissions.add(view)
        people = {
            name: User.objects.create_user(name, is_staff=True) for name in ("direct", "grouped", "member", "idle")
        }
        people["client"] = User.objects.create_user("client")
        people["admin"] = User.objects.create_superuser("admin")
        for name in ("direct", "client", "admin"):
            people[name].user_permissions.add(view)
        for name in ("grouped", "member"):
            people[name].groups.add(group)
        people["member"].suppliers.set(["PROV001"])
        self.upgrade()
        given = User.objects.filter(user_permissions__codename="all_suppliers").values_list("username", flat=True)
        assert sorted(given) == ["direct", "grouped"]
        assert acts_for(User.objects.get(username="grouped")) == ["PROV001", "PROV002", "PROV003"]
        assert acts_for(User.objects.get(username="member")) == ["PROV001"]


def test_staff_who_takes_itself_out_of_its_supplier_finds_nothing_in_the_admin(suppliers):
    permissions = ("view_supplier", "change_supplier", "view_product", "view_bulkupload", "add_bulkupload")
    user = someone("PROV001", is_staff=True)
    user.user_permissions.set(Permission.objects.filter(codename__in=permissions))
    client = Client(headers={"accept-language": "es"})
    client.force_login(user)
    page = client.get("/admin/catalog/supplier/PROV001/change/")
    form = page.context["adminform"].form
    sent = {name: value for name, value in form.initial.items() if name != "usuarios" and value is not None}
    hidden = dict(re.findall(r'type="hidden" name="([^"]+)" value="([^"]*)"', page.content.decode()))
    client.post("/admin/catalog/supplier/PROV001/change/", {**hidden, **sent})
    assert not Supplier.objects.get(pk="PROV001").usuarios.exists()
    for path in ("catalog/supplier", "catalog/product", "bulk_upload/bulkupload"):
        assert list(client.get(f"/admin/{path}/").context["cl"].queryset) == []
    assert client.get("/admin/catalog/supplier/PROV002/change/").status_code == 302
    assert not client.get("/admin/bulk_upload/bulkupload/add/").context["form"].fields["proveedor"].queryset.exists()
