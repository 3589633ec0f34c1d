"""A supplier's program: sends a file and asks until it is imported. And what it must have come to."""

from __future__ import annotations

import os
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import urllib3
from django.contrib.auth.models import User
from rest_framework.authtoken.models import Token
from urllib3.filepost import encode_multipart_formdata

from benchmarks.files import CHANGED_EVERY, DEFECT_EVERY, Recipe
from bulk_upload.models import BulkUpload
from catalog.models import Product
from catalog.sheets.products import PRODUCTS

# Seconds between two looks at the status of a small file, which is worth watching closely. Of others as many as
# the answer's `Retry-After` says.
SHORT_PAUSE: Final = 0.01
SMALL: Final = 1_000
PATIENCE: Final = 1_800
SAMPLE: Final = 50


@dataclass(frozen=True)
class Job:
    """One upload, from POST to completed. `seen` is when the client saw the end, `seconds` when it was written."""

    upload: BulkUpload
    seconds: float
    seen: float
    accepted: float
    importing: float


class Client:
    """A user who may act for every supplier."""

    def __init__(self) -> None:
        user = User.objects.filter(username="bench").first() or User.objects.create_superuser("bench")
        token = Token.objects.get_or_create(user=user)[0]
        self._headers = {"Authorization": f"Token {token.key}"}
        self._address = f"http://127.0.0.1:{os.environ['BENCH_PORT']}"
        self._http = urllib3.PoolManager(retries=False, timeout=300)

    def send(self, path: Path, *, replace: bool, supplier: str = "PROV001") -> tuple[str, float, float]:
        """POST the file. Gives the task's id, when the request began, and when it was answered."""
        body, kind = encode_multipart_formdata({"file": (path.name, path.read_bytes())})
        query = f"proveedor_id={supplier}&reemplazar_duplicados={str(replace).lower()}"
        url = f"{self._address}/api/v1/catalog/items/bulk-upload?{query}"
        began = time.time()
        answer = self._http.request("POST", url, body=body, headers={**self._headers, "Content-Type": kind})
        if answer.status != 202:
            raise AssertionError(f"{path.name} was answered with {answer.status}: {answer.data[:500]!r}")
        return str(answer.json()["task_id"]), began, time.time()

    def run(self, path: Path, rows: int, *, replace: bool) -> Job:
        """Send the file and wait until it is completed."""
        task, began, accepted = self.send(path, replace=replace)
        self.wait(task, SHORT_PAUSE if rows <= SMALL else None)
        seen = time.time()
        upload = BulkUpload.objects.get(pk=task)
        assert upload.completed_at, upload.started_at  # noqa: S101
        ended = upload.completed_at.timestamp()
        started = upload.started_at.timestamp() if upload.started_at else ended
        return Job(upload, ended - began, seen - began, accepted - began, ended - started)

    def wait(self, task: str, pause: float | None = None) -> None:
        """Until the status says that the upload is completed. Raises when it is not to be."""
        url = f"{self._address}/api/catalog/bulk-upload/status/{task}"
        deadline = time.monotonic() + PATIENCE
        while True:
            answer = self._http.request("GET", url, headers=self._headers)
            status = answer.json()["status"]
            if status == "completed":
                return
            if status not in ("pending", "processing") or time.monotonic() > deadline:
                raise AssertionError(f"The upload is {status}")
            time.sleep(float(answer.headers["Retry-After"]) if pause is None else pause)

    def corrections(self, task: str) -> int:
        """Ask for the rows to correct until they are ready, and take them away. Gives the file's size in bytes."""
        url = f"{self._address}/api/v1/catalog/bulk-upload/{task}/corrections"
        while (answer := self._http.request("GET", url, headers=self._headers)).status == 202:
            time.sleep(float(answer.headers["Retry-After"]))
        if answer.status != 200:
            raise AssertionError(f"The rows to correct were answered with {answer.status}: {answer.data[:500]!r}")
        return len(answer.data)


def expected(recipe: Recipe, *, again: bool) -> dict[str, int]:
    """The counts that an import must end with; `again`: after the fresh file of the same rows."""
    changed = sum(n % CHANGED_EVERY == 0 for n in recipe.numbers) if recipe.variant == "changed" else 0
    good = recipe.rows - recipe.defects
    if again:
        return {"creados": 0, "actualizados": changed, "sin_cambios": good - changed, "rechazados": recipe.defects}
    return {"creados": good, "actualizados": 0, "sin_cambios": 0, "rechazados": recipe.defects}


def check(recipe: Recipe, upload: BulkUpload, *, again: bool) -> None:
    """Raises unless counts, accounting and a sample of values are exactly as they must be."""
    wanted = expected(recipe, again=again)
    found = {name: getattr(upload, name) for name in wanted}
    if found != wanted or upload.total != recipe.rows or upload.sin_procesar:
        raise AssertionError(f"{recipe.name}: {found} instead of {wanted}")
    check_products(recipe)


def check_products(recipe: Recipe) -> None:
    """The number of products, and a sample of them value by value."""
    if Product.objects.count() != recipe.rows - recipe.defects:
        raise AssertionError(f"{recipe.name}: {Product.objects.count()} products")
    numbers = [n for n in recipe.numbers if not (recipe.variant == "defects" and n % DEFECT_EVERY == 0)]
    sample = {recipe.values(n)[0]: recipe.values(n) for n in numbers[:: max(1, len(numbers) // SAMPLE)]}
    fields = ["categoria_id" if name == "categoria" else name for name in PRODUCTS.names]
    products: dict[str, list[Any]] = {
        row[0]: list(row) for row in Product.objects.filter(id__in=sample).values_list(*fields)
    }
    for key, wanted in sample.items():
        if products.get(key) != wanted:
            raise AssertionError(f"{recipe.name}: {products.get(key)} instead of {wanted}")
