"""A sheet as its owner declares it: what the engine reads, checks, documents and draws templates for.

PRODUCTS = Sheet(
    "productos",
    __name__,
    title=Text("Productos", "Products"),
    row_title=Text("producto", "product"),
    columns=[CodeColumn("id", 64, rule=…, example="PROD001"), …],
    key=["id"],
)

Data only, in a module without Django: the guarded reader imports it by its name. The Django half, which says what model
the rows become, is a `bulk_upload.imports.SheetImport`.
"""

from __future__ import annotations

import importlib
from collections.abc import Sequence
from functools import cached_property

from bulk_upload.sheet.bilingual_text import Text
from bulk_upload.sheet.columns import Column
from bulk_upload.sheet.cross_column_rules import Rule
from bulk_upload.sheet.header_normalization import normal_form
from bulk_upload.sheet.problem_codes import ROW_PROBLEMS


class Sheet:
    """One kind of sheet. `name` is kept with each upload and stands in addresses; `module` is where it is declared.

    `title` is what people call the sheet, `row_title` what they call one row of it. The columns of the `key` say
    together which row of the model a row of the sheet is about; a value of a `unique` column belongs to one row of the
    model, too. `requires` and `checks` are rules across columns: see `cross_column_rules`.
    """

    def __init__(
        self,
        name: str,
        module: str,
        *,
        title: Text,
        row_title: Text,
        columns: Sequence[Column],
        key: Sequence[str],
        unique: Sequence[str] = (),
        requires: Sequence[Rule] = (),
        checks: Sequence[Rule] = (),
    ) -> None:
        self.name = name
        self.module = module
        self.title = title
        self.row_title = row_title
        self.columns = tuple(columns)
        self.key = tuple(key)
        self.unique = tuple(unique)
        self.requires = tuple(requires)
        self.checks = tuple(checks)

    def __repr__(self) -> str:
        return f"<Sheet {self.name}>"

    @cached_property
    def names(self) -> tuple[str, ...]:
        """The columns' names, in their order."""
        return tuple(column.name for column in self.columns)

    @cached_property
    def index(self) -> dict[str, int]:
        """Where each column stands among `columns`, by its name."""
        return {name: index for index, name in enumerate(self.names)}

    @cached_property
    def known_headers(self) -> dict[str, Column]:
        """The column that each header names, by the header's `normal_form`."""
        return {normal_form(header): c for c in self.columns for header in (c.name, *c.synonyms)}

    @cached_property
    def fallback_headers(self) -> dict[str, Column]:
        """The column that a header names when no other header of the sheet does."""
        return {normal_form(header): column for column in self.columns for header in column.fallbacks}

    @cached_property
    def problem_codes(self) -> frozenset[str]:
        """What can be found wrong with a row while a file is read."""
        return ROW_PROBLEMS.union(*(rule.codes for rule in self.requires))

    def column(self, name: str) -> Column:
        return self.columns[self.index[name]]


def load_sheet(module: str, name: str) -> Sheet:
    """The sheet that is declared as `name` in `module`. Raises `ImportError` or `LookupError`."""
    for value in vars(importlib.import_module(module)).values():
        if isinstance(value, Sheet) and value.name == name:
            return value
    raise LookupError(f"{module} declares no sheet {name}")
