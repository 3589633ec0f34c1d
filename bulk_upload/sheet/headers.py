"""A sheet's header → the columns that it names.

What counts when a header is compared is said in `header_normalization`, how a header is found in `header_rows`.
Knows no Django; the guarded reader uses it too.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from bulk_upload.sheet.cells import Cell
from bulk_upload.sheet.declaration import Sheet
from bulk_upload.sheet.header_assignment import Assignment, assign
from bulk_upload.sheet.header_rows import OF_A_CORRECTION, header_texts
from bulk_upload.sheet.mapping import NO_MAPPING, SheetMapping
from bulk_upload.sheet.problems import FileProblem, headers_found
from bulk_upload.sheet.similar_headers import missing_columns


@dataclass(frozen=True, slots=True)
class HeaderMatch:
    """A header of `sheet` that was recognised; `row` is its last row.

    `positions` maps the name of each column found to its place in a row's cells. `texts` is the whole
    header as written, blank cells as ``""``. `unknown` are the positions that name no known column.
    In a corrected-row workbook `corrects` is the original upload's task id (32 hexadecimal digits) and
    `original_row` the position of the original rows' numbers; in other sheets they are ``""`` and `None`.
    `constants` are the cells of columns that the file does not have. Of a header of two rows `groups` is the upper and
    `lower` the lower one, which `texts` joins. `ignored` are the positions that a mapping leaves out.
    """

    sheet: Sheet
    row: int
    texts: tuple[str, ...]
    positions: dict[str, int]
    unknown: tuple[int, ...]
    corrects: str = ""
    original_row: int | None = None
    constants: dict[str, str] = field(default_factory=dict)
    lower: tuple[str, ...] = ()
    groups: tuple[str, ...] = ()
    ignored: frozenset[int] = frozenset()

    @property
    def given(self) -> frozenset[str]:
        """The columns of the sheet that each row has a cell for."""
        return frozenset([*self.positions, *self.constants])


def no_header(sheet: Sheet, cells: Sequence[Cell]) -> FileProblem:
    """The problem of a file in which no row names enough columns; `cells` are its first row with any content."""
    first = ", ".join(column.name for column in sheet.columns[:3])
    return FileProblem("no_header", primeras=first, **headers_found(header_texts(cells)))


def match_header(
    sheet: Sheet,
    row: int,
    cells: Sequence[Cell],
    worksheet: str,
    groups: Sequence[Cell] = (),
    mapping: SheetMapping = NO_MAPPING,
) -> HeaderMatch:
    """Say which column of `sheet` stands where; `worksheet` is the name of its tab.

    Raises `FileProblem` ``duplicate_column`` when two headers name one column, ``missing_columns``
    or ``missing_columns_similar`` (which names the headers that look like them) when required ones are
    not there, and ``similar_columns`` when a header looks like an optional one that is not there; ``mapping_…`` when
    the `mapping` does not fit the file.
    """
    lower, above = header_texts(cells), header_texts(groups)
    found = assign(sheet, row, lower, above, mapping, worksheet)
    if problem := problem_of(sheet, found, mapping, worksheet):
        raise problem
    corrects, original_row = correction(found.texts)
    return HeaderMatch(
        sheet,
        row,
        found.texts,
        found.positions,
        tuple(found.unknown),
        corrects,
        original_row,
        constants=dict(mapping.constantes),
        lower=lower,
        groups=above,
        ignored=frozenset(found.ignored),
    )


def problem_of(sheet: Sheet, found: Assignment, mapping: SheetMapping, worksheet: str) -> FileProblem | None:
    """Why a file with such a header cannot be imported, if it cannot."""
    if found.problems:
        return found.problems[0]
    given = {*found.positions, *mapping.constantes}
    absent = [column for column in sheet.columns if column.name not in given]
    unknown = [found.texts[index] for index in found.unknown]
    return missing_columns(absent, unknown, found.texts, found.row, worksheet)


def correction(texts: Sequence[str]) -> tuple[str, int | None]:
    """The original upload's task id and the position of the original rows' numbers, as far as they are given."""
    for index, text in enumerate(texts):
        if match := OF_A_CORRECTION.fullmatch(text):
            return (match["task"] or "").replace("-", "").lower(), index
    return "", None
