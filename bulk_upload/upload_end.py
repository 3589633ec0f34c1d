"""What is said of an upload when it has ended: everything that somebody may look for later, in one line of the log."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any, Final, Self

from structlog.contextvars import bound_contextvars
from structlog.stdlib import get_logger

from bulk_upload.log_fields import of_upload
from bulk_upload.models import BulkUpload
from bulk_upload.sheet.problem_codes import FILE_PROBLEMS
from bulk_upload.stage_times import StageTimes
from medisupply.metrics.declared import STAGE_SECONDS, UPLOADS_ENDED

log = get_logger(__name__)

# Of the upload, and of `UploadEnd`.
COUNTERS: Final = (
    *("total", "creados", "actualizados", "sin_cambios", "rechazados"),
    *("duplicados", "eliminados", "sin_procesar"),
)


@dataclass(frozen=True, slots=True)
class UploadEnd:
    """How an upload ended. The counts are those of all its attempts, `seconds` those of the last one."""

    operation: str
    status: str
    # Why it failed; empty otherwise.
    error_code: str
    total: int
    creados: int
    actualizados: int
    sin_cambios: int
    rechazados: int
    duplicados: int
    eliminados: int
    sin_procesar: int
    # How often a worker took it.
    attempts: int
    bytes: int
    format: str
    seconds_since_received: float
    # By stage; empty where no worker of this process had it, as when it is cancelled.
    seconds: dict[str, float]

    @classmethod
    def of(cls, upload: BulkUpload, times: StageTimes | None) -> Self:
        """Of an upload that has just ended; `times` are those of the attempt in which it did."""
        waited = upload.completed_at - upload.created_at if upload.completed_at else None
        return cls(
            operation=str(upload.operation),
            status=str(upload.status),
            error_code=upload.error_code,
            **{name: getattr(upload, name) for name in COUNTERS},
            attempts=upload.claim_number,
            bytes=upload.size,
            format=str(upload.file_format),
            seconds_since_received=round(waited.total_seconds(), 3) if waited else 0.0,
            seconds=times.rounded() if times else {},
        )

    def fields(self) -> dict[str, Any]:
        """As fields of the log: the stages as ``seconds_fetch`` and so on."""
        found = asdict(self)
        stages: dict[str, float] = found.pop("seconds")
        return found | {f"seconds_{stage}": seconds for stage, seconds in stages.items()}


def report_end(upload: BulkUpload, times: StageTimes | None = None) -> None:
    """Say that `upload` has ended. Whatever else counts ended uploads belongs here, too."""
    with bound_contextvars(**of_upload(upload)):
        log.info("The upload has ended", **UploadEnd.of(upload, times).fields())
    cause = "file" if upload.error_code in FILE_PROBLEMS else "system" if upload.error_code else "none"
    UPLOADS_ENDED.add(str(upload.operation), str(upload.status), cause)
    if times and not upload.is_undo:  # it reads no file
        for (stage,) in STAGE_SECONDS.known:
            STAGE_SECONDS.observe(getattr(times, stage), stage)
