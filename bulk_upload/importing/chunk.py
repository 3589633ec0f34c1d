"""One chunk of rows: everything that must agree commits in one transaction.

Products, row errors, changes, counters and checkpoint; guarded by the claim, repeated when the database asks for
it.
"""

from __future__ import annotations

from collections.abc import Callable
from itertools import groupby, islice
from typing import Final

from django.db import connection, transaction
from structlog.stdlib import get_logger

from bulk_upload.checking.results import CheckedChunk
from bulk_upload.importing.database_retries import REPEATS, is_repeatable, pause
from bulk_upload.importing.halving import GoodRows
from bulk_upload.importing.import_context import ImportContext
from bulk_upload.importing.matching.decision_types import Decisions
from bulk_upload.importing.row_changes import keep_changes
from bulk_upload.importing.row_errors import row_errors
from bulk_upload.models import LISTED, ClaimLost, RowError, Tally, lease
from bulk_upload.sheet.values import Value

log = get_logger(__name__)

# How long a statement may take, in leases: a wait for a lock (`lock_timeout`: one lease) ends before it.
STATEMENT_LEASES: Final = 1.25


class Chunk:
    """The rows of one transaction, already checked against the rules and the rest of the file."""

    def __init__(self, context: ImportContext, checked: CheckedChunk) -> None:
        self._context = context
        self._target = context.target
        self._upload = context.upload
        self._checked = checked
        # What was decided before its turn came.
        self._early: Decisions | None = None

    def prepare(self) -> None:
        """Decide on the rows before their turn, without the database, where all of them are likely to be new."""
        if self._context.all_are_new and self._target.is_direct and self._checked.numbers:
            self._early = GoodRows(self._context, self._checked).decide_early()

    def commit(self, meanwhile: Callable[[], None]) -> None:
        """Import the rows and move the checkpoint. `meanwhile` is called while the database writes the rows.

        Raises `ClaimLost`; `OperationalError` when the database is away or still refuses after some
        repeats; `ChunkRefused`; what `keep` raises. Whatever is raised, nothing of the chunk was committed.
        """
        for attempt in range(1, REPEATS + 1):
            try:
                with self._context.clock.stage("write"), transaction.atomic():
                    named = self._run(meanwhile)
                self._context.existing |= named
                return
            except ClaimLost:
                raise
            except Exception as error:
                self._upload.refresh_from_db()  # a rollback does not reach the instance
                if attempt == REPEATS or not is_repeatable(error):
                    raise
                log.info("The chunk is repeated", next_row=self._checked.next_row, error=error)
                pause(attempt)

    def _run(self, meanwhile: Callable[[], None]) -> set[Value]:
        """Do it all, within a transaction; returns names that exist now."""
        upload, checked, key_text = self._upload, self._checked, self._target.key_text
        good = GoodRows(self._context, checked)
        decisions = Decisions()
        if checked.numbers:
            _limit_statements()
            early, self._early = self._early, None  # once: writing adds to it
            decisions = good.write(meanwhile, early)
        for fila, problems in groupby(checked.problems, key=lambda problem: problem.fila):
            decisions.reject(problems, duplicate=fila in checked.repeated)
        RowError.objects.bulk_create(row_errors(upload, decisions.problems), batch_size=2000)
        room_for_created = LISTED - len(upload.productos_creados)
        room_for_changed = LISTED - len(upload.productos_actualizados)
        large_changes = keep_changes(self._target, upload, decisions.changes)
        if checked.corrected and upload.corrects_id:
            rejected = {problem.fila for problem in decisions.problems if not problem.warning}
            upload.mark_corrected(original for fila, original in checked.corrected.items() if fila not in rejected)
        upload.checkpoint(
            Tally(
                creados=len(decisions.creates),
                actualizados=len(decisions.changes),
                sin_cambios=decisions.unchanged,
                rechazados=decisions.rejected,
                duplicados=decisions.duplicates,
                categorias_creadas=good.created,
                cambios_grandes_de_precio=large_changes,
                productos_creados=list(map(key_text, islice(decisions.creates.values(), room_for_created))),
                productos_actualizados=[key_text(change.before) for change in decisions.changes[:room_for_changed]],
            ),
            checked.next_row,
            lease(),
        )
        return set(decisions.named)


def _limit_statements() -> None:
    """For this transaction: a statement that outlasts the claim is of no use. See the settings for the other limits."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute(f"SET LOCAL statement_timeout = {round(lease().total_seconds() * STATEMENT_LEASES * 1000)}")
