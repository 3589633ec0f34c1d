"""One upload, as the schema's examples show it: they are rendered like every answer."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime
from typing import Any, Final

from bulk_upload import snapshots
from bulk_upload.api import serializers
from bulk_upload.models import BulkUpload, FileState, PreparedFile, Status

UPLOAD: Final = BulkUpload(
    task_id=uuid.UUID("5f1c7a52-3c3e-4b7e-9d53-0c1b7f6d2a90"),
    number=1,  # else the default asks the database
    sheet_name="productos",
    status=Status.COMPLETED,
    filename="productos.xlsx",
    proveedor_id="PROV001",
    s3_key="medisupply/uploads/2026/01/20/5f1c7a52-3c3e-4b7e-9d53-0c1b7f6d2a90.xlsx",
    created_at=datetime(2026, 1, 20, 10, tzinfo=UTC),
    updated_at=datetime(2026, 1, 20, 10, 0, 4, tzinfo=UTC),
    started_at=datetime(2026, 1, 20, 10, 0, 1, tzinfo=UTC),
    completed_at=datetime(2026, 1, 20, 10, 0, 4, tzinfo=UTC),
    sheet="Productos",
    header_positions={"certificado_sanitario": 6},
    total=300,
    rechazados=1,
    duplicados=5,
    creados=294,
    actualizados=5,
    cambios_grandes_de_precio=1,
)
CELL: Final[dict[str, Any]] = {
    "columna": "certificado_sanitario",
    "codigo": "required_blank",
    "params": {"columna": "certificado_sanitario"},
    "valor": "",
}
_LISTS: Final = {
    "creados": ["PROD001", "PROD002"],
    "actualizados": ["PROD003"],
    "errores": [{"fila": 25, "detalles": [CELL]}],
    "advertencias": [],
    "truncadas": True,
}
STATE: Final = serializers.State.render({**snapshots.head(UPLOAD), "lists": _LISTS}, "es")
LISTED: Final = serializers.Listed.render(snapshots.head(UPLOAD), "es")
_FILE: Final = PreparedFile(
    state=FileState.PROCESSING,
    rows_total=200_000,
    rows_done=12_000,
    created_at=UPLOAD.created_at,  # else the default asks the database
    updated_at=UPLOAD.updated_at,
)
PREPARATION: Final = {
    **serializers.Preparation.render(_FILE, "es"),
    "message": "Preparando las filas por corregir: 12.000 de 200.000.",
}


def accepted(message: str, status: Status = Status.PENDING) -> dict[str, Any]:
    return serializers.accepted(UPLOAD, message, status)
