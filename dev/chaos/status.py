"""What the status must say, made from the database's row alone, and whether the API says it within ten seconds."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any, Final

from dev.chaos import truth
from dev.chaos.client import STATUS_PATH
from dev.chaos.program import Program
from dev.chaos.report import Report

SECONDS: Final = 10
LISTED: Final = 1000
SAME: Final = ("status", "filename", "proveedor_id", "s3_key")
DATES: Final = ("created_at", "updated_at", "started_at", "completed_at")


def check(clients: Sequence[Program], ports: Sequence[int], report: Report, *, seconds: float = SECONDS) -> None:
    """Compare every upload of the round, on each host, until it agrees or the time is over."""
    deadline = time.monotonic() + seconds
    left = [(client, upload.task_id, port) for client in clients for upload in client.uploads for port in ports]
    while True:
        wrong = [(one, differences) for one in left if (differences := _differences(*one))]
        left = [one for one, _ in wrong]
        if not left or time.monotonic() > deadline:
            break
        time.sleep(0.5)
    for (_, task_id, _), differences in wrong:
        report.differ("status is not the database's", f"{task_id}: {'; '.join(differences[:4])}")


def _differences(client: Program, task_id: str, port: int) -> list[str]:
    row = truth.upload(task_id)
    if row is None:
        return ["the database does not have it"]
    try:
        status, answer = client.ask("GET", f"{STATUS_PATH}status/{task_id}", port=port)
    except OSError as error:
        return [f"no answer: {error}"]
    if status != 200:
        return [f"answered {status} {answer}"]
    return list(_compared(_expected(row), _said(answer)))


def _compared(expected: dict[str, Any], said: dict[str, Any]) -> Iterator[str]:
    for name, value in expected.items():
        if said.get(name) != value:
            yield f"{name} {str(said.get(name))[:80]}, not {str(value)[:80]}"


def _expected(row: dict[str, Any]) -> dict[str, Any]:
    """The answer's fields by path."""
    exitosos = row["creados"] + row["actualizados"] + row["sin_cambios"]
    processed = exitosos + row["rechazados"]
    errors = truth.row_errors(str(row["task_id"]))
    return {
        **{name: row[name] for name in SAME},
        **{name: _moment(row[name]) for name in DATES},
        "error_code": row["error_code"] or None,
        "progress": {
            "total": row["total"],
            "processed": processed,
            "successful": exitosos,
            "failed": row["rechazados"],
            "percent": _percent(row, processed),
            "rows_per_second": _speed(row, processed),
            "eta_seconds": None,
        },
        "resumen": {
            **{name: row[name] for name in ("total", "rechazados", "duplicados", "sin_cambios", "sin_procesar")},
            **{name: row[name] for name in ("cambios_grandes_de_precio", "eliminados")},
            "exitosos": exitosos,
            "productos_creados": row["creados"],
            "productos_actualizados": row["actualizados"],
        },
        "creados": row["productos_creados"],
        "actualizados": row["productos_actualizados"],
        "errores": _first_rows(errors, "error"),
        "advertencias": _first_rows(errors, "warning"),
    }


def _said(answer: dict[str, Any]) -> dict[str, Any]:
    result = answer["result"] or {}
    said = {name: answer.get(name) for name in (*SAME, *DATES, "error_code", "progress")}
    said |= {"resumen": result.get("resumen")}
    said |= {name: result.get(f"productos_{name}") for name in ("creados", "actualizados")}
    for name in ("errores", "advertencias"):
        said[name] = [
            (row["fila"], detail["columna"], detail["codigo"])
            for row in result.get(name, [])
            for detail in row["detalles"]
        ]
    return said


def _first_rows(errors: list[tuple[int, str, str, str]], severity: str) -> list[tuple[int, str, str]]:
    found = [(fila, columna, codigo) for fila, columna, codigo, kind in errors if kind == severity]
    rows = set(sorted({fila for fila, _, _ in found})[:LISTED])
    return [problem for problem in found if problem[0] in rows]


def _percent(row: dict[str, Any], processed: int) -> float:
    share = processed / row["total"] if row["total"] else float(row["status"] == "completed")
    return round(100 * share, 1)


def _speed(row: dict[str, Any], processed: int) -> float | None:
    if row["started_at"] is None or not processed:
        return None
    seconds = (row["completed_at"] - row["started_at"]).total_seconds() if row["completed_at"] else 0
    return round(processed / max(seconds, 0.001), 1)


def _moment(value: datetime | None) -> str | None:
    return value.isoformat(timespec="milliseconds").replace("+00:00", "Z") if value else None
