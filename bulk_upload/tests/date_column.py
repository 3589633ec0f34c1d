"""A column of dates as a sheet may have one."""

from __future__ import annotations

import datetime

from bulk_upload.columns import Column
from bulk_upload.date_values import date_parser
from bulk_upload.texts import Text

EARLIEST = datetime.date(2020, 1, 1)
LATEST = datetime.date(2060, 12, 31)
DATE = Column(
    "fecha_vencimiento",
    "date",
    True,
    Text("Día en que vence.", "Day on which it expires."),
    "2027-03-31",
    date_parser(EARLIEST, LATEST),
    earliest=EARLIEST,
    latest=LATEST,
)
