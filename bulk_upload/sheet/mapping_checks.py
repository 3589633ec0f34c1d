"""JSON that somebody has sent → a mapping that fits a declared sheet, or the first thing that is wrong with it.

Whether it fits a file is only known when that is read: see `header_assignment`. Knows no Django.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from typing import Any, Final

import msgspec

from bulk_upload.sheet.declaration import Sheet
from bulk_upload.sheet.header_normalization import normal_form
from bulk_upload.sheet.mapped_sheet import constant_value, mapped_sheet
from bulk_upload.sheet.mapping import SheetMapping
from bulk_upload.sheet.problems import CellProblem, MappingProblem, shown

# Of the JSON, in bytes. A line of it for each of 256 columns takes a quarter.
MOST_BYTES: Final = 64 * 1024
# Control characters but those that a cell of several lines holds, and half surrogates: no database takes them all.
_BAD: Final = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")
# Where the library says in its message what is wrong.
_PLACE: Final = re.compile(r"at `(?:key` in `)?\$?\.?([^`]*)`|unknown field `([^`]*)`")


def read_mapping(text: str, sheet: Sheet) -> SheetMapping:
    """The mapping that `text` says in JSON. Raises `MappingProblem`."""
    _check_size(len(text.encode(errors="surrogatepass")))
    try:
        value = json.loads(text, object_pairs_hook=_without_repetition, parse_constant=_refuse_constant)
    except (ValueError, RecursionError):
        raise MappingProblem("mapping_not_json") from None
    return checked_mapping(value, sheet)


def checked_mapping(value: Any, sheet: Sheet) -> SheetMapping:
    """The mapping in its wire form, of JSON that was decoded. Raises `MappingProblem`."""
    if not isinstance(value, dict):
        raise MappingProblem("mapping_not_json")
    try:
        mapping = msgspec.convert(value, SheetMapping)
    except (msgspec.ValidationError, RecursionError) as error:
        found = _PLACE.search(str(error))
        raise MappingProblem("mapping_wrong_form", lugar=shown(found[1] or found[2] if found else "")) from None
    _check_characters(mapping)
    _check_size(len(msgspec.json.encode(mapping)))
    _check_targets(mapping, sheet)
    _check_kinds(mapping, sheet)
    _check_constants(mapping, sheet)
    return mapping


def _check_size(size: int) -> None:
    if size > MOST_BYTES:
        raise MappingProblem("mapping_too_large", maximo=MOST_BYTES // 1024)


def _without_repetition(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key, value in pairs:
        if key in found:
            raise MappingProblem("mapping_repeated_key", clave=shown(key))
        found[key] = value
    return found


def _refuse_constant(name: str) -> None:
    raise ValueError(name)


def _texts(mapping: SheetMapping) -> Iterator[tuple[str, str]]:
    """Every text of the mapping that is somebody's own, with where it stands."""
    yield "hoja", mapping.hoja
    yield from (("columnas", key) for key in mapping.columnas)
    yield from (("constantes", value) for value in mapping.constantes.values())


def _check_characters(mapping: SheetMapping) -> None:
    for place, text in _texts(mapping):
        if _BAD.search(text):
            raise MappingProblem("mapping_bad_character", lugar=place)


def _check_targets(mapping: SheetMapping, sheet: Sheet) -> None:
    """Every column of the sheet that is named exists, and is filled from one place only."""
    _check_names([name for name in mapping.columnas.values() if name is not None], sheet)
    keys: dict[str, str] = {}
    forms: dict[str, str] = {}
    for key, target in mapping.columnas.items():
        if target is not None and keys.setdefault(target, key) != key:
            names = {"primera": shown(keys[target]), "segunda": shown(key)}
            raise MappingProblem("mapping_target_twice", destino=target, **names)
        form = normal_form(key)
        if form and forms.setdefault(form, key) != key:
            raise MappingProblem("mapping_repeated_key", clave=shown(key))
    for name in mapping.constantes:
        if name in keys:
            raise MappingProblem("mapping_constant_beside_column", columna=name, celda=shown(keys[name]))


def _check_names(names: Iterable[str], sheet: Sheet) -> None:
    for name in names:
        if name not in sheet.index:
            raise MappingProblem("mapping_unknown_target", destino=shown(name), columnas=", ".join(sheet.names))


def _check_kinds(mapping: SheetMapping, sheet: Sheet) -> None:
    _check_names([*mapping.constantes, *mapping.orden_fecha, *mapping.decimal], sheet)
    for name in mapping.orden_fecha:
        if sheet.column(name).kind != "date":
            raise MappingProblem("mapping_not_a_date", columna=name)
    for name in mapping.decimal:
        if sheet.column(name).kind not in ("decimal", "integer"):
            raise MappingProblem("mapping_not_a_number", columna=name)


def _check_constants(mapping: SheetMapping, sheet: Sheet) -> None:
    """Each is a cell that its column's rule takes, and of a column that may be equal in all rows."""
    rules = mapped_sheet(sheet, mapping)
    for name, text in mapping.constantes.items():
        if name in sheet.unique or (name,) == sheet.key:
            raise MappingProblem("mapping_constant_of_key", columna=name)
        try:
            constant_value(rules.column(name), text)
        except CellProblem as problem:
            refusal = MappingProblem("mapping_constant_refused", columna=name, valor=shown(text))
            refusal.cause = problem
            raise refusal from None
