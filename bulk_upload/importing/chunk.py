"""One chunk of rows: everything that must agree commits in one transaction.

Products, row errors, counters and checkpoint; guarded by the claim, repeated when the database asks for
it, and row by row when it refuses the chunk as a whole.
"""

from __future__ import annotations

import logging
import random
import time
from collections.abc import Iterable, Sequence
from itertools import groupby
from typing import Final

from django.db import DataError, IntegrityError, OperationalError, transaction

from bulk_upload.checking.results import CheckedChunk, CheckedValues, Problem
from bulk_upload.importing import match, write
from bulk_upload.importing.match import Decisions
from bulk_upload.models import BulkUpload, RowError, Severity, Tally, lease
from bulk_upload.problems import shown

log = logging.getLogger(__name__)

REPEATS: Final = 5
# PostgreSQL: serialization_failure, deadlock_detected, lock_not_available (Appendix A of its manual).
REPEATABLE_STATES: Final = frozenset(["40001", "40P01", "55P03"])


class Chunk:
    """The rows of one transaction, already checked against the rules and the rest of the file."""

    def __init__(self, upload: BulkUpload, checked: CheckedChunk, categories: set[str]) -> None:
        """`categories` are names that are known to exist; a chunk that is committed adds its own."""
        self._upload = upload
        self._checked = checked
        self._rows = checked.rows()
        self._categories = categories

    def commit(self) -> None:
        """Import the rows and move the checkpoint.

        Raises `ClaimLost`; `OperationalError` when the database is away or still refuses after some
        repeats. Whatever is raised, nothing of the chunk was committed.
        """
        for attempt in range(1, REPEATS + 1):
            try:
                with transaction.atomic():
                    named = self._run()
                self._categories |= named
                return
            except OperationalError as error:
                self._upload.refresh_from_db()
                if attempt == REPEATS or not _repeatable(error):
                    raise
                log.info("Chunk before row %s is repeated: %s", self._checked.next_row, error)
                time.sleep(random.uniform(0.05, 0.2) * attempt)  # noqa: S311  # jitter, no secret

    def _run(self) -> set[str]:
        """Do it all, within a transaction; returns the categories that exist now."""
        upload, checked = self._upload, self._checked
        decisions = self._write_together() if self._rows else Decisions()
        for fila, problems in groupby(checked.problems, key=lambda problem: problem.fila):
            decisions.reject(problems, duplicate=fila in checked.repeated)
        RowError.objects.bulk_create(row_errors(upload, decisions.problems), batch_size=2000)
        if checked.corrected and upload.corrects_id:
            rejected = {problem.fila for problem in decisions.problems if not problem.warning}
            upload.mark_corrected(original for fila, original in checked.corrected.items() if fila not in rejected)
        upload.checkpoint(
            Tally(
                creados=len(decisions.creates),
                actualizados=len(decisions.changed),
                sin_cambios=decisions.unchanged,
                rechazados=decisions.rejected,
                duplicados=decisions.duplicates,
                productos_creados=list(decisions.creates),
                productos_actualizados=decisions.changed,
            ),
            checked.next_row,
            lease(),
        )
        return set(decisions.categories)

    def _write_together(self) -> Decisions:
        decisions = self._decide(self._checked.numbers, self._rows)
        try:
            with transaction.atomic():
                self._add_categories(decisions)
                write.write(decisions, self._upload.proveedor_id, self._upload.task_id)
        except (IntegrityError, DataError) as error:
            log.info("Chunk before row %s goes row by row: %s", self._checked.next_row, error)
            self._categories.clear()  # one of them may have been deleted
            return self._write_one_by_one()
        return decisions

    def _write_one_by_one(self) -> Decisions:
        """The slow way, so that one row which the database refuses costs one row."""
        total = Decisions()
        for fila, values in zip(self._checked.numbers, self._rows, strict=True):
            total.absorb(self._write_row(fila, values))
        return total

    def _write_row(self, fila: int, values: CheckedValues) -> Decisions:
        refusal = ""
        for _attempt in range(2):  # what somebody else has just created is seen the second time
            decisions = self._decide([fila], [values])
            try:
                with transaction.atomic():
                    self._add_categories(decisions)
                    write.write_one(decisions, self._upload.proveedor_id, self._upload.task_id)
                return decisions
            except (IntegrityError, DataError) as error:
                refusal = str(error)
        log.warning("Upload %s, row %s was refused: %s", self._upload.pk, fila, refusal)
        decisions = Decisions()
        decisions.reject([Problem(fila, "", "refused_by_database", {})], duplicate=False)
        return decisions

    def _decide(self, numbers: Sequence[int], rows: Sequence[CheckedValues]) -> Decisions:
        upload = self._upload
        return match.decide(numbers, rows, upload.proveedor_id, replace=upload.reemplazar_duplicados)

    def _add_categories(self, decisions: Decisions) -> None:
        """Create missing categories, each with a warning at the first row that needs it."""
        for name in write.ensure_categories(decisions.categories.keys() - self._categories):
            fila = decisions.categories[name]
            decisions.problems.append(
                Problem(fila, "categoria", "new_category", {"categoria": name}, shown(name), warning=True)
            )


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


def _repeatable(error: OperationalError) -> bool:
    state = getattr(error.__cause__, "sqlstate", None)
    return state in REPEATABLE_STATES or "database is locked" in str(error)
