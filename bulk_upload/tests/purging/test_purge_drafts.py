"""A file that nobody imported after looking at it is removed by its age; one that is started keeps its file."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from bulk_upload import storage
from bulk_upload.drafts.accept import accept_draft
from bulk_upload.drafts.start import DraftGone, start_draft
from bulk_upload.models import UploadDraft
from bulk_upload.sheet.mapping import NO_MAPPING
from bulk_upload.tests.helpers.purging import purge
from bulk_upload.tests.helpers.rows import csv_bytes, row
from bulk_upload.tests.helpers.upload_api import a_file
from catalog.sheets.products import PRODUCTS

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("aws")]


@pytest.fixture
def draft(supplier, user):
    def sent(number, hours):
        found = accept_draft(
            file=a_file(content=csv_bytes([row(number)])),
            sheet=PRODUCTS,
            owner=supplier,
            user=user,
            reemplazar_duplicados=False,
        )
        UploadDraft.objects.filter(pk=found.pk).update(created_at=timezone.now() - timedelta(hours=hours))
        return found

    return sent


def start(draft, user):
    return start_draft(draft, user, mapping=NO_MAPPING, reemplazar_duplicados=False, solo_validar=False)


def test_old_drafts_go_with_their_files(draft, user):
    old, young, started = draft(1, 25), draft(2, 23), draft(3, 25)
    upload = start(started, user)
    said = purge("--dry-run")["archivos por revisar"]
    assert said == (1, old.size)
    assert purge()["archivos por revisar"] == said
    assert list(UploadDraft.objects.all()) == [young]
    assert [storage.is_missing(each.s3_key) for each in (old, young, upload)] == [True, False, False]
    with pytest.raises(DraftGone):
        start(old, user)
