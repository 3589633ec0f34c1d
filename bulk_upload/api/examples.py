"""Answers as they look, for the schema."""

from __future__ import annotations

from typing import Any, Final

TASK: Final = "5f1c7a52-3c3e-4b7e-9d53-0c1b7f6d2a90"
ACCEPTED: Final[dict[str, Any]] = {
    "message": "Archivo recibido y encolado para procesamiento",
    "task_id": TASK,
    "status": "pending",
    "status_url": f"/api/catalog/bulk-upload/status/{TASK}",
    "filename": "productos.xlsx",
    "proveedor_id": "PROV001",
}
CANCELLED: Final = {**ACCEPTED, "message": "Carga cancelada: lo ya importado se conserva", "status": "cancelled"}
RETRIED: Final = {**ACCEPTED, "message": "Carga encolada de nuevo: continúa donde quedó"}

RESUMEN: Final = {
    "total": 300,
    "exitosos": 299,
    "rechazados": 1,
    "duplicados": 5,
    "productos_creados": 294,
    "productos_actualizados": 5,
    "sin_cambios": 0,
    "sin_procesar": 0,
    "cambios_grandes_de_precio": 1,
}
DETAIL: Final = {
    "columna": "certificado_sanitario",
    "codigo": "required_blank",
    "mensaje": "El campo obligatorio «certificado_sanitario» está vacío: escriba un valor.",
    "valor": "",
    "celda": "G25",
}
_BASE: Final[dict[str, Any]] = {
    "task_id": TASK,
    "status": "completed",
    "filename": "productos.xlsx",
    "proveedor_id": "PROV001",
    "s3_key": f"medisupply/uploads/2026/01/20/{TASK}.xlsx",
    "created_at": "2026-01-20T10:00:00.000Z",
    "updated_at": "2026-01-20T10:00:04.000Z",
    "started_at": "2026-01-20T10:00:01.000Z",
    "completed_at": "2026-01-20T10:00:04.000Z",
    "detected": {"sheet": "Productos", "encoding": "", "delimiter": ""},
    "progress": {
        "total": 300,
        "processed": 300,
        "successful": 299,
        "failed": 1,
        "percent": 100.0,
        "rows_per_second": 100.0,
        "eta_seconds": None,
    },
    "error": None,
    "error_code": None,
}
COMPLETED: Final[dict[str, Any]] = {
    **_BASE,
    "result": {
        "mensaje": "Carga masiva completada",
        "resumen": RESUMEN,
        "productos_creados": ["PROD001", "PROD002"],
        "productos_actualizados": ["PROD003"],
        "errores": [{"fila": 25, "error": "Campos obligatorios vacíos: certificado_sanitario", "detalles": [DETAIL]}],
        "advertencias": [],
        "listas_truncadas": False,
        "errores_url": f"/api/catalog/bulk-upload/{TASK}/errors",
    },
}
PROCESSING: Final[dict[str, Any]] = {
    **_BASE,
    "status": "processing",
    "completed_at": None,
    "progress": {
        "total": 300,
        "processed": 100,
        "successful": 100,
        "failed": 0,
        "percent": 33.3,
        "rows_per_second": 50.0,
        "eta_seconds": 4,
    },
    "result": None,
}
PREPARATION: Final = {
    "status": "processing",
    "message": "Preparando las filas por corregir: 12.000 de 200.000.",
    "progress": {"total": 200_000, "processed": 12_000},
}
LISTED: Final = {**_BASE, "resumen": RESUMEN, "status_url": f"/api/catalog/bulk-upload/status/{TASK}"}
UPLOAD_PAGE: Final = {"items": [LISTED], "meta": {"size": 50, "next": None, "took_ms": 4.1}}
PROBLEM: Final = {
    "fila": 25,
    "celda": "G25",
    "columna": "certificado_sanitario",
    "gravedad": "error",
    "codigo": "required_blank",
    "mensaje": "El campo obligatorio «certificado_sanitario» está vacío: escriba un valor.",
    "valor": "",
}
COLUMNS: Final[dict[str, Any]] = {
    "items": [
        {
            "nombre": "stock_minimo",
            "tipo": "integer",
            "obligatoria": False,
            "regla": {"es": "Existencias mínimas.", "en": "Minimum stock."},
            "ejemplo": 20,
            "sinonimos": ["minimum_stock", "min_stock", "stock_min"],
            "por_defecto": 10,
            "longitud_maxima": None,
            "minimo": 0,
            "maximo": 2147483647,
        }
    ],
    "meta": {"total": 13},
}
