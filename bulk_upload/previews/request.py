"""How a stored file is understood: asked for by the web, made by a worker.

The question goes through a list in Redis, the answer through the cache. Both may be lost at any moment: who still
waits asks again. An answer is found by what it depends on, so that asking twice costs nothing.
"""

from __future__ import annotations

import hashlib
import time
import uuid
from typing import Any, Final, Literal

import msgspec

from bulk_upload.mappings import remembered
from bulk_upload.models import BulkUpload, UploadDraft
from bulk_upload.sheet.bilingual_text import Params
from bulk_upload.sheet.mapping import SheetMapping
from bulk_upload.sheet.preview import SheetPreview
from medisupply.backends import shared_cache

# The list of questions.
LIST: Final = "preview-requests"
# Questions that wait, at most, and seconds after which nobody waits for one.
LONGEST: Final = 500
PATIENCE_SECONDS: Final = 30
# Seconds after which the same question is asked again.
AGAIN_SECONDS: Final = 5
# Seconds for which an answer is kept, and one that says that a service is away.
KEPT_SECONDS: Final = 6 * 3600
FAULT_SECONDS: Final = 5
# Codes of an answer without a preview that are no fault of the file's content.
STORAGE_CODE: Final = "storage_unavailable"
GONE_CODE: Final = "file_missing"
# Of a file that takes too long to be looked at.
TOO_BIG: Final = "too_big_to_read"

Original = UploadDraft | BulkUpload


class PreviewsAway(Exception):
    """There is no Redis now, through which previews are asked for."""


class PreviewAnswer(msgspec.Struct, frozen=True):
    """A `preview`, or the `code` and `params` of the problem for which there is none.

    `mapping` is the wire form of the one that was used, `remembered` the name of the remembered one that it is.
    """

    mapping: dict[str, Any]
    preview: SheetPreview | None = None
    code: str = ""
    params: Params = {}
    remembered: str = ""

    @property
    def may_be_imported(self) -> bool:
        """Whether the import may read what could not be shown: it has more time."""
        return self.preview is not None or self.code == TOO_BIG


class PreviewRequest(msgspec.Struct, frozen=True):
    """A question: which file, and which mapping; without one a remembered mapping is used, if there is one."""

    key: str
    kind: Literal["draft", "upload"]
    original: uuid.UUID
    mapping: dict[str, Any] | None
    asked_at: float

    @property
    def is_stale(self) -> bool:
        return time.time() - self.asked_at > PATIENCE_SECONDS


def preview_of(original: Original, mapping: SheetMapping | None) -> PreviewAnswer | None:
    """How the file is understood; `None` while a worker finds it out. Raises `PreviewsAway`."""
    request = request_for(original, mapping)
    if answer := kept(request):
        return answer
    asks = shared_cache.add(f"{request.key}:asked", AGAIN_SECONDS)
    if asks is None or (asks and not ask(request)):
        raise PreviewsAway
    return None


def next_request(wait_seconds: float) -> PreviewRequest | None:
    """A question that somebody waits for; `None` when none comes in time."""
    try:
        request = msgspec.convert(shared_cache.pop(LIST, wait_seconds), PreviewRequest | None)
    except msgspec.ValidationError:  # of another release
        return None
    return None if request is None or request.is_stale else request


def kept(request: PreviewRequest) -> PreviewAnswer | None:
    """The answer, when it is there."""
    try:
        return msgspec.convert(shared_cache.read([request.key]).get(request.key), PreviewAnswer | None)
    except msgspec.ValidationError:
        return None


def keep(request: PreviewRequest, answer: PreviewAnswer, seconds: int = KEPT_SECONDS) -> None:
    shared_cache.write(request.key, msgspec.to_builtins(answer), seconds)


def request_for(original: Original, mapping: SheetMapping | None) -> PreviewRequest:
    """The question about a file, named by all that its answer depends on."""
    wire = None if mapping is None else mapping.wire()
    about: list[Any] = [original.s3_key, original.sha256, original.sheet_name, wire]
    if mapping is None:
        about.append(remembered.version(original))
    digest = hashlib.sha256(msgspec.json.encode(about, order="deterministic")).hexdigest()
    kind: Literal["draft", "upload"] = "draft" if isinstance(original, UploadDraft) else "upload"
    return PreviewRequest(f"preview:{digest}", kind, original.pk, wire, time.time())


def ask(request: PreviewRequest) -> bool:
    """Put the question to the workers; `False` when there is no Redis."""
    plain: dict[str, Any] = msgspec.to_builtins(request)
    return shared_cache.push(LIST, plain, longest=LONGEST, seconds=2 * PATIENCE_SECONDS)
