"""People and groups in the admin: permissions in the reader's words, and nothing of the database's own."""

from __future__ import annotations

from collections.abc import Iterable

import pytest
from django.contrib.auth.models import Group, Permission, User
from django.test import Client

from bulk_upload.tests.helpers.admin_people import signed_in
from catalog.models import Supplier
from catalog.tests.pages import Page
from medisupply.supplier_group import GROUP

pytestmark = pytest.mark.django_db


@pytest.fixture
def clerk() -> User:
    clerk = User.objects.create_user("maria", password="maria", is_staff=True)
    clerk.groups.add(Group.objects.get(name=GROUP))
    Supplier.objects.create(codigo="PROV001", nombre="Andinas").usuarios.add(clerk)
    return clerk


@pytest.mark.parametrize(
    ("language", "label", "every"),
    [
        ("es", "Productos: ver", "Puede actuar por todos los proveedores"),
        ("en", "Products: view", "May act for all suppliers"),
    ],
)
def test_permissions_are_named_in_the_readers_language(admin_user, clerk, language, label, every):
    for place in (f"user/{clerk.pk}", f"group/{clerk.groups.get().pk}"):
        page = signed_in(admin_user, language).get(f"/admin/auth/{place}/change/").content.decode()
        assert label in page
        assert every in page
        assert "Can view" not in page


def test_saving_a_person_keeps_and_changes_what_is_ticked(admin_client: Client, clerk):
    product = Permission.objects.get(codename="view_product")
    clerk.user_permissions.add(product)
    page = Page(admin_client, f"/admin/auth/user/{clerk.pk}/change/")
    assert page.sent["user_permissions"] == [str(product.pk)]
    page.change(email="maria@andinas.example").save()
    clerk.refresh_from_db()
    assert clerk.email == "maria@andinas.example"
    assert list(clerk.user_permissions.all()) == [product]
    assert [group.name for group in clerk.groups.all()] == [GROUP]
    page.uncheck("user_permissions").save()
    assert not clerk.user_permissions.exists()
    assert clerk.check_password("maria")


OFFERED = {
    *(f"auth.{action}_{model}" for action in ("view", "add", "change", "delete") for model in ("user", "group")),
    *(f"authtoken.{action}_tokenproxy" for action in ("view", "add", "change", "delete")),
    *(
        f"catalog.{action}_{model}"
        for action in ("view", "add", "change", "delete")
        for model in ("category", "product", "stocklot", "supplier", "warehouse")
    ),
    *("catalog.all_suppliers", "bulk_upload.view_bulkupload", "bulk_upload.add_bulkupload"),
    *(f"bulk_upload.{action}_bulkupload" for action in ("operate", "undo", "approve")),
    *(f"bulk_upload.{action}_changeguard" for action in ("view", "add", "change", "delete")),
}


def codes(permissions: Iterable[Permission]) -> set[str]:
    return {f"{permission.content_type.app_label}.{permission.codename}" for permission in permissions}


@pytest.mark.parametrize("place", ["user", "group"])
def test_only_what_somebody_can_use_is_offered(admin_client: Client, clerk, place):
    key = clerk.pk if place == "user" else clerk.groups.get().pk
    answer = admin_client.get(f"/admin/auth/{place}/{key}/change/")
    name = "user_permissions" if place == "user" else "permissions"
    assert codes(answer.context["adminform"].form.fields[name].queryset) == OFFERED


def test_a_new_group_is_offered_the_same(admin_client: Client):
    form = admin_client.get("/admin/auth/group/add/").context["adminform"].form
    assert codes(form.fields["permissions"].queryset) == OFFERED


def test_a_permission_that_is_no_longer_offered_stays_until_somebody_removes_it(admin_client: Client, clerk):
    group = clerk.groups.get()
    before = codes(group.permissions.all())
    hidden = Permission.objects.get(codename="delete_session")
    group.permissions.add(hidden)
    clerk.user_permissions.add(hidden)
    page = Page(admin_client, f"/admin/auth/group/{group.pk}/change/")
    page.change(name="Clientes").save()
    assert codes(group.permissions.all()) == {*before, "sessions.delete_session"}
    Page(admin_client, f"/admin/auth/user/{clerk.pk}/change/").change(email="m@andinas.example").save()
    assert list(clerk.user_permissions.all()) == [hidden]
    ticked = [key for key in page.sent["permissions"] if key != str(hidden.pk)]
    page.change(permissions=ticked).save()
    assert codes(group.permissions.all()) == before
    after = admin_client.get(f"/admin/auth/group/{group.pk}/change/").context["adminform"].form
    assert hidden not in after.fields["permissions"].queryset


def test_a_permission_that_is_granted_meanwhile_and_not_offered_survives_a_save(admin_client: Client, clerk):
    group = clerk.groups.get()
    page = Page(admin_client, f"/admin/auth/group/{group.pk}/change/")
    group.permissions.add(Permission.objects.get(codename="delete_session"))
    page.change(name="Clientes").save()
    assert "sessions.delete_session" in codes(group.permissions.all())


def test_the_page_before_a_deletion_names_no_rows_of_links(admin_user, clerk):
    client = signed_in(admin_user)
    for place in (f"auth/user/{clerk.pk}", f"auth/group/{clerk.groups.get().pk}", "catalog/supplier/PROV001"):
        page = client.get(f"/admin/{place}/delete/").content.decode()
        assert "object (" not in page
        assert "Relación" not in page


@pytest.mark.parametrize(("place", "title"), [("user", "Usuarios"), ("group", "Grupos")])
def test_lists_are_named_after_what_they_list(admin_user, place, title):
    assert f"<h1>{title}</h1>" in signed_in(admin_user).get(f"/admin/auth/{place}/").content.decode()
