"""Problems → the rows of `RowError`, of which the API, the admin and the workbooks make their texts."""

from __future__ import annotations

from collections.abc import Iterable

from bulk_upload.checking.results import Problem
from bulk_upload.models import BulkUpload, RowError, Severity


def row_errors(upload: BulkUpload, problems: Iterable[Problem]) -> list[RowError]:
    """The problems as they are stored, in the order of the file."""
    return [
        RowError(
            upload=upload,
            severity=Severity.WARNING if problem.warning else Severity.ERROR,
            fila=problem.fila,
            columna=problem.columna,
            codigo=problem.codigo,
            params=dict(problem.params),
            valor=problem.valor,
        )
        for problem in sorted(problems, key=lambda problem: problem.fila)
    ]
