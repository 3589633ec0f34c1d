"""The import of one upload: checked chunks → rows of the model, a chunk at a time.

Reading and checking happen in the guarded child, matching and writing here: each has a core to itself.
"""

from __future__ import annotations

from collections.abc import Callable

from django.db import transaction
from django.db.models import Max

from bulk_upload.checking.results import Problem
from bulk_upload.checking.tables import CheckedTable
from bulk_upload.importing.chunk import Chunk
from bulk_upload.importing.import_context import ImportContext
from bulk_upload.importing.look_ahead import LookAhead
from bulk_upload.importing.mapping.target import target_of
from bulk_upload.importing.matching.decision_types import ChangeOrder
from bulk_upload.importing.planning.agreed_plan import AgreedPlan
from bulk_upload.importing.planning.plan import Plan
from bulk_upload.importing.row_errors import row_errors
from bulk_upload.models import BulkUpload, Operation, Status
from bulk_upload.sheet.problems import shown
from bulk_upload.stage_times import StageClock


def import_table(
    upload: BulkUpload,
    table: CheckedTable,
    after_chunk: Callable[[], None],
    keep: Callable[[], None] = lambda: None,
    clock: StageClock | None = None,
    *,
    only_plan: bool = False,
) -> Plan | None:
    """Import every chunk of `table`, which begins at the upload's checkpoint; or `only_plan` it, from the first row on.

    `after_chunk` is called after each commit; what it raises ends the import there, at a checkpoint. `keep` is
    called within the transaction of a chunk that takes long: see `ImportContext`. `clock` is told which stage begins.
    Raises `ClaimLost`, `FileProblem` (the reader found the file unreadable midway), `OperationalError` (the database is
    away) or `ChunkRefused`; what was committed stays.
    """
    clock = clock or StageClock()
    if not upload.next_row:
        with clock.stage("write"):
            _begin(upload, table)
    target = target_of(upload.sheet_name, table.header.given)
    agreed = AgreedPlan(target, upload.based_on) if upload.operation == Operation.APPLY and upload.based_on else None
    plan = Plan(upload, target) if only_plan else None
    context = ImportContext(target, upload, _order(upload), keep, clock, plan=plan, agreed=agreed)
    table.batches = clock.timed("read", table.batches)
    chunks = LookAhead(table, lambda checked: Chunk(context, checked))
    for chunk in chunks:
        chunk.commit(chunks.prepare)
        target.declared.after_chunk()
        after_chunk()
    if table.total != upload.total:
        _end(upload, table)
    return plan


def _end(upload: BulkUpload, table: CheckedTable) -> None:
    """Record, once, how many rows there were, and what stood below the last one."""
    with transaction.atomic():
        upload.correct_total(table.total)
        upload.row_errors.bulk_create(row_errors(upload, table.final_warnings))


def _order(upload: BulkUpload) -> ChangeOrder:
    earlier = BulkUpload.objects.filter(proveedor_id=upload.proveedor_id, number__lt=upload.number)
    waiting: int | None = earlier.exclude(status=Status.COMPLETED).aggregate(last=Max("number"))["last"]
    return ChangeOrder(upload.number, waiting or 0)


def _begin(upload: BulkUpload, table: CheckedTable) -> None:
    """Record what was found in the file, and warn of columns that are ignored, once."""
    header = table.header
    warnings = [*table.warnings]
    warnings += [
        Problem(0, shown(header.texts[index]), "unknown_column", {"columna": shown(header.texts[index])}, warning=True)
        for index in header.unknown
    ]
    with transaction.atomic():
        upload.record_table(
            total=table.total,
            sheet=table.sheet,
            encoding=table.encoding,
            delimiter=table.delimiter,
            header_positions=header.positions,
            next_row=header.row + 1,
            corrects=header.corrects,
        )
        upload.row_errors.bulk_create(row_errors(upload, warnings))
