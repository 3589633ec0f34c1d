"""What a purge has removed, or would remove."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import Enum


class Kind(Enum):
    """What is removed, in the order of the report; for operators, in Spanish as all that they read."""

    FILES = "archivos originales"
    PREPARED = "archivos preparados"
    DRAFTS = "archivos por revisar"
    ERRORS = "errores y advertencias de filas"
    CHANGES = "cambios de filas"
    EDITS = "cambios hechos por personas"
    PLANS = "planes"
    UPLOADS = "cargas"
    ACTIONS = "acciones en el admin"
    SESSIONS = "sesiones vencidas"
    DEAD_LETTERS = "mensajes muertos"


@dataclass(slots=True)
class Removed:
    """How many, and their bytes: of files as they are stored, of rows without their indexes."""

    count: int = 0
    size: int = 0

    def add(self, sizes: Iterable[int | None]) -> None:
        for size in sizes:
            self.count += 1
            self.size += size or 0


@dataclass(slots=True)
class Report:
    """What is counted was removed, whatever came afterwards."""

    removed: dict[Kind, Removed] = field(default_factory=lambda: {kind: Removed() for kind in Kind})
    # The services that did not answer, each with its fault.
    away: dict[str, str] = field(default_factory=dict)
    # Whether it was told to stop before all was done.
    is_stopped: bool = False
