"""The admin's upload form."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from bulk_upload.admin.sheets import offered_imports
from bulk_upload.imports import SheetImport
from bulk_upload.owners import ADD_UPLOADS, User, owners, owners_for
from bulk_upload.receiving.file_formats import FORMATS
from bulk_upload.sheet.declaration import Sheet


class ImportOptions(forms.Form):
    """What is to be done with the rows of a file."""

    reemplazar_duplicados = forms.BooleanField(
        label=_("Reemplazar duplicados"),
        required=False,
        help_text=_(
            "Marcado: lo que ya existe se actualiza con los datos del archivo, y una celda opcional vacía "
            "conserva lo que tiene. Sin marcar: esa fila se rechaza y lo que existe queda como está."
        ),
    )
    solo_validar = forms.BooleanField(
        label=_("Mostrarme primero qué cambiaría"),
        required=False,
        help_text=_(
            "Marcado: no se importa nada todavía. Verá qué se crearía, qué se actualizaría y qué se rechazaría, y "
            "entonces decide si se aplica."
        ),
    )


class ReviewOptions(ImportOptions):
    """The same, once it is seen how the file is understood."""

    recordar = forms.BooleanField(
        label=_("Recordar estas columnas"),
        required=False,
        initial=True,
        help_text=_("El próximo archivo con los mismos encabezados se lee igual, sin preguntar."),
    )


class UploadForm(ImportOptions):
    """What a file holds, which file, and for whom. What is wrong with the file itself, `intake.accept_upload` says."""

    hoja = forms.ChoiceField(label=_("Qué contiene"), required=False, widget=forms.HiddenInput)
    proveedor = forms.ModelChoiceField(owners().none(), label=_("Proveedor"), empty_label=_("Elija un proveedor"))
    file = forms.FileField(
        label=_("Archivo"),
        allow_empty_file=True,
        widget=forms.FileInput(attrs={"accept": ",".join(FORMATS)}),
        error_messages={"required": _("Elija un archivo.")},
    )
    revisar = forms.BooleanField(
        label=_("Revisar antes cómo se entiende el archivo"),
        required=False,
        help_text=_(
            "Marcado: verá qué columna del archivo es cada una y cómo se leen sus valores, y puede corregirlo antes de "
            "importar. Sin marcar: un archivo con encabezados conocidos se importa enseguida."
        ),
    )

    def __init__(self, *args: Any, user: User, sheet_name: str = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._offered = offered_imports(user)
        sheets = self.fields["hoja"]
        assert isinstance(sheets, forms.ChoiceField)  # noqa: S101
        sheets.choices = [(declared.sheet.name, declared.sheet.name) for declared in self._offered]
        sheets.initial = sheet_name or self._offered[0].sheet.name
        if self.declared.is_owned:
            self._offer(owners_for(user, ADD_UPLOADS).filter(activo=True))
        else:
            del self.fields["proveedor"]

    def _offer(self, suppliers: QuerySet[Any]) -> None:
        field = self.fields["proveedor"]
        assert isinstance(field, forms.ModelChoiceField)  # noqa: S101
        field.queryset = suppliers
        own = list(suppliers[:2])
        if len(own) == 1:
            field.initial, field.empty_label = own[0], None

    @property
    def declared(self) -> type[SheetImport]:
        """That of the chosen sheet, of the first one while none is chosen."""
        name = self.data.get("hoja") or self.fields["hoja"].initial
        return next((declared for declared in self._offered if declared.sheet.name == name), self._offered[0])

    @property
    def sheet(self) -> Sheet:
        return self.declared.sheet
