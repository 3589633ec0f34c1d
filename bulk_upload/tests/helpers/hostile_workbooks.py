"""Workbooks whose parts were written by hand, to attack the reader or just to look like it."""

from __future__ import annotations

import zipfile
from pathlib import Path

from bulk_upload.tests.awkward import raw_workbook as raw
from bulk_upload.tests.awkward.make_awkward import HEADER, product

START = raw.SHEET_START + raw.inline_row(1, HEADER) + raw.inline_row(2, map(str, product()))


def workbook(folder: Path, sheet_data: str, **others: str) -> Path:
    return raw.save(folder / "productos.xlsx", raw.parts(START + sheet_data + raw.SHEET_END, **others))


def stuffed(path: Path, part: str, megabytes: int, start: bytes = b"", filling: bytes = b"A", end: bytes = b"") -> Path:
    """A good workbook in which `part` was replaced by megabytes of the same letter."""
    content = {name: text for name, text in raw.parts(START + raw.SHEET_END).items() if name != part}
    raw.save(path, content)
    with (
        zipfile.ZipFile(path, "a", zipfile.ZIP_DEFLATED, compresslevel=1) as archive,
        archive.open(part, "w") as stream,
    ):
        stream.write(start)
        for _ in range(megabytes):
            stream.write(filling * (1024 * 1024 // len(filling)))
        stream.write(end)
    return path
