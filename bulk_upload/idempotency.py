"""The same upload, sent again: by a client that got no answer, or a person who clicked twice.

The database decides, by two unique constraints, so it holds when two requests come at once and when
the cache is lost. An upload is the same when supplier, content and options are.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from django.utils.translation import gettext as _

from bulk_upload.models import BulkUpload, Operation

KEY: Final = re.compile(r"[\x21-\x7e]{1,255}", re.ASCII)


class KeyReused(Exception):
    """The key names an earlier upload of another content, supplier or option."""


@dataclass(frozen=True, slots=True)
class UploadIdentity:
    """What makes an upload the same as another; `key` is ``""`` when the client gave none."""

    user_id: int | None
    owner: str | None
    sheet_name: str
    sha256: str
    reemplazar_duplicados: bool
    operation: Operation
    key: str
    mapping_fingerprint: str = ""

    def is_content_of(self, upload: BulkUpload) -> bool:
        options = (self.reemplazar_duplicados, self.mapping_fingerprint, self.operation)
        return (self.owner, self.sheet_name, self.sha256, *options) == (
            upload.proveedor_id,
            upload.sheet_name,
            upload.sha256,
            upload.reemplazar_duplicados,
            upload.mapping_fingerprint,
            # The guard has made a plan of it.
            Operation.IMPORT if upload.guard else upload.operation,
        )


def earlier(identity: UploadIdentity) -> BulkUpload | None:
    """The upload that `sent` repeats, marked as `repeated`, or `None`. Raises `KeyReused`."""
    if identity.key:
        upload = BulkUpload.objects.filter(created_by=identity.user_id, idempotency_key=identity.key).first()
        if upload is not None and not identity.is_content_of(upload):
            raise KeyReused
    else:
        same = BulkUpload.objects.unfinished().filter(
            proveedor=identity.owner,
            sheet_name=identity.sheet_name,
            sha256=identity.sha256,
            reemplazar_duplicados=identity.reemplazar_duplicados,
            operation=identity.operation,
            mapping_fingerprint=identity.mapping_fingerprint,
        )
        upload = same.order_by("number").first()
    if upload is not None:
        upload.repeated = True
    return upload


def clean_key(header: str) -> str | None:
    """The header ``Idempotency-Key`` without its optional quotes; `None` when it is none that we take."""
    key = header.strip()
    if len(key) > 1 and key[0] == key[-1] == '"':
        key = key[1:-1]
    return key if KEY.fullmatch(key) else None


def key_reused_sentence() -> str:
    return _("Esta Idempotency-Key ya se usó con otro archivo u otras opciones: use una clave nueva.")
