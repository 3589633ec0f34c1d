"""The admin's upload form."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib.auth.models import AbstractBaseUser, AnonymousUser
from django.utils.translation import gettext_lazy as _

from bulk_upload.intake import FORMATS
from catalog.models import Supplier

ADD_PERMISSION = "bulk_upload.add_bulkupload"


class UploadForm(forms.Form):
    """Which file, for whom. What is said of the file itself is said by `intake.accept_upload`."""

    proveedor = forms.ModelChoiceField(
        Supplier.objects.none(), label=_("Proveedor"), empty_label=_("Elija un proveedor")
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
            "Marcado: un producto que ya existe se actualiza con los datos del archivo, y una celda opcional vacía "
            "conserva lo que tiene. Sin marcar: esa fila se rechaza y el producto queda como está."
        ),
    )

    def __init__(self, *args: Any, user: AbstractBaseUser | AnonymousUser, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        suppliers = Supplier.objects.for_user(user, ADD_PERMISSION).filter(activo=True)
        field = self.fields["proveedor"]
        assert isinstance(field, forms.ModelChoiceField)  # noqa: S101
        field.queryset = suppliers
        own = list(suppliers[:2])
        if len(own) == 1:
            field.initial, field.empty_label = own[0], None
