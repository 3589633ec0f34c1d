"""A form for a mapping: which column of the sheet each column of a file fills, and how its values are written.

It shows what a preview has found, and says what was chosen as the wire form of `bulk_upload.sheet.mapping`. What the
headers say by themselves is not said once more.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django_stubs_ext import StrPromise

from bulk_upload.sheet.columns import Column
from bulk_upload.sheet.declaration import Sheet
from bulk_upload.sheet.mapping import LAST_HEADER_ROW, LONGEST_CONSTANT
from bulk_upload.sheet.preview import PreviewColumn, Reason, SheetPreview

DATE_ORDERS: Final[list[tuple[str, StrPromise]]] = [
    ("", gettext_lazy("Orden de la fecha: como se reconozca")),
    ("dma", gettext_lazy("día/mes/año")),
    ("mda", gettext_lazy("mes/día/año")),
    ("amd", gettext_lazy("año/mes/día")),
]
DECIMAL_SIGNS: Final[list[tuple[str, StrPromise]]] = [
    ("", gettext_lazy("Decimales: como se reconozca")),
    (",", gettext_lazy("coma: 1.250,50")),
    (".", gettext_lazy("punto: 1,250.50")),
]

PLACE: Final = ("hoja", "fila_encabezado", "hoja_vista", "fila_vista")


@dataclass(slots=True)
class ColumnRow:
    """A column of the file with its form fields; `how` says how its values are written, where that can be said."""

    column: PreviewColumn
    target: forms.BoundField
    how: list[forms.BoundField] = field(default_factory=list)


class MappingForm(forms.Form):
    """`wire` is what was chosen, once the form is valid."""

    hoja = forms.ChoiceField(label=gettext_lazy("Hoja"), required=False)
    fila_encabezado = forms.IntegerField(
        label=gettext_lazy("Fila de los encabezados"), required=False, min_value=1, max_value=LAST_HEADER_ROW
    )
    # Where the columns of this form were found: those of another place are other columns.
    hoja_vista = forms.CharField(widget=forms.HiddenInput, required=False, strip=False)
    fila_vista = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(
        self,
        *args: Any,
        sheet: Sheet,
        preview: SheetPreview,
        wire: dict[str, Any],
        has_place: bool = True,
        **kwargs: Any,
    ) -> None:
        """Without `has_place` worksheet and header row are not asked for, and no part of `wire`."""
        super().__init__(*args, **kwargs)
        self._sheet = sheet
        self._preview = preview
        self._wire = wire
        # Columns without anything in them are of no interest, unless they were chosen.
        self._columns = [column for column in preview.columns if column.header or column.samples or column.target]
        self.suggested = _suggested(self._columns)
        if has_place:
            self._place()
        else:
            for name in PLACE:
                del self.fields[name]
        for column in self._columns:
            self._add_column(column)
        for name in self._may_be_constant:
            self._add_constant(sheet.column(name))

    @property
    def unfilled(self) -> list[str]:
        """The columns of the sheet that no column of the file fills as the form is shown."""
        filled = {column.target for column in self._columns} | set(self.suggested.values())
        return [name for name in self._sheet.names if name not in filled]

    @property
    def _may_be_constant(self) -> list[str]:
        """Not what tells rows apart."""
        sheet = self._sheet
        return [name for name in self.unfilled if name not in sheet.unique and (name,) != sheet.key]

    @property
    def rows(self) -> list[ColumnRow]:
        return [
            ColumnRow(
                column,
                self[f"columna-{column.letter}"],
                [self[name] for name in self._names_of(column) if name in self.fields],
            )
            for column in self._columns
        ]

    @property
    def required_constants(self) -> list[forms.BoundField]:
        return [self[f"constante-{name}"] for name in self._may_be_constant if self._sheet.column(name).required]

    @property
    def optional_constants(self) -> list[forms.BoundField]:
        return [self[f"constante-{name}"] for name in self._may_be_constant if not self._sheet.column(name).required]

    @property
    def has_moved(self) -> bool:
        """Whether another worksheet or header row was chosen: the columns must be found first."""
        said = self.cleaned_data
        return (said.get("hoja") or "") != (said.get("hoja_vista") or "") or (
            said.get("fila_encabezado") != said.get("fila_vista")
        )

    @property
    def wire(self) -> dict[str, Any]:
        place = self._chosen_place()
        if self.has_moved:
            return place
        chosen = [(column, self._target(column)) for column in self._columns]
        parts = {
            "columnas": {column.key: target or None for column, target in chosen if _is_to_be_said(column, target)},
            "constantes": self._constants({target for _column, target in chosen}),
            "orden_fecha": self._written("orden", "date"),
            "decimal": self._written("decimal", "decimal"),
        }
        return place | {name: part for name, part in parts.items() if part}

    @property
    def missing(self) -> list[str]:
        """The required columns that neither a column of the file nor a constant fills."""
        wire = self.wire
        filled = set(map(self._target, self._columns))
        filled |= set(wire.get("constantes", {}))
        return [column.name for column in self._sheet.columns if column.required and column.name not in filled]

    def clean(self) -> dict[str, Any]:
        """Two columns of the file may not fill one."""
        said: dict[str, Any] = super().clean() or self.cleaned_data
        seen: dict[str, PreviewColumn] = {}
        for column in self._columns:
            target = said.get(f"columna-{column.letter}")
            if target and target in seen:
                text = _("«%(target)s» ya la llena la columna %(letter)s: elija una sola.")
                self.add_error(f"columna-{column.letter}", text % {"target": target, "letter": seen[target].letter})
            elif target:
                seen[target] = column
        return said

    def _place(self) -> None:
        preview = self._preview
        worksheets = self.fields["hoja"]
        assert isinstance(worksheets, forms.ChoiceField)  # noqa: S101
        worksheets.choices = [(name, name) for name in preview.worksheets]
        if len(preview.worksheets) < 2:
            del self.fields["hoja"]
        row = preview.header_row or None
        worksheet = preview.worksheet if len(preview.worksheets) > 1 else ""
        places = {"hoja": worksheet, "fila_encabezado": row, "hoja_vista": worksheet, "fila_vista": row}
        self.initial.update(places)

    def _add_column(self, column: PreviewColumn) -> None:
        name = f"columna-{column.letter}"
        choices = [("", _("(no se importa)")), *((each, each) for each in self._sheet.names)]
        label = _("«%(header)s» llena") % {"header": column.header or column.letter}
        self.fields[name] = forms.ChoiceField(label=label, choices=choices, required=False)
        target = column.target or self.suggested.get(column.letter, "")
        self.initial[name] = target
        kind = self._sheet.column(target).kind if target else ""
        order, sign = self._names_of(column)
        if kind == "date":
            self._add_choice(order, _("Orden de las fechas de «%(target)s»") % {"target": target}, DATE_ORDERS)
            self.initial[order] = self._wire.get("orden_fecha", {}).get(target, "")
        if kind == "decimal":
            self._add_choice(sign, _("Decimales de «%(target)s»") % {"target": target}, DECIMAL_SIGNS)
            self.initial[sign] = self._wire.get("decimal", {}).get(target, "")

    def _add_choice(self, name: str, label: str, choices: Sequence[tuple[str, StrPromise]]) -> None:
        self.fields[name] = forms.ChoiceField(label=label, choices=choices, required=False)

    def _add_constant(self, column: Column) -> None:
        name = f"constante-{column.name}"
        self.fields[name] = forms.CharField(label=column.name, required=False, max_length=LONGEST_CONSTANT)
        self.initial[name] = self._wire.get("constantes", {}).get(column.name, "")

    def _chosen_place(self) -> dict[str, Any]:
        """Worksheet and header row, where they are not the ones that are found without being named."""
        said, place = self.cleaned_data, {}
        worksheet, row = said.get("hoja") or "", said.get("fila_encabezado")
        if worksheet and (worksheet != said.get("hoja_vista") or self._wire.get("hoja")):
            place["hoja"] = worksheet
        if row and (row != said.get("fila_vista") or self._wire.get("fila_encabezado")):
            place["fila_encabezado"] = row
        return place

    def _constants(self, targets: Collection[str]) -> dict[str, str]:
        """Not beside a column that is filled by now."""
        said = {name: self.cleaned_data.get(f"constante-{name}") or "" for name in self._may_be_constant}
        return {name: value for name, value in said.items() if value and name not in targets}

    def _written(self, what: str, kind: str) -> dict[str, str]:
        said = {self._target(each): self.cleaned_data.get(f"{what}-{each.letter}", "") for each in self._columns}
        return {target: value for target, value in said.items() if value and self._kind(target) == kind}

    def _target(self, column: PreviewColumn) -> str:
        """What was chosen for the column; ``""`` for nothing."""
        chosen: str = self.cleaned_data[f"columna-{column.letter}"]
        return chosen

    def _kind(self, target: str) -> str:
        return self._sheet.column(target).kind if target else ""

    @staticmethod
    def _names_of(column: PreviewColumn) -> tuple[str, str]:
        return f"orden-{column.letter}", f"decimal-{column.letter}"


def _is_to_be_said(column: PreviewColumn, target: str) -> bool:
    """Whether the headers alone would not say the same."""
    if column.reason == Reason.NAME and column.target == target:
        return False
    return bool(target or column.header)


def _suggested(columns: Sequence[PreviewColumn]) -> dict[str, str]:
    """The suggestion that is chosen beforehand for each letter: one that no other column fills."""
    taken = {column.target for column in columns}
    chosen: dict[str, str] = {}
    for column in columns:
        suggestion = column.suggestion
        if suggestion and not column.target and not column.is_ignored and suggestion not in taken:
            chosen[column.letter] = suggestion
            taken.add(suggestion)
    return chosen
