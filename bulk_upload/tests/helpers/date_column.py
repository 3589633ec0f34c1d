"""A sheet of nothing but dates, and one of products with a date."""

from __future__ import annotations

import datetime

from bulk_upload.sheet.bilingual_text import Text
from bulk_upload.sheet.columns import DateColumn
from bulk_upload.sheet.declaration import Sheet

EARLIEST = datetime.date(2020, 1, 1)
LATEST = datetime.date(2060, 12, 31)
DATE = DateColumn(
    "fecha_vencimiento",
    rule=Text("Día en que vence.", "Day on which it expires."),
    example="2027-03-31",
    earliest=EARLIEST,
    latest=LATEST,
)
DATES = Sheet(
    "fechas", __name__, title=Text("Fechas", "Dates"), row_title=Text("fecha", "date"), columns=[DATE], key=[DATE.name]
)
