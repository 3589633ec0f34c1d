"""One upload and one cell, of which the schema's examples are rendered as every answer is."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime
from typing import Any, Final

from bulk_upload.models import BulkUpload, Status

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
