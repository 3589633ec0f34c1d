"""All looks, one after another. The order matters: what one mends, the next ones take as it is then."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from bulk_upload import queue, storage
from bulk_upload.consistency import cached, claims, counters, files, messages, newer_rows, numbers, prepared
from bulk_upload.consistency.differences import Difference, Found, Scope
from bulk_upload.consistency.report import Report
from medisupply.backends.database import DATABASE_AWAY
from medisupply.backends.shared_cache import CacheDown

LOOKS: Final[dict[str, Callable[[Scope], Found]]] = {
    "registros": newer_rows.look,
    "numeraciones": numbers.look,
    "tomas": claims.look,
    "cuentas": counters.look,
    "archivos": files.look,
    "archivos preparados": prepared.look,
    "colas": messages.look,
    # Last: it shows what the others have changed.
    "caché": cached.look,
}


def check(scope: Scope, report: Report) -> None:
    """Look at everything, and mend what the report is to mend. What cannot be looked at is in the report, in words."""
    for name, look in LOOKS.items():
        try:
            for found in look(scope):
                if isinstance(found, Difference):
                    report.add(found)
                else:
                    report.note(name, found.text)
        except storage.StorageDown as error:
            report.away(name, "S3", error)
        except queue.QueueFault as error:
            report.away(name, "SQS", error)
        except CacheDown as error:
            report.away(name, "Redis", error)
        except DATABASE_AWAY as error:
            report.away(name, "La base de datos", error)
