"""One chunk of rows: everything that must agree commits in one transaction.

Products, row errors, changes, counters and checkpoint; guarded by the claim, repeated when the database asks for
it.
"""

from __future__ import annotations

from collections.abc import Callable
from itertools import groupby, islice

from bulk_upload.checking.results import CheckedChunk
from bulk_upload.importing.database_retries import repeated
from bulk_upload.importing.halving import GoodRows
from bulk_upload.importing.import_context import ImportContext
from bulk_upload.importing.matching.decision_types import Decisions
from bulk_upload.importing.row_changes import is_large, keep_changes, keep_created
from bulk_upload.importing.row_errors import row_errors
from bulk_upload.models import LISTED, RowError, Tally, lease


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
        if self._context.agreed:  # its plan is in the database
            return
        if self._context.all_are_new and self._target.is_direct and self._checked.numbers:
            self._early = GoodRows(self._context, self._checked).decide_early()

    def commit(self, meanwhile: Callable[[], None]) -> None:
        """Import the rows and move the checkpoint. `meanwhile` is called while the database writes the rows.

        Raises `ClaimLost`; `OperationalError` when the database is away or still refuses after some
        repeats; `ChunkRefused`; what `keep` raises. Whatever is raised, nothing of the chunk was committed.
        """
        with self._context.clock.stage("write"):
            decisions = repeated(self._upload, lambda: self._run(meanwhile))
        self._context.existing |= decisions.named.keys()
        if self._context.plan:
            self._context.plan.add(decisions)

    def _run(self, meanwhile: Callable[[], None]) -> Decisions:
        """Do it all, within a transaction."""
        upload, checked, key_text = self._upload, self._checked, self._target.key_text
        good = GoodRows(self._context, checked)
        decisions = Decisions()
        if checked.numbers:
            early, self._early = self._early, None  # once: writing adds to it
            decisions = good.write(meanwhile, early)
        for fila, problems in groupby(checked.problems, key=lambda problem: problem.fila):
            decisions.reject(problems, duplicate=fila in checked.repeated)
        RowError.objects.bulk_create(row_errors(upload, decisions.problems), batch_size=2000)
        room_for_created = LISTED - len(upload.productos_creados)
        room_for_changed = LISTED - len(upload.productos_actualizados)
        large = [is_large(self._target, change) for change in decisions.changes]
        if checked.corrected and upload.corrects_id and not self._context.plan:
            rejected = {problem.fila for problem in decisions.problems if not problem.warning}
            upload.mark_corrected(original for fila, original in checked.corrected.items() if fila not in rejected)
        upload.checkpoint(
            Tally(
                creados=len(decisions.creates),
                actualizados=len(decisions.changes),
                sin_cambios=decisions.unchanged,
                rechazados=decisions.rejected,
                duplicados=decisions.duplicates,
                categorias_creadas=len(good.created),
                creado_al_paso=[] if self._context.plan else good.created,
                cambios_grandes_de_precio=sum(large),
                productos_creados=list(map(key_text, islice(decisions.creates.values(), room_for_created))),
                productos_actualizados=[key_text(change.before) for change in decisions.changes[:room_for_changed]],
            ),
            checked.next_row,
            lease(),
        )
        # What is kept has the rows' numbers for its key: who lost the claim has been told so before.
        if self._context.plan:
            self._context.plan.keep(checked, decisions)
        else:
            keep_changes(self._target, upload, decisions, large)
            keep_created(upload, decisions)
        return decisions
