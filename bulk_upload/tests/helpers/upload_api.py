"""What tests of uploads through the API send, and how they look at a refusal."""

from __future__ import annotations

from typing import Any

from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile

from bulk_upload.tests.helpers.rows import csv_bytes, row

URL = "/api/v1/catalog/items/bulk-upload"


def a_file(name: str = "productos.csv", content: bytes | None = None) -> SimpleUploadedFile:
    return SimpleUploadedFile(name, csv_bytes([row(1)]) if content is None else content)


def stored() -> set[str]:
    """The keys in the bucket."""
    return {item.key for item in default_storage.bucket.objects.all()}


def refused(answer: Any, status: int, code: str) -> None:
    """The answer is a refusal in the API's one shape."""
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert set(answer.json()) == {"code", "message", "errors"}
    assert answer.json()["message"]
