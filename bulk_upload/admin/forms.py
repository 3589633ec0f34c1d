"""The admin's upload form."""

from __future__ import annotations

from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from bulk_upload.admin.sheets import offered_imports
from bulk_upload.imports import registry
from bulk_upload.intake import FORMATS
from bulk_upload.owners import User, owners, owners_for
from bulk_upload.sheet.declaration import Sheet

ADD_PERMISSION = "bulk_upload.add_bulkupload"


class UploadForm(forms.Form):
    """What a file holds, which file, and for whom. What is wrong with the file itself, `intake.accept_upload` says."""

    hoja = forms.ChoiceField(label=_("Qué contiene"), required=False)
    proveedor = forms.ModelChoiceField(
        owners().none(), label=_("Proveedor"), empty_label=_("Elija un proveedor"), required=False
    )
    file = forms.FileField(
        label=_("Archivo"),
        allow_empty_file=True,
        widget=forms.FileInput(attrs={"accept": ",".join(FORMATS)}),
        error_messages={"required": _("Elija un archivo.")},
    )
    reemplazar_duplicados = forms.BooleanField(
        label=_("Reemplazar duplicados"),
        required=False,
        help_text=_(
            "Marcado: lo que ya existe se actualiza con los datos del archivo, y una celda opcional vacía "
            "conserva lo que tiene. Sin marcar: esa fila se rechaza y lo que existe queda como está."
        ),
    )

    def __init__(self, *args: Any, user: User, sheet_name: str = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._offered = offered_imports(user)
        suppliers = owners_for(user, ADD_PERMISSION).filter(activo=True)
        language = get_language() or settings.LANGUAGE_CODE
        sheets, field = self.fields["hoja"], self.fields["proveedor"]
        assert isinstance(sheets, forms.ChoiceField)  # noqa: S101
        assert isinstance(field, forms.ModelChoiceField)  # noqa: S101
        titles = [(d.sheet.name, d.sheet.title.in_language(language)) for d in self._offered]
        sheets.choices = titles
        sheets.initial = sheet_name or titles[0][0]
        field.queryset = suppliers
        own = list(suppliers[:2])
        if len(own) == 1:
            field.initial, field.empty_label = own[0], None

    @property
    def sheet(self) -> Sheet:
        """The chosen sheet, the first one while none is chosen."""
        name = self.data.get("hoja") or self.fields["hoja"].initial
        return next((d.sheet for d in self._offered if d.sheet.name == name), self._offered[0].sheet)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if not registry.get(self.sheet.name).is_owned:
            cleaned["proveedor"] = None
        elif cleaned.get("proveedor") is None and "proveedor" not in self.errors:
            self.add_error("proveedor", forms.Field.default_error_messages["required"])
        return cleaned
