"""Products on the wire. Names are the sheet's; a price is a text with two decimals, exact in any language."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.utils.translation import gettext as _
from rest_framework.exceptions import ErrorDetail, ValidationError

from bulk_upload.checking.results import Problem
from bulk_upload.models import iso_utc
from bulk_upload.sheet.problems import text_of
from catalog.api.items.rules import NOT_A_VALUE
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
        message = _sentence(problem)
        detail.setdefault(problem.columna, []).append(ErrorDetail(message, problem.codigo))
    return FieldConflict(detail) if conflict else ValidationError(detail)


def _warning(problem: Problem) -> dict[str, Any]:
    return {
        "columna": problem.columna,
        "codigo": problem.codigo,
        "mensaje": _sentence(problem),
        "valor": problem.valor,
    }


def _sentence(problem: Problem) -> str:
    if problem.codigo == NOT_A_VALUE:  # no sheet has lists in its cells
        return _("«%(field)s» debe ser un texto, un número o un valor lógico.") % {"field": problem.columna}
    return text_of(problem.codigo, problem.params, language())
