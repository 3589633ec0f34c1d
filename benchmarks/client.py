"""A program of a supplier: sends a file, asks until it is imported, and checks what it came to."""

from __future__ import annotations

import datetime
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import urllib3
from urllib3.filepost import encode_multipart_formdata

from benchmarks.files import Recipe

# Seconds between two looks at the status of a small file, which is worth watching closely. Of others as many as
# the answer's `Retry-After` says.
SHORT_PAUSE: Final = 0.01
SMALL: Final = 1_000
PATIENCE: Final = 1_800
PRODUCTS_PATH: Final = "/api/v1/catalog/items/bulk-upload"


@dataclass(frozen=True)
class Task:
    """An upload that was accepted: when its request began, and when it was answered."""

    id: str
    began: float
    accepted: float


@dataclass(frozen=True)
class Job:
    """One upload, from POST to completed. `seen` is when the client saw the end, `seconds` when it was written."""

    task: Task
    seconds: float
    seen: float
    accepted: float
    importing: float
    counts: dict[str, int]

    @property
    def created(self) -> int:
        return self.counts["productos_creados"]


class Client:
    """A user who may act for every supplier."""

    def __init__(self, port: int, token: str, connections: int = 1) -> None:
        self.headers = {"Authorization": f"Token {token}"}
        self._address = f"http://127.0.0.1:{port}"
        self._http = urllib3.PoolManager(maxsize=connections, retries=False, timeout=300)

    def request(self, method: str, path: str, *expected: int, **options: Any) -> urllib3.BaseHTTPResponse:
        headers = {**self.headers, **options.pop("headers", {})}
        answer = self._http.request(method, self._address + path, headers=headers, **options)
        if answer.status not in expected:
            raise AssertionError(f"{method} {path} was answered with {answer.status}: {answer.data[:500]!r}")
        return answer

    def send(
        self,
        path: Path,
        *,
        replace: bool = True,
        plan: bool = False,
        owner: str = "PROV001",
        to: str = PRODUCTS_PATH,
        key: str = "",
    ) -> Task:
        """POST the file; the same content with another `key` is another upload."""
        body, kind = encode_multipart_formdata({"file": (path.name, path.read_bytes())})
        query = f"proveedor_id={owner}&reemplazar_duplicados={str(replace).lower()}"
        query += "&solo_validar=true" if plan else ""
        began = time.time()
        headers = {"Content-Type": kind, **({"Idempotency-Key": key} if key else {})}
        answer = self.request("POST", f"{to}?{query}", 202, body=body, headers=headers)
        return Task(str(answer.json()["task_id"]), began, time.time())

    def follow(self, task: Task, what: str) -> Task:
        """Ask for what follows on a task: ``apply`` or ``undo``."""
        began = time.time()
        answer = self.request("POST", f"/api/catalog/bulk-upload/{task.id}/{what}", 202)
        return Task(str(answer.json()["task_id"]), began, time.time())

    def state(self, task: Task) -> dict[str, Any]:
        body: dict[str, Any] = self._status(task).json()
        return body

    def _status(self, task: Task) -> urllib3.BaseHTTPResponse:
        return self.request("GET", f"/api/catalog/bulk-upload/status/{task.id}", 200)

    def wait(self, task: Task, pause: float | None = None) -> Job:
        """Until the upload is completed. Raises when it is not to be."""
        deadline = time.monotonic() + PATIENCE
        while (body := (answer := self._status(task)).json())["status"] != "completed":
            if body["status"] not in ("pending", "processing") or time.monotonic() > deadline:
                raise AssertionError(f"The upload is {body['status']}: {body['error']}")
            time.sleep(float(answer.headers["Retry-After"]) if pause is None else pause)
        seen = time.time()
        started, ended = (moment(body[name]) for name in ("started_at", "completed_at"))
        counts = body["result"]["resumen"]
        return Job(task, ended - task.began, seen - task.began, task.accepted - task.began, ended - started, counts)

    def run(self, recipe: Recipe, *, again: bool = False) -> Job:
        """Send the file and wait until it is completed, with the counts that it must have."""
        job = self.wait(self.send(recipe.made()), SHORT_PAUSE if recipe.rows <= SMALL else None)
        wanted = recipe.counts(again=again)
        if (found := {name: job.counts[name] for name in wanted}) != wanted:
            raise AssertionError(f"{recipe}: {found} instead of {wanted}")
        return job


def moment(text: str) -> float:
    """Seconds of a time in an answer."""
    return datetime.datetime.fromisoformat(text).timestamp()
