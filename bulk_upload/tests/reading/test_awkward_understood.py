"""Files whose columns a person explains, or that two rows name, come out as that person expects.

`awkward/make_awkward_understood.py` made them and says what.
"""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from bulk_upload.checking.tables import Limits
from bulk_upload.importing.import_table import import_table
from bulk_upload.models import BulkUpload
from bulk_upload.reading.files import only_reader
from bulk_upload.receiving.file_formats import format_of, format_of_name
from bulk_upload.sheet.mapping import SheetMapping
from bulk_upload.tests.awkward.make_awkward_understood import CASES, FOLDER
from bulk_upload.tests.helpers.catalogues import check
from catalog.sheets.products import PRODUCTS


def test_the_folder_holds_every_case_and_is_small():
    assert {path.name for path in FOLDER.iterdir()} == set(CASES)
    assert sum(path.stat().st_size for path in FOLDER.iterdir()) < 250_000


@pytest.mark.django_db
@pytest.mark.parametrize("name", CASES)
def test_the_catalogue_is_what_a_careful_person_expects(name, supplier):
    case, path = CASES[name], FOLDER / name
    file_format = format_of(SimpleUploadedFile(name, path.read_bytes()), format_of_name(name))
    upload = BulkUpload.objects.create(proveedor=supplier, filename=name, file_format=file_format, s3_key="k", size=1)
    claimed = BulkUpload.objects.claim(upload.pk, timedelta(hours=1))
    with only_reader(Limits()) as reader:
        mapping = SheetMapping.of(dict(case.mapping))
        table = reader.checked(path, file_format, PRODUCTS, next_row=0, chunk_rows=100, mapping=mapping)
        import_table(claimed, table, after_chunk=lambda: None)
    claimed.complete()
    check(claimed, case)
