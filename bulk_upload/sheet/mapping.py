"""How the columns of a file fill those of a declared sheet, where a person or a program has said so.

The wire form is JSON, every key optional:

    {"hoja": "Lista", "fila_encabezado": 4,
     "columnas": {"Cód. Art.": "codigo", "Obs": null, "C": "nombre"},
     "constantes": {"certificado_sanitario": "N/A"},
     "orden_fecha": {"fecha_vencimiento": "dma"},
     "decimal": {"precio_unitario": ","}}

A key of `columnas` is a header as it is written, or a column's letter; its value is a column of the sheet, or null for
a column that is ignored. Columns of the file that are not named are matched by their headers. Whether a mapping fits a
declared sheet is said by `mapping_checks`. Knows no Django; the guarded reader uses it too.
"""

from __future__ import annotations

import hashlib
import re
from functools import cached_property
from typing import Annotated, Any, Final, Literal

import msgspec

from bulk_upload.sheet.header_normalization import LONGEST, normal_form

# The last row of a sheet that can be chosen as its header.
LAST_HEADER_ROW: Final = 1000
# Keys of each part. No sheet has more columns.
MOST_KEYS: Final = 1024
LONGEST_CONSTANT: Final = 1024
# Columns of a file that can be named by their letters, with or without a header.
MOST_COLUMNS: Final = 256
LETTERS: Final = re.compile("[A-Z]{1,3}")

DateOrder = Literal["dma", "mda", "amd"]
DecimalSign = Literal[",", "."]
HeaderText = Annotated[str, msgspec.Meta(min_length=1, max_length=LONGEST)]
ColumnName = Annotated[str, msgspec.Meta(min_length=1, max_length=64)]
Constant = Annotated[str, msgspec.Meta(min_length=1, max_length=LONGEST_CONSTANT)]


class SheetMapping(msgspec.Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True, dict=True):
    """`hoja` is the worksheet and `fila_encabezado` the row of the header; ``""`` and 0 where they are looked for.

    `constantes` are the cells of columns that the file does not have. `orden_fecha` and `decimal` say for a column of
    the sheet in which order its dates are written, and which sign begins the decimals of its numbers.
    """

    hoja: Annotated[str, msgspec.Meta(max_length=255)] = ""
    fila_encabezado: Annotated[int, msgspec.Meta(ge=0, le=LAST_HEADER_ROW)] = 0
    columnas: Annotated[dict[HeaderText, ColumnName | None], msgspec.Meta(max_length=MOST_KEYS)] = {}
    constantes: Annotated[dict[ColumnName, Constant], msgspec.Meta(max_length=MOST_KEYS)] = {}
    orden_fecha: Annotated[dict[ColumnName, DateOrder], msgspec.Meta(max_length=MOST_KEYS)] = {}
    decimal: Annotated[dict[ColumnName, DecimalSign], msgspec.Meta(max_length=MOST_KEYS)] = {}

    @cached_property
    def targets(self) -> dict[str, str | None]:
        """What `columnas` says of headers, by their `normal_form`."""
        return {form: target for key, target in self.columnas.items() if (form := normal_form(key))}

    def wire(self) -> dict[str, Any]:
        """The wire form, without what is not said: ``{}`` for a mapping that says nothing."""
        plain: dict[str, Any] = msgspec.to_builtins(self)
        return plain

    @property
    def fingerprint(self) -> str:
        """What is equal for equal mappings only; ``""`` for one that says nothing."""
        return "" if self == NO_MAPPING else hashlib.sha256(msgspec.json.encode(self, order="sorted")).hexdigest()

    @classmethod
    def of(cls, wire: dict[str, Any]) -> SheetMapping:
        """The mapping of a stored wire form. Raises `msgspec.ValidationError`."""
        return msgspec.convert(wire, cls) if wire else NO_MAPPING


NO_MAPPING: Final = SheetMapping()
