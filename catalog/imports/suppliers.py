"""What the rows of the suppliers' sheet become."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from bulk_upload.api import token_generation
from bulk_upload.imports import SheetImport, register
from catalog import examples
from catalog.models import Supplier
from catalog.problem_texts import SUPPLIER_PROBLEMS
from catalog.sheets.suppliers import SUPPLIERS


@register(SUPPLIERS)
class SupplierImport(SheetImport):
    """Suppliers themselves: no supplier's own, sent by MediSupply's people."""

    model = Supplier
    key = ["codigo"]
    is_owned = False
    permissions = ["catalog.add_supplier", "catalog.change_supplier", "catalog.all_suppliers"]
    exists = "supplier_exists"
    problem_texts = SUPPLIER_PROBLEMS
    advice = [
        _("«codigo» identifica al proveedor: con otro código, la misma empresa es otro proveedor."),
        _("Un proveedor que ya no está activo no puede cargar archivos; sus productos quedan como están."),
    ]

    @classmethod
    def after_chunk(cls) -> None:
        # Which suppliers a token may see is kept for a minute; one may have been switched off.
        token_generation.forget_all()

    @classmethod
    def example_rows(cls, user: Any = None) -> list[dict[str, Any]]:
        return examples.example_suppliers()
