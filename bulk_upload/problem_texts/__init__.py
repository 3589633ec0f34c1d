"""Every problem and warning of the engine: its code, its title and its text.

Problems are stored as a code with parameters. They become text only when somebody reads them, by `bulk_upload.wording`,
so each reader gets them in their own language. A sheet's own problems are in its `SheetImport`.
"""

from __future__ import annotations

from typing import Final

from bulk_upload.problem_texts.cells import CELL_TEXTS, JSON_TEXTS
from bulk_upload.problem_texts.files import FILE_TEXTS
from bulk_upload.problem_texts.mapping import MAPPING_TEXTS
from bulk_upload.problem_texts.problem_text import ProblemText
from bulk_upload.problem_texts.rows import (
    DECLARED_TEXTS,
    DECLARED_WARNING_TEXTS,
    GUARD_TEXTS,
    PLAN_TEXTS,
    ROW_TEXTS,
    UNDO_TEXTS,
    WARNING_TEXTS,
)

__all__ = [
    "CELL_TEXTS",
    "DECLARED_TEXTS",
    "DECLARED_WARNING_TEXTS",
    "ENGINE_TEXTS",
    "FILE_TEXTS",
    "GUARD_TEXTS",
    "JSON_TEXTS",
    "MAPPING_TEXTS",
    "PLAN_TEXTS",
    "ROW_TEXTS",
    "UNDO_TEXTS",
    "WARNING_TEXTS",
    "ProblemText",
]

ENGINE_TEXTS: Final[dict[str, ProblemText]] = {
    **CELL_TEXTS,
    **JSON_TEXTS,
    **ROW_TEXTS,
    **DECLARED_TEXTS,
    **DECLARED_WARNING_TEXTS,
    **WARNING_TEXTS,
    **UNDO_TEXTS,
    **PLAN_TEXTS,
    **GUARD_TEXTS,
    **FILE_TEXTS,
    **MAPPING_TEXTS,
}
