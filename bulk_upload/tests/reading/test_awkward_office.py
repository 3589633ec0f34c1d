"""What offices send comes out as a careful person expects. `awkward/make_awkward_office.py` made it and says what."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from bulk_upload.models import BulkUpload
from bulk_upload.receiving.file_formats import format_of, format_of_name
from bulk_upload.receiving.refusals import RefusedUpload
from bulk_upload.sheet.problems import FileProblem
from bulk_upload.tests.awkward.make_awkward_office import CASES, FOLDER
from bulk_upload.tests.helpers.catalogues import check, imported
from catalog.models import Product


def test_the_folder_holds_every_case_and_is_small():
    assert {path.name for path in FOLDER.iterdir()} == set(CASES)
    assert len(CASES) >= 30
    assert sum(path.stat().st_size for path in FOLDER.iterdir()) < 400_000


def run(path: Path, supplier: Any) -> BulkUpload:
    file = SimpleUploadedFile(path.name, path.read_bytes())
    return imported(path, format_of(file, format_of_name(path.name)), supplier)


@pytest.mark.django_db
@pytest.mark.parametrize("name", CASES)
def test_the_catalogue_is_what_a_careful_person_expects(name, supplier):
    case, path = CASES[name], FOLDER / name
    if case.problem:
        with pytest.raises((FileProblem, RefusedUpload)) as problem:
            run(path, supplier)
        assert problem.value.code == case.problem
        assert {key: problem.value.params[key] for key in case.params} == case.params
        assert not Product.objects.exists()
    else:
        check(run(path, supplier), case)
