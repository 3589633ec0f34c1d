"""Files of every kind go the whole way: accepted, imported, downloaded again, and their rejected rows to correct."""

from __future__ import annotations

import io

import pytest
from openpyxl import load_workbook

from bulk_upload.models import FileFormat
from bulk_upload.tests.awkward.make_awkward_office import FOLDER
from bulk_upload.tests.awkward.office import as_zip
from bulk_upload.workbooks import downloads

pytestmark = pytest.mark.django_db
CONTENT = {name: (FOLDER / name).read_bytes() for name in ("codes.xls", "codes.ods", "codes.xlsb")}


@pytest.mark.parametrize("name", [*CONTENT, "codes.zip"])
def test_a_file_is_imported_given_back_and_corrected(accept, worker, corrections, name):
    content = CONTENT.get(name) or as_zip(("codes.xls", CONTENT["codes.xls"]))
    upload = accept(content, name)
    worker.step()
    upload.refresh_from_db()
    assert (upload.status, upload.exitosos, upload.rechazados) == ("completed", 4, 2)
    original = downloads.original(upload)
    assert original.content_type == FileFormat(name.rpartition(".")[2]).content_type
    assert b"".join(original.content) == content
    lines = list(load_workbook(io.BytesIO(corrections(upload))).worksheets[0].iter_rows(min_row=2, values_only=True))
    assert [(line[0], line[-2]) for line in lines] == [("D", 5), ("F", 7)]


def test_every_format_has_a_type_of_its_own():
    assert len({each.content_type for each in FileFormat}) == len(FileFormat)
