"""What checking the rows of a file comes to."""

from __future__ import annotations

import msgspec

from bulk_upload.sheet.bilingual_text import Params
from bulk_upload.sheet.values import Value

# One for each column of the sheet. `None` is a blank optional cell: a new row gets the column's default, an existing
# one keeps what it has.
CheckedValues = tuple[Value | None, ...]


class Problem(msgspec.Struct, frozen=True, array_like=True):
    """One error (or warning) of one cell or row. `columna` is ``""`` when the row as a whole is meant."""

    fila: int
    columna: str
    codigo: str
    params: Params
    valor: str = ""
    warning: bool = False


class CheckedChunk(msgspec.Struct, frozen=True, array_like=True, tag="chunk"):
    """Some consecutive rows of a file after every check that needs no database.

    `columns` holds the good rows' values: one list for each column of the sheet, each with one value
    for each of `numbers`, the sheet's row numbers. `problems` are those of the other rows, in the order of the
    file. `repeated` are the rows whose key stood in an earlier row. `corrected` says for rows
    of a corrected-row workbook which row of the original each corrects. The next chunk begins at
    `next_row` or below.
    """

    numbers: list[int]
    columns: list[list[Value | None]]
    next_row: int
    problems: list[Problem] = []
    repeated: set[int] = set()
    corrected: dict[int, int] = {}

    def rows(self) -> list[CheckedValues]:
        """The good rows, as `numbers`."""
        return list(zip(*self.columns, strict=True))
