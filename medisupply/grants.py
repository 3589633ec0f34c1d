"""The permissions that the admin offers to give: those of its own pages, and those that are given already."""

from __future__ import annotations

from typing import Any, ClassVar, Final

from django import forms
from django.apps import apps
from django.contrib import admin
from django.contrib.auth.forms import UserChangeForm
from django.contrib.auth.models import Permission, User
from django.contrib.contenttypes.models import ContentType
from django.db.models import Model, Q

# Nobody changes or deletes an upload, whatever its permissions: to cancel and to retry belongs to uploading.
USELESS: Final = ("change_bulkupload", "delete_bulkupload")


def grantable() -> Q:
    """The permissions of the models that the admin has pages for. Sessions, log entries and so on have none."""
    models: list[type[Model]] = [model for model in apps.get_models() if admin.site.is_registered(model)]
    types = ContentType.objects.get_for_models(*models, for_concrete_models=False).values()
    return Q(content_type__in=list(types)) & ~Q(content_type__app_label="bulk_upload", codename__in=USELESS)


class GrantsForm(forms.ModelForm[Any]):
    """Offers what can be granted, and what this person or group has: that is removed by a person only."""

    grants: ClassVar[str]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields.get(self.grants)
        if field is None:  # the reader may not change it
            return
        offered = grantable()
        if self.instance.pk:
            offered |= Q(pk__in=getattr(self.instance, self.grants).values("pk"))
            # The page says what it showed.
            field.show_hidden_initial = True
        field.queryset = Permission.objects.filter(offered).select_related("content_type")

    def clean(self) -> dict[str, Any] | None:
        cleaned = super().clean()
        chosen = self.cleaned_data.get(self.grants)
        if chosen is not None and self.instance.pk:
            self.cleaned_data[self.grants] = Permission.objects.filter(
                Q(pk__in=chosen.values("pk")) | Q(pk__in=self._not_shown())
            )
        return cleaned

    def _not_shown(self) -> list[int]:
        """What was granted after the page was made, and no page offers: not ticking it was no choice."""
        sent: Any = self.data
        shown = set(sent.getlist(self[self.grants].html_initial_name))
        granted = getattr(self.instance, self.grants).exclude(grantable()).values_list("pk", flat=True)
        return [key for key in granted if str(key) not in shown]


class PersonForm(GrantsForm, UserChangeForm[User]):
    grants = "user_permissions"


class GroupForm(GrantsForm):
    grants = "permissions"
