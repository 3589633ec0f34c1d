"""Headers that were not understood and look like a column that is absent: asked for, never guessed.

A required column must be there, so the question costs nothing: any likeness will do. An optional one may well be
absent, and a file is refused only when a header can hardly mean anything else; "stock", "lote" or "fecha de
vencimiento" are columns of their own. Knows no Django; the guarded reader uses it too.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Sequence
from typing import Final

from bulk_upload.sheet.columns import Column
from bulk_upload.sheet.header_normalization import LONGEST, normal_form
from bulk_upload.sheet.problems import FileProblem, headers_found, shown

# Ratios of `difflib`. "stock máximo" is like "stock mínimo" by 0.82.
LIKE_REQUIRED: Final = 0.6
LIKE_OPTIONAL: Final = 0.85
_BRACKETS: Final = re.compile(r"\([^()]*\)|\[[^\[\]]*\]")


def missing_columns(
    absent: Sequence[Column], strangers: Sequence[str], texts: Sequence[str], row: int, sheet: str
) -> FileProblem | None:
    """The problem of a sheet without the columns `absent`: of its header `texts`, the `strangers` are not known."""
    required = [column for column in absent if column.required]
    similar = {column.name: found for column in absent if (found := nearest(column, strangers))}
    if not required and not similar:
        return None
    params: dict[str, str | int] = {"hoja": shown(sheet), "fila": row, **headers_found(texts)}
    if required:
        params["columnas"] = ", ".join(column.name for column in required)
    if not similar:
        return FileProblem("missing_columns", **params)
    params["parecidas"] = ", ".join(f"«{shown(stranger)}» → {name}" for name, stranger in similar.items())
    return FileProblem("missing_columns_similar" if required else "similar_columns", **params)


def nearest(column: Column, strangers: Sequence[str]) -> str:
    """The header among `strangers` that most looks like one of the column's names, or ``""``."""
    names = [normal_form(header) for header in (column.name, *column.synonyms)]
    # "temperatura" alone is not "temperatura_min".
    beginnings = {normal_form(column.name[:end]) for end, letter in enumerate(column.name) if letter == "_"}
    best, nearest = LIKE_REQUIRED if column.required else LIKE_OPTIONAL, ""
    for stranger in strangers:
        form = normal_form(_BRACKETS.sub("", stranger[:LONGEST]))
        if form in beginnings and not column.required:
            continue
        ratio = max(_likeness(name, form, best) for name in names)
        if form.startswith(names[0]) and not column.required:
            ratio = 1.0  # "stock mínimo en bodega"
        if ratio > best:
            best, nearest = ratio, stranger
    return nearest


def _likeness(name: str, form: str, least: float) -> float:
    """`difflib`'s ratio if it is above `least`, else 0."""
    matcher = difflib.SequenceMatcher(None, name, form)
    # Two bounds from above, which cost less.
    if matcher.real_quick_ratio() <= least or matcher.quick_ratio() <= least:
        return 0.0
    return matcher.ratio()
