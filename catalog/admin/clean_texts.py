"""Texts of the admin's forms by the rules of `bulk_upload.sheet.text_cleaning`, as they stand in sheets and the API."""

from __future__ import annotations

from typing import Any, ClassVar, TypeVar

from django.core.exceptions import ValidationError
from django.db.models import Model

from bulk_upload.sheet.text_cleaning import clean_code, clean_text
from catalog.admin.edit_conflicts import EditConflictForm
from catalog.checked_texts import checked

M = TypeVar("M", bound=Model)


class CleanTextsForm(EditConflictForm[M]):
    """A form whose `codes` and `texts` are names of fields. What the person left alone stays as it is."""

    codes: ClassVar[tuple[str, ...]] = ()
    texts: ClassVar[tuple[str, ...]] = ()

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        for names, clean in ((self.codes, clean_code), (self.texts, clean_text)):
            for name in names:
                if cleaned.get(name) and self._was_written(name):
                    try:
                        cleaned[name] = checked(clean, cleaned[name])
                    except ValidationError as error:
                        self.add_error(name, error)
        return cleaned

    def _was_written(self, name: str) -> bool:
        return not self.is_edit or bool(self[name].changed_by_person)  # type: ignore[attr-defined]
