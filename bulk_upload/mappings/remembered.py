"""Remember a mapping, and find the one for a file.

Where a header is looked for depends on the mapping itself (its worksheet, its row), so a file is looked at once for
each place that the owner's mappings name: mostly one.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import PurePath
from typing import Any, Final

from django.db import IntegrityError, transaction
from structlog.stdlib import get_logger

from bulk_upload.imports import registry
from bulk_upload.mappings.signature import headers_of, signature_of
from bulk_upload.models import BulkUpload, RememberedMapping, UploadDraft
from bulk_upload.models.remembered_mapping import LONGEST_NAME
from bulk_upload.sheet.mapping import SheetMapping
from bulk_upload.sheet.mapping_checks import checked_mapping
from bulk_upload.sheet.preview import SheetPreview
from bulk_upload.sheet.problems import FileProblem, MappingProblem
from medisupply.backends.database import database_now

log = get_logger(__name__)

# Places that are looked at for one file, those of the mappings that were used last.
MOST_PLACES: Final = 5

Place = tuple[str, int]
LookAt = Callable[[SheetMapping], SheetPreview]


def remember(
    draft: UploadDraft, preview: SheetPreview, wire: dict[str, Any], user: Any, name: str = ""
) -> RememberedMapping | None:
    """Remember `wire` for the draft's owner, sheet and header, in place of what was remembered for them.

    `None` when there is nothing to remember, or somebody else remembered one with that name at the same moment.
    """
    signature = signature_of(preview)
    known = RememberedMapping.objects.of(draft.proveedor_id, draft.sheet_name).filter(signature=signature)
    if not signature:
        return None
    if not wire:
        known.delete()  # the headers alone say it
        return None
    fields = {"mapping": wire, "headers": headers_of(preview), "updated_at": database_now()}
    if known.update(**fields, **({"name": name} if name else {})):
        return known.get()
    about = {"proveedor_id": draft.proveedor_id, "sheet_name": draft.sheet_name, "signature": signature}
    try:
        with transaction.atomic():
            return RememberedMapping.objects.create(
                name=name or _free_name(draft), created_by_id=user.pk, **about, **fields
            )
    except IntegrityError as error:
        log.warning("A mapping could not be remembered", error=error)
        return None


def find(owner: str | None, sheet_name: str, look_at: LookAt) -> RememberedMapping | None:
    """The owner's mapping for the file that `look_at` looks at. What `look_at` raises passes through, but no
    `FileProblem`.
    """
    remembered = list(RememberedMapping.objects.of(owner, sheet_name).order_by("-used_at", "-updated_at"))
    by_place: dict[Place, dict[str, RememberedMapping]] = {}
    for each in remembered:
        place = (each.mapping.get("hoja", ""), each.mapping.get("fila_encabezado", 0))
        by_place.setdefault(place, {})[each.signature] = each
    for place in list(by_place)[:MOST_PLACES]:
        worksheet, row = place
        try:
            preview = look_at(SheetMapping(hoja=worksheet, fila_encabezado=row))
        except FileProblem:
            continue
        found = by_place[place].get(signature_of(preview))
        if found and _fits(found):
            return found
    return None


def _fits(found: RememberedMapping) -> bool:
    """Whether the sheet still has the columns that it names."""
    try:
        checked_mapping(found.mapping, registry.get(found.sheet_name).sheet)
    except MappingProblem as problem:
        log.warning("A remembered mapping does not fit its sheet any more", code=problem.code)
        return False
    return True


def mark_used(found: RememberedMapping) -> None:
    RememberedMapping.objects.filter(pk=found.pk).update(used_at=database_now())


def version(original: BulkUpload | UploadDraft) -> str:
    """Changes whenever one of the mappings does that may be for this file."""
    found = RememberedMapping.objects.of(original.proveedor_id, original.sheet_name).order_by("-updated_at")
    newest = found.values_list("updated_at", flat=True).first()
    return f"{newest.isoformat()}-{found.count()}" if newest else ""


def _free_name(draft: UploadDraft) -> str:
    """The name of the file, with a number where it is taken."""
    stem = PurePath(draft.filename).stem[: LONGEST_NAME - 10] or "archivo"
    taken = set(
        RememberedMapping.objects.of(draft.proveedor_id, draft.sheet_name)
        .filter(name__startswith=stem)
        .values_list("name", flat=True)
    )
    numbered = (f"{stem} {number}" for number in range(2, len(taken) + 3))
    return stem if stem not in taken else next(name for name in numbered if name not in taken)
