"""The preview of a CSV."""

from __future__ import annotations

from itertools import islice, zip_longest
from pathlib import Path

from bulk_upload.checking.tables import Batch, Limits
from bulk_upload.reading.child.csv_file import SHEET, Source, dialect_of, guessed_encoding, head_of, records
from bulk_upload.reading.child.csv_text import ENCODING_NAMES, detect_encoding, is_guessed
from bulk_upload.reading.child.likely_header import likely_header
from bulk_upload.reading.child.previewing import PREVIEW_ROWS, FirstRows, Understood, assigned, preview
from bulk_upload.sheet.cells import Row
from bulk_upload.sheet.declaration import Sheet
from bulk_upload.sheet.header_rows import find_header
from bulk_upload.sheet.headers import no_header
from bulk_upload.sheet.mapping import SheetMapping
from bulk_upload.sheet.preview import SheetPreview
from bulk_upload.sheet.problems import FileProblem


def preview_csv(path: Path, kind: Sheet, limits: Limits, mapping: SheetMapping) -> SheetPreview:
    """Raises `FileProblem` for a file that cannot be read; what stands lower down is not looked at."""
    with path.open("rb") as file:
        encoding = detect_encoding(file)
        source = Source(file, encoding, dialect_of(file, encoding, kind, mapping), limits)
        head: list[Row] = [(number, list(cells)) for number, cells in head_of(source, mapping)]
        if not head:
            raise FileProblem("empty_file")
        known = find_header(head, kind, mapping)
        header = known or likely_header(head, mapping)
        if header is None:
            raise FileProblem("mapping_row_missing", hoja=SHEET, fila=mapping.fila_encabezado)
        found = assigned(kind, header, mapping, SHEET)
        most = len(head) + PREVIEW_ROWS
        first = list(islice(records(source, len(found.texts)), most))
        rows = [row for row in first if row[0] > header.row]
        understood = Understood(
            SHEET,
            header,
            head,
            encoding=ENCODING_NAMES[encoding],
            delimiter=source.dialect.delimiter,
            warnings=[guessed_encoding(source, header.row)] if is_guessed(encoding) else [],
            problem=None if known else no_header(kind, head[0][1]),
        )
        numbers = [number for number, _ in rows]
        batch = Batch(numbers, list(zip_longest(*(cells for _, cells in rows))))
        return preview(kind, mapping, understood, found, FirstRows(batch, len(first) < most))
