"""What the chunks of one import have in common."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from bulk_upload.importing.mapping.target import Target
from bulk_upload.importing.matching.decision_types import ChangeOrder
from bulk_upload.importing.planning.agreed_plan import AgreedPlan
from bulk_upload.importing.planning.plan import Plan
from bulk_upload.models import BulkUpload
from bulk_upload.sheet.values import Value
from bulk_upload.stage_times import StageClock


@dataclass(slots=True)
class ImportContext:
    """An import under way.

    `keep` is called before each further part of a chunk that the database refused as a whole, within the chunk's
    transaction: to renew the claim and its message. What it raises rolls the chunk back. `existing` are names of what
    rows refer to that are known to exist; a chunk that is committed adds its own. `all_are_new` says that no row of the
    last chunk was in the database. With a `plan` nothing is written but that; with an `agreed` one nothing but what it
    says.
    """

    target: Target
    upload: BulkUpload
    order: ChangeOrder
    keep: Callable[[], None]
    clock: StageClock = field(default_factory=StageClock)
    existing: set[Value] = field(default_factory=set)
    all_are_new: bool = False
    plan: Plan | None = None
    agreed: AgreedPlan | None = None
