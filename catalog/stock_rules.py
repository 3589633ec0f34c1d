"""What a product asks of its lots: a batch where it is tracked by batch, a day where it expires."""

from __future__ import annotations

from collections.abc import Sequence

from bulk_upload.sheet.cross_column_rules import Finding, Rule
from bulk_upload.sheet.problems import shown
from bulk_upload.sheet.values import Value


class RequiredByProduct(Rule):
    """`column` has a value where the product's attribute `flag` is true."""

    def __init__(self, column: str, flag: str, code: str) -> None:
        super().__init__("producto", column, f"producto.{flag}")
        self._code = code
        self.codes = (code,)

    def find(self, values: Sequence[Value | None]) -> Finding | None:
        product, value, is_required = values
        if not is_required or value not in ("", None):
            return None
        return Finding(self.columns[1], self._code, {"columna": self.columns[1], "producto": shown(product)})
