"""Which column of a sheet each column of a file fills, and what stands against it. Raises nothing.

What a mapping says counts first, then what headers name, then a group's own columns ("Nombre" below "Producto"), then
fallbacks. Knows no Django; the guarded reader uses it too.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

from bulk_upload.sheet.cells import column_index, column_letter
from bulk_upload.sheet.columns import ROW_PROBLEMS, Column
from bulk_upload.sheet.declaration import Sheet
from bulk_upload.sheet.header_normalization import normal_form
from bulk_upload.sheet.header_rows import OF_A_CORRECTION, forms_of, joined, spread
from bulk_upload.sheet.mapping import LETTERS, MOST_COLUMNS, SheetMapping
from bulk_upload.sheet.problems import FileProblem, headers_found, shown


@dataclass(slots=True)
class Assignment:
    """`texts` is the whole header, with groups joined. `positions` says where each column of the sheet is.

    `unknown` are places that nothing is known of, `ignored` those that the mapping wants to be left out, `mapped` those
    that have their column from it. `problems` are reasons for which the file cannot be imported so.
    """

    row: int
    texts: tuple[str, ...]
    positions: dict[str, int] = field(default_factory=dict)
    unknown: list[int] = field(default_factory=list)
    ignored: set[int] = field(default_factory=set)
    mapped: set[int] = field(default_factory=set)
    problems: list[FileProblem] = field(default_factory=list)

    def give(self, name: str, index: int) -> None:
        """Let the column at `index` fill `name`, unless another one does."""
        if name not in self.positions:
            self.positions[name] = index
            return
        first = self.positions[name]
        params: dict[str, str | int] = {
            "columna": name,
            "fila": self.row,
            "primera": shown(self.texts[first]),
            "celda1": f"{column_letter(first)}{self.row}",
            "segunda": shown(self.texts[index]),
            "celda2": f"{column_letter(index)}{self.row}",
        }
        self.problems.append(FileProblem("duplicate_column", **params, **headers_found(self.texts)))


def assign(
    sheet: Sheet, row: int, lower: Sequence[str], groups: Sequence[str], mapping: SheetMapping, worksheet: str
) -> Assignment:
    """The assignment of a header whose last row is `row`: the texts of that row, and those of the groups above."""
    above = spread(groups, lower) if groups else ("",) * len(lower)
    below = (*lower, *[""] * (len(above) - len(lower)))
    texts = tuple(map(joined, above, below)) if groups else tuple(lower)
    found = Assignment(row, texts)
    if mapping.columnas:
        _use_mapping(found, mapping, worksheet)
    done = found.ignored | found.mapped
    for index, text in enumerate(texts):
        if not text or index in done:
            continue
        column = _named(sheet, above[index], below[index])
        if column is not None:
            found.give(column.name, index)
        elif not is_of_a_correction(text):
            found.unknown.append(index)
    if groups:
        _use_names_without_group(sheet, below, found)
    use_fallbacks(sheet.fallback_headers, texts, found.positions, found.unknown, found.mapped)
    for name in mapping.constantes:
        if name in found.positions:
            place = f"{column_letter(found.positions[name])}{row}"
            found.problems.append(FileProblem("mapping_constant_beside_column", columna=name, celda=place))
    return found


def _named(sheet: Sheet, group: str, text: str) -> Column | None:
    columns = (sheet.known_headers.get(form) for form in forms_of(group, text))
    return next((column for column in columns if column is not None), None)


def _use_mapping(found: Assignment, mapping: SheetMapping, worksheet: str) -> None:
    places: dict[str, list[int]] = {}
    for place, text in enumerate(found.texts):
        if form := normal_form(text):
            places.setdefault(form, []).append(place)
    keys: dict[int, str] = {}
    for key, target in mapping.columnas.items():
        index = _place(key, places, found, worksheet)
        if index is None:
            continue
        if index in keys:
            names = {"primera": shown(keys[index]), "segunda": shown(key)}
            cell = f"{column_letter(index)}{found.row}"
            found.problems.append(FileProblem("mapping_same_column", **names, celda=cell))
            continue
        keys[index] = key
        if target is None:
            found.ignored.add(index)
        else:
            found.mapped.add(index)
            found.give(target, index)


def _place(key: str, places: Mapping[str, Sequence[int]], found: Assignment, worksheet: str) -> int | None:
    """The column of the file that a key of the mapping names."""
    indexes = places.get(normal_form(key), ())
    if len(indexes) == 1:
        return indexes[0]
    if indexes:
        cells = ", ".join(f"{column_letter(index)}{found.row}" for index in indexes[:5])
        found.problems.append(FileProblem("mapping_column_ambiguous", columna=shown(key), celdas=cells))
        return None
    if LETTERS.fullmatch(key) and (index := column_index(key)) < max(MOST_COLUMNS, len(found.texts)):
        found.texts += ("",) * (index + 1 - len(found.texts))  # a column without a header
        return index
    params: dict[str, str | int] = {"columna": shown(key), "hoja": shown(worksheet), "fila": found.row}
    found.problems.append(FileProblem("mapping_column_missing", **params, **headers_found(found.texts)))
    return None


def _use_names_without_group(sheet: Sheet, below: Sequence[str], found: Assignment) -> None:
    """Take "Nombre" below "Datos" for the name where nothing else is, if there is only one such header."""
    names: dict[str, list[int]] = {}
    for index in found.unknown:
        if column := sheet.known_headers.get(normal_form(below[index])):
            names.setdefault(column.name, []).append(index)
    for name, indexes in names.items():
        if name not in found.positions and len(indexes) == 1:
            found.positions[name] = indexes[0]
            found.unknown.remove(indexes[0])


def use_fallbacks(
    fallbacks: Mapping[str, Column],
    texts: Sequence[str],
    positions: dict[str, int],
    unknown: list[int],
    fixed: Collection[int] = (),
) -> None:
    """Take a header such as "descripción" for the column that nothing else names, if there is only one such header.

    A required column also takes one that names an optional column, which then is not there; not those at `fixed`
    places.
    """
    holders = {index: name for name, index in positions.items() if index not in fixed}
    found: dict[str, list[int]] = {}
    for index in sorted({*unknown, *holders}):
        column = fallbacks.get(normal_form(texts[index]))
        if column and (column.required or index not in holders):
            found.setdefault(column.name, []).append(index)
    for name, indexes in found.items():
        if name not in positions and len(indexes) == 1:
            (index,) = indexes
            if index in holders:
                del positions[holders[index]]
            else:
                unknown.remove(index)
            positions[name] = index


def is_of_a_correction(header: str) -> bool:
    """Whether `header` names one of the two columns that corrected-row workbooks add."""
    return bool(OF_A_CORRECTION.fullmatch(header)) or header.casefold() == ROW_PROBLEMS
