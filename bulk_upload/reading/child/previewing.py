"""The first rows of a file → how the file would be understood."""

from __future__ import annotations

import datetime
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Final, NamedTuple

from bulk_upload.checking.field import Field
from bulk_upload.checking.results import Problem
from bulk_upload.checking.tables import Batch
from bulk_upload.checking.totals_row import WithoutTotals
from bulk_upload.reading.child.suggestions import Suggestions
from bulk_upload.sheet.cells import Cell, Row, column_letter, is_blank
from bulk_upload.sheet.columns import Column
from bulk_upload.sheet.declaration import Sheet
from bulk_upload.sheet.header_assignment import Assignment, assign, is_of_a_correction
from bulk_upload.sheet.header_normalization import LONGEST, normal_form
from bulk_upload.sheet.header_rows import HeaderRow, header_texts
from bulk_upload.sheet.headers import HeaderMatch, correction, problem_of
from bulk_upload.sheet.mapping import SheetMapping
from bulk_upload.sheet.preview import (
    SAMPLES,
    IgnoredRow,
    PreviewColumn,
    PreviewProblem,
    PreviewWarning,
    Reason,
    Sample,
    SheetPreview,
)
from bulk_upload.sheet.problems import FileProblem, shown
from bulk_upload.sheet.values import Value, written

# Rows that are looked at.
PREVIEW_ROWS: Final = 60
_TITLES: Final = 10


@dataclass(slots=True)
class Understood:
    """What was found of a file: its header, the rows above it, and its first rows below."""

    worksheet: str
    header: HeaderRow
    head: Sequence[Row]
    worksheets: Sequence[str] = ()
    encoding: str = ""
    delimiter: str = ""
    warnings: Sequence[Problem] = ()
    problem: FileProblem | None = None


class FirstRows(NamedTuple):
    """The first rows below the header, and whether there are no others."""

    batch: Batch
    are_all: bool


def assigned(kind: Sheet, header: HeaderRow, mapping: SheetMapping, worksheet: str) -> Assignment:
    return assign(kind, header.row, header_texts(header.cells), header_texts(header.groups), mapping, worksheet)


def as_match(kind: Sheet, found: Assignment, mapping: SheetMapping) -> HeaderMatch:
    """The header for reading the rows below it, whatever stands against an import."""
    constants = {name: text for name, text in mapping.constantes.items() if name not in found.positions}
    return HeaderMatch(kind, found.row, found.texts, found.positions, tuple(found.unknown), constants=constants)


def preview(
    kind: Sheet, mapping: SheetMapping, understood: Understood, found: Assignment, rows: FirstRows
) -> SheetPreview:
    """The preview of a file with these first rows."""
    batch, totals = _without_totals(rows, as_match(kind, found, mapping), understood.delimiter)
    problem = understood.problem or problem_of(kind, found, mapping, understood.worksheet)
    if not batch.numbers:
        problem = problem or FileProblem("empty_file")
    given = {*found.positions, *mapping.constantes}
    return SheetPreview(
        worksheets=list(understood.worksheets),
        worksheet=understood.worksheet,
        header_row=understood.header.row,
        header_rows=2 if understood.header.groups else 1,
        encoding=understood.encoding,
        delimiter=understood.delimiter,
        columns=_columns(kind, found, list(mapping.constantes), batch),
        missing=[column.name for column in kind.columns if column.required and column.name not in given],
        ignored_rows=[*_titles(understood), *totals],
        warnings=[PreviewWarning(warning.codigo, warning.params) for warning in understood.warnings],
        problem=PreviewProblem(problem.code, problem.params) if problem else None,
        corrects=correction(found.texts)[0],
    )


def _without_totals(rows: FirstRows, header: HeaderMatch, delimiter: str) -> tuple[Batch, list[IgnoredRow]]:
    if not rows.are_all or not rows.batch.numbers:
        return rows.batch, []
    batches = WithoutTotals([rows.batch], header, delimiter)
    batch = next(iter([*batches]), Batch([], []))
    return batch, [IgnoredRow(warning.fila, "totals", warning.valor) for warning in batches.warnings]


def _titles(understood: Understood) -> Iterator[IgnoredRow]:
    first = understood.header.row - bool(understood.header.groups)
    above = ((number, cells) for number, cells in understood.head if number < first)
    titles = [(number, " ".join(filter(None, header_texts(cells)))) for number, cells in above]
    for number, text in [title for title in titles if title[1]][-_TITLES:]:
        yield IgnoredRow(number, "title", shown(text))


def _columns(kind: Sheet, found: Assignment, constants: Sequence[str], batch: Batch) -> list[PreviewColumn]:
    """The file's columns: those with a header, and those with values."""
    names = {index: name for name, index in found.positions.items()}
    times = Counter(map(normal_form, found.texts))
    suggestions = Suggestions(kind, found, constants, batch)
    columns: list[PreviewColumn] = []
    for index in range(max(len(found.texts), len(batch.columns))):
        text = found.texts[index] if index < len(found.texts) else ""
        cells = batch.columns[index] if index < len(batch.columns) else ()
        if is_of_a_correction(text) or (not text and all(map(is_blank, cells))):
            continue
        target, suggestion, reason = names.get(index), None, Reason.NAME
        if index in found.mapped or index in found.ignored:
            reason = Reason.MAPPING
        elif target is None:
            suggestion, reason = suggestions.of(index)
        rule = target or suggestion
        columns.append(
            PreviewColumn(
                letter=column_letter(index),
                header=text[:LONGEST],
                key=text[:LONGEST] if times[normal_form(text)] == 1 and normal_form(text) else column_letter(index),
                target=target,
                reason=reason,
                suggestion=suggestion,
                is_ignored=index in found.ignored,
                samples=_samples(batch.numbers, cells, kind.column(rule) if rule else None),
            )
        )
    return columns


def _samples(numbers: Sequence[int], cells: Sequence[Cell], rule: Column | None) -> list[Sample]:
    """Different cells of a column, in their order: the first ones, with one that is refused among them."""
    different: dict[str, tuple[int, Cell]] = {}
    for number, cell in zip(numbers, cells, strict=False):
        if not is_blank(cell):
            different.setdefault(written(cell), (number, cell))
    field = Field(rule) if rule else None
    samples = [_sample(number, cell, field) for number, cell in different.values()]
    refused = next((sample for sample in samples if sample.code), None)
    if refused is None or refused in samples[:SAMPLES]:
        return samples[:SAMPLES]
    return [*samples[: SAMPLES - 1], refused]


def _sample(number: int, cell: Cell, field: Field | None) -> Sample:
    seen = shown(written(cell))
    if field is None:
        return Sample(number, seen, None)
    (value,), refusals = field.values([cell])
    if refusals:
        return Sample(number, seen, None, refusals[0].code, {"valor": seen, **refusals[0].params})
    return Sample(number, seen, _plain(value))


def _plain(value: Value | None) -> str | int | bool | None:
    """The value as it travels; a long text is cut."""
    if isinstance(value, Decimal):
        return format(value, "f")
    if isinstance(value, datetime.date):
        return value.isoformat()
    return shown(value) if isinstance(value, str) else value
