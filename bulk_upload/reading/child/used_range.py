"""How far a sheet may reach, and what is said of one that reaches further.

calamine allocates the whole rectangle between a sheet's first and last cell: a cell in the last corner
of an otherwise empty sheet costs it 550 GB. So this is checked while nothing is allocated yet.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from bulk_upload.cells import column_letter
from bulk_upload.problems import FileProblem, shown

# ECMA-376 part 1, section 18.3.1.73, leaves it open; this is what Excel has.
SHEET_ROWS: Final = 1_048_576


@dataclass(frozen=True, slots=True)
class UsedRange:
    """The part of the sheet named `sheet` in which cells may hold something."""

    sheet: str
    max_rows: int
    max_columns: int

    def check(self, row: int, column: int) -> None:
        """Raises `FileProblem` for a cell with content outside (row 1 is the first, column A is 0)."""
        if column >= self.max_columns:
            raise FileProblem(
                "too_many_columns", hoja=shown(self.sheet), columna=column_letter(column), maximo=self.max_columns
            )
        if row > SHEET_ROWS:
            raise FileProblem("too_many_rows", maximo=self.max_rows)


def column_index(letters: str) -> int:
    """The reverse of `cells.column_letter`, in either case."""
    index = 0
    for letter in letters.upper():
        index = index * 26 + ord(letter) - ord("A") + 1
    return index - 1
