"""People, groups and tokens in the admin, in the reader's language."""

from __future__ import annotations

from typing import Any, Final

from django import forms
from django.contrib import admin
from django.contrib.auth.admin import GroupAdmin, UserAdmin
from django.contrib.auth.models import Group, Permission, User
from django.db.models import ManyToManyField
from django.http import HttpRequest, HttpResponse
from django.utils.text import capfirst
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from rest_framework.authtoken.admin import TokenAdmin
from rest_framework.authtoken.models import TokenProxy

from catalog.admin.protected_deletes import ProtectedDeletesAdmin
from medisupply.grants import GroupForm, PersonForm

# Django keeps the names of permissions in the database, in English.
ACTIONS: Final = {"view": _("ver"), "add": _("añadir"), "change": _("modificar"), "delete": _("eliminar")}


def permission_label(permission: Permission) -> str:
    """What `permission` allows, such as "Productos: ver"."""
    if permission.codename == "all_suppliers":
        return gettext("Puede actuar por todos los proveedores")
    action, _separator, _model = permission.codename.partition("_")
    model = permission.content_type.model_class()
    if action not in ACTIONS or model is None:
        return permission.name
    return f"{capfirst(model._meta.verbose_name_plural)}: {ACTIONS[action]}"


class PermissionField(forms.ModelMultipleChoiceField[Permission]):
    def label_from_instance(self, obj: Permission) -> str:
        return permission_label(obj)


class TitledList(admin.ModelAdmin[Any]):
    """The list is named after what it lists, as all lists of the site are."""

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        return super().changelist_view(
            request, {"title": capfirst(self.opts.verbose_name_plural), **(extra_context or {})}
        )


class Choices(TitledList, ProtectedDeletesAdmin[Any]):
    """Groups and permissions are ticked; Django's two boxes side by side have fields without a name."""

    filter_horizontal = ()

    def formfield_for_manytomany(self, db_field: ManyToManyField[Any, Any], request: Any = None, **more: Any) -> Any:
        more["widget"] = forms.CheckboxSelectMultiple
        if db_field.related_model is Permission:
            more |= {"form_class": PermissionField}
        return super().formfield_for_manytomany(db_field, request, **more)


admin.site.unregister([User, Group, TokenProxy])


@admin.register(User)
class PeopleAdmin(Choices, UserAdmin[User]):
    form = PersonForm
    readonly_fields = ["last_login", "date_joined"]


@admin.register(Group)
class GroupsAdmin(Choices, GroupAdmin):
    form = GroupForm


@admin.register(TokenProxy)
class TokensAdmin(TitledList, TokenAdmin):
    # It would be the only label of the search field.
    search_help_text = None
