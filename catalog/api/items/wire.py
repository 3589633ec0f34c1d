"""Products on the wire. Names are the sheet's; a price is a text with two decimals, exact in any language."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from rest_framework.exceptions import ErrorDetail, ValidationError

from bulk_upload.checking.results import Problem
from bulk_upload.models import iso_utc
from bulk_upload.wording import text_of, worded
from catalog.models import Product
from catalog.sheets.products import PRODUCTS
from medisupply.api.errors import FieldConflict
from medisupply.api.json import language


def item(product: Product) -> dict[str, Any]:
    """The thirteen columns of the sheet, and what the system knows besides."""
    fields = {name: getattr(product, "categoria_id" if name == "categoria" else name) for name in PRODUCTS.names}
    return {
        **fields,
        "precio_unitario": f"{product.precio_unitario:.2f}",
        "proveedor_id": product.proveedor_id,
        "activo": product.activo,
        "version": product.version,
        "created_at": iso_utc(product.created_at),
        "updated_at": iso_utc(product.updated_at),
    }


def written(product: Product, warnings: Iterable[Problem]) -> dict[str, Any]:
    """The answer to a write: the product, and what is odd about it."""
    return {**item(product), "advertencias": [_warning(problem) for problem in warnings]}


def refusal(problems: Iterable[Problem], *, conflict: bool) -> ValidationError:
    """The error answer: 400 for values that are wrong, 409 for what exists already."""
    detail: dict[str, list[ErrorDetail]] = {}
    for problem in problems:
        message = text_of(problem.codigo, problem.params, language())
        detail.setdefault(problem.columna, []).append(ErrorDetail(message, problem.codigo))
    return FieldConflict(detail) if conflict else ValidationError(detail)


def _warning(problem: Problem) -> dict[str, Any]:
    found = worded(problem.fila, problem.columna, problem.codigo, problem.params, problem.valor, language=language())
    return {name: value for name, value in found.items() if name in ("columna", "codigo", "mensaje", "valor")}
