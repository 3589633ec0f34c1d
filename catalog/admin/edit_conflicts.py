"""A form knows what its page showed: only what the person changed is saved, and conflicts are refused.

The page sends, hidden beside each field, the value that it showed (Django's `show_hidden_initial`). Three
values of a field are compared when the form comes back: the one shown, the one sent and the one that the
locked row has now.

- The person left the field alone: it has the row's value, also on a page that is shown again.
- Only the person changed it: it is written.
- Both changed it, to different values: the form is refused with an error that names both. The page that is
  shown then shows the row's value as seen, so that saving it again is a decision. Of a set of rows (the people
  of a supplier), what the person added and removed is added and removed: there are no conflicts.

What the page says that it showed decides nothing else: a forged value can only hide from its own sender
that somebody else has made a change.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Any, Final, TypeVar

from django.core.exceptions import ValidationError
from django.db.models import Model
from django.forms import BooleanField, BoundField, ModelChoiceField, ModelForm, ModelMultipleChoiceField
from django.utils.functional import cached_property
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.text import Truncator
from django.utils.translation import gettext as _

# The longest value that an error message repeats, in characters.
LONGEST_SHOWN: Final = 100
# Not sent by the page: equal to no value.
NOT_SENT: Final = object()

M = TypeVar("M", bound=Model)


class EditedField(BoundField):
    """A field of an existing row: what the page showed, what the person sent, what the row has now."""

    form: EditConflictForm[Any]

    @cached_property
    def shown(self) -> Any:
        if self.html_initial_name not in self.form.data and not (self._is_set and self.form.says_what_it_showed):
            return NOT_SENT
        return self._comparable(
            self.field.hidden_widget().value_from_datadict(self.form.data, self.form.files, self.html_initial_name)
        )

    @cached_property
    def sent(self) -> Any:
        return self._comparable(super().data)

    @cached_property
    def current(self) -> Any:
        return self._comparable(self.field.prepare_value(self.initial))

    @property
    def changed_by_person(self) -> bool:
        return bool(self.sent != self.shown)

    @property
    def in_conflict(self) -> bool:
        if not self.changed_by_person or self.sent == self.current:
            return False
        return self.shown is NOT_SENT or (self.shown != self.current and not self._is_set)

    @property
    def data(self) -> Any:
        """What the form is to validate, and to show again: the person's change, or else the row's value."""
        if not self.form.is_edit:
            return super().data
        if self._is_set and self.shown is not NOT_SENT:
            return sorted((self.current | (self.sent - self.shown)) - (self.shown - self.sent))
        return super().data if self.changed_by_person else self.field.prepare_value(self.initial)

    def _has_changed(self) -> bool:
        if not self.form.is_edit:
            return bool(super()._has_changed())  # type: ignore[misc]
        cleaned = getattr(self.form, "cleaned_data", {})
        value = self.field.prepare_value(cleaned[self.name]) if self.name in cleaned else self.data
        # What a `clean_` method makes of a value that the person left alone is not the person's change.
        return self.changed_by_person and bool(self._comparable(value) != self.current)

    def as_widget(self, widget: Any = None, attrs: Any = None, only_initial: bool = False) -> SafeString:
        if not only_initial or not self.form.is_edit:
            return super().as_widget(widget, attrs, only_initial)
        value = self.field.prepare_value(self.initial)
        return self.field.hidden_widget().render(self.html_initial_name, value, {"id": self.html_initial_id})

    def in_words(self, value: Any) -> str:
        if isinstance(self.field, BooleanField):
            return _("sí") if value else _("no")
        if isinstance(value, frozenset):
            value = ", ".join(sorted(value))
        return Truncator("" if value is None else str(value)).chars(LONGEST_SHOWN)

    @property
    def _is_set(self) -> bool:
        return isinstance(self.field, ModelMultipleChoiceField)

    def _comparable(self, raw: Any) -> Any:
        """The value as the form field reads it, without a query; what it cannot read stays as it is."""
        if self._is_set:
            return frozenset(str(key).strip() for key in raw or [])
        if isinstance(self.field, ModelChoiceField):
            return "" if raw is None else str(raw)
        if isinstance(raw, str):
            raw = raw.replace("\r", "").replace("\n", "")  # as browsers send what is in one line
        try:
            value = self.field.to_python(raw)
        except ValidationError:
            return raw
        return str(value) if isinstance(value, Decimal) and not value.is_finite() else value


class EditConflictForm(ModelForm[M]):
    """A model's form in the admin that saves what the person changed. The row must have been locked."""

    bound_field_class = EditedField

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.is_edit = not self.instance._state.adding
        for field in self.fields.values():
            field.show_hidden_initial = self.is_edit

    @cached_property
    def says_what_it_showed(self) -> bool:
        """An empty set is sent as nothing at all: known by the other fields."""
        return any(self[name].html_initial_name in self.data for name in self.fields)

    def last_change(self) -> SafeString | str:
        """Who made the row's last change, in words."""
        return _("otra persona")

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if self.is_edit:
            for name in self.fields:
                if self[name].in_conflict:  # type: ignore[attr-defined]
                    self.add_error(name, self._conflict(self[name]))
        return cleaned

    def _conflict(self, field: Any) -> SafeString:
        values = {"current": field.in_words(field.current), "who": self.last_change()}
        if field.shown is NOT_SENT:
            text = _(
                "El valor es ahora «{current}». Último cambio: {who}. "
                "Para que quede el que usted escribió, guarde otra vez."
            )
        else:
            values["shown"] = field.in_words(field.shown)
            text = _(
                "Esta página mostraba «{shown}», y el valor es ahora «{current}». Último cambio: {who}. "
                "Para que quede el que usted escribió, guarde otra vez."
            )
        return format_html(text, **values)

    def _save_m2m(self) -> None:
        """Add and remove what the person added and removed; the whole list is not written."""
        if not self.is_edit:
            super()._save_m2m()  # type: ignore[misc]
            return
        for name in self.changed_data:
            if isinstance(self.fields[name], ModelMultipleChoiceField):
                wanted, had = set(self.cleaned_data[name]), set(self.initial[name])
                related = getattr(self.instance, name)
                related.add(*(wanted - had))
                related.remove(*(had - wanted))
