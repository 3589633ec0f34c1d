"""The mapping of a file that came without one: that of the upload whose rows it corrects."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from msgspec.structs import replace

from bulk_upload.models import BulkUpload
from bulk_upload.sheet.headers import HeaderMatch
from bulk_upload.sheet.mapping import NO_MAPPING, SheetMapping
from bulk_upload.sheet.preview import SheetPreview


class FoundHeader(NamedTuple):
    """The header of a file: its row, its texts, and the task id that a corrected-row workbook names."""

    row: int
    texts: Sequence[str]
    corrects: str

    @classmethod
    def of_match(cls, header: HeaderMatch) -> FoundHeader:
        return cls(header.row, header.texts, header.corrects)

    @classmethod
    def of_preview(cls, preview: SheetPreview) -> FoundHeader:
        return cls(preview.header_row, [column.header for column in preview.columns], preview.corrects)


def mapping_for(upload: BulkUpload, header: FoundHeader) -> SheetMapping:
    """The mapping by which the file of `upload` is to be read, which has none of its own."""
    if not header.corrects:
        return NO_MAPPING
    same = {"proveedor_id": upload.proveedor_id, "sheet_name": upload.sheet_name}
    original = BulkUpload.objects.filter(pk=header.corrects, **same).only("mapping").first()
    if original is None or not original.mapping:
        return NO_MAPPING
    # The workbook has one sheet of its own.
    return replace(original.sheet_mapping, hoja="", fila_encabezado=header.row)
