"""One attempt at one upload, by the worker that holds its claim: an import, or the undo of one."""

from __future__ import annotations

import time
from contextlib import AbstractContextManager, ExitStack
from datetime import timedelta
from pathlib import Path
from typing import Any, Final

from django.conf import settings
from django.db import connection, transaction
from structlog.stdlib import get_logger

from bulk_upload import progress, snapshots
from bulk_upload.checking.tables import CheckedTable, Limits
from bulk_upload.consuming.found_mapping import FoundHeader, mapping_for
from bulk_upload.consuming.lease_renewal import ClaimedWork, WorkerContext
from bulk_upload.consuming.row_counts import RowCounts
from bulk_upload.consuming.speed import RecentSpeed
from bulk_upload.importing.import_table import import_table
from bulk_upload.importing.planning.plan import Plan
from bulk_upload.imports import registry
from bulk_upload.mappings import remembered
from bulk_upload.mappings.file_previews import FilePreviews
from bulk_upload.models import BulkUpload, Operation
from bulk_upload.plans.guard import findings, guard_of
from bulk_upload.queue import Delivery
from bulk_upload.reading.files import Reader
from bulk_upload.sheet.mapping import NO_MAPPING, SheetMapping
from bulk_upload.sheet.problem_codes import HEADER_PROBLEMS
from bulk_upload.sheet.problems import FileProblem
from bulk_upload.stage_times import StageClock
from bulk_upload.undoing.undo import undo

log = get_logger(__name__)

# The cache is written at most four times a second while an import runs.
SHOWN_EVERY_SECONDS: Final = 0.25
# SQLite's waiters sleep for up to a tenth of a second between two tries.
SQLITE_GAP_SECONDS: Final = 0.03


class Attempt(ClaimedWork):
    """Does what the upload asks for, from the checkpoint on."""

    def __init__(self, upload: BulkUpload, delivery: Delivery, context: WorkerContext) -> None:
        super().__init__(upload, delivery, context)
        self.clock = StageClock()
        self._shown_at = 0.0
        self._speed = RecentSpeed()
        self._rows = RowCounts(upload)
        # What else is written with the end.
        self._ending: dict[str, Any] = {}

    def run(self) -> None:
        """Bring the upload to its end.

        Raises `ClaimLost`, `FileProblem`, `storage.FileGone` or `storage.StorageDown`, the database's
        errors, and whatever `pause` raises. Committed chunks stay.
        """
        upload = self.upload
        log.info("The attempt begins", operation=upload.operation, next_row=upload.next_row)
        self._show()
        self._work()
        upload.complete(**self._ending)
        self._show()

    def _work(self) -> None:
        raise NotImplementedError

    def _on_wait(self) -> None:
        with self.clock.stage("others"):
            super()._on_wait()

    def _renew_claim(self, time_left: timedelta) -> None:
        self.upload.renew(time_left)
        if not connection.in_atomic_block:  # what is not committed yet may never be
            self._show()  # a sign of life, also while a large file is still being read

    def _after_chunk(self) -> None:
        self._speed.add(self.upload.procesados)
        self._rows.add_committed()
        if time.monotonic() - self._shown_at >= SHOWN_EVERY_SECONDS:
            self._show()
        self._on_wait()
        if connection.vendor == "sqlite":
            # Who waits for SQLite's one lock looks only now and then: without a gap it would starve.
            time.sleep(SQLITE_GAP_SECONDS)

    def _show(self) -> None:
        self._shown_at = time.monotonic()
        snapshot = snapshots.of(self.upload)
        if not self.upload.is_final:
            snapshot["rows_per_second"] = self._speed.rows_per_second()
        progress.put(snapshot)


class ImportAttempt(Attempt):
    """Fetches the file and imports it, or plans what its import would do."""

    def _work(self) -> None:
        upload, guard = self.upload, guard_of(self.upload)
        if upload.operation == Operation.PLAN:
            self._begin_again()
            self._import(only_plan=True)
        elif guard:
            self._begin_again(guard={"asked": True})
            plan = self._import(only_plan=True)
            if plan and (found := findings(guard, upload, plan)):
                log.info("The change guard has stopped the upload", found=[one["codigo"] for one in found])
                self._ending = {"operation": Operation.PLAN, "guard": {"stopped": found}}
                return
            self._begin_again(guard={"passed": True})
            self._import()
        else:
            self._import()

    def _import(self, *, only_plan: bool = False) -> Plan | None:
        with ExitStack() as stack, ExitStack() as reading:
            reader = reading.enter_context(self._reader())  # starts while the file is fetched
            with self.clock.stage("fetch"):
                path = self._original(stack)
            with self.clock.stage("read"):
                self._use_remembered(path)
                table = self._table(reader, path, reading)
            return import_table(self.upload, table, self._after_chunk, self.keep, self.clock, only_plan=only_plan)

    def _use_remembered(self, path: Path) -> None:
        """Where nobody has said what the columns are: as the owner has said it of a file with the same header."""
        upload = self.upload
        if upload.mapping or upload.next_row or upload.operation == Operation.APPLY:
            return
        previews = FilePreviews(self._context.readers, path, upload, self._on_wait)
        if found := remembered.find(upload.proveedor_id, upload.sheet_name, previews.preview):
            upload.use_mapping(SheetMapping.of(found.mapping), found.name)
            remembered.mark_used(found)

    def _reader(self) -> AbstractContextManager[Reader]:
        return self._context.readers.reader(Limits(max_rows=settings.BULK_UPLOAD_MAX_ROWS), self._on_wait)

    def _table(self, reader: Reader, path: Path, reading: ExitStack) -> CheckedTable:
        """The file's rows, by `reader`; or by another one, kept open by `reading`, where a mapping is found for it."""
        upload, table = self.upload, None
        try:
            table = self._checked(reader, path)
            header = FoundHeader.of_match(table.header)
        except FileProblem as problem:
            if upload.mapping or problem.code not in HEADER_PROBLEMS:
                raise
            with self._reader() as another:
                preview = another.preview(path, upload.file_format, registry.get(upload.sheet_name).sheet)
            header = FoundHeader.of_preview(preview)
            if (mapping := mapping_for(upload, header)) == NO_MAPPING:
                raise
        else:
            if upload.mapping or (mapping := mapping_for(upload, header)) == NO_MAPPING:
                return table
        upload.use_mapping(mapping)
        reading.close()
        return self._checked(reading.enter_context(self._reader()), path)

    def _checked(self, reader: Reader, path: Path) -> CheckedTable:
        upload = self.upload
        return reader.checked(
            path,
            upload.file_format,
            registry.get(upload.sheet_name).sheet,
            next_row=upload.next_row,
            chunk_rows=settings.BULK_UPLOAD_CHUNK_ROWS,
            mapping=upload.sheet_mapping,
        )

    def _begin_again(self, **changes: Any) -> None:
        """From the first row on: what an interrupted plan knew of earlier rows is lost, and it has written nothing."""
        with transaction.atomic():
            self.upload.begin_again(**changes)
            self.upload.planned_rows.all().delete()
            self.upload.row_errors.all().delete()
        self._rows = RowCounts(self.upload)


class UndoAttempt(Attempt):
    """Takes back what another upload did."""

    def _work(self) -> None:
        undo(self.upload, self._after_chunk, self.clock)


def attempt_at(upload: BulkUpload, delivery: Delivery, context: WorkerContext) -> Attempt:
    """The attempt that fits what the upload asks for."""
    kind = UndoAttempt if upload.operation == Operation.UNDO else ImportAttempt
    return kind(upload, delivery, context)
