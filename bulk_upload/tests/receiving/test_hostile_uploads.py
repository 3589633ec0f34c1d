"""A hostile file ends as a failed task with a sentence, and the worker goes on with the next message."""

from __future__ import annotations

import time

import pytest

from bulk_upload.tests.helpers import hostile_workbooks as hostile
from bulk_upload.tests.helpers.rows import csv_bytes, row

pytestmark = pytest.mark.django_db

CORNER = '<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'


def corners(folder):
    return hostile.workbook(folder, CORNER).read_bytes(), "a.xlsx"


def shared_text(folder):
    return hostile.stuffed(folder / "a.xlsx", "xl/sharedStrings.xml", 512).read_bytes(), "a.xlsx"


def truncated(folder):
    content, name = corners(folder)
    return content[: len(content) // 2], name


def nul_bytes(folder):
    return csv_bytes([row(n) for n in range(200)]) + b"\x00" * 10, "a.csv"


def long_line(folder):
    return csv_bytes([row(1)]) + b"x" * (50 * 1024 * 1024), "a.csv"


@pytest.mark.parametrize(
    ("make", "code"),
    [
        (corners, "too_many_columns"),
        (shared_text, "suspicious_zip"),
        (truncated, "damaged_file"),
        (nul_bytes, "nul_bytes"),
        (long_line, "line_too_long"),
    ],
)
def test_a_hostile_file_fails_in_words_and_the_next_one_is_imported(accept, worker, tmp_path, make, code):
    bad = accept(*make(tmp_path))
    good = accept(csv_bytes([row(1)]))
    began = time.monotonic()
    worker.step()
    assert time.monotonic() - began < 10
    worker.step()
    bad.refresh_from_db()
    good.refresh_from_db()
    assert (bad.status, bad.error_code, bad.exitosos) == ("failed", code, 0)
    assert (good.status, good.exitosos) == ("completed", 1)
