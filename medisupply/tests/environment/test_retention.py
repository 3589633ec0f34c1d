"""How long things are kept: what belongs to an upload no longer than the upload."""

from __future__ import annotations

import pytest

from medisupply.environment.production import problems_together
from medisupply.environment.retention import BELONGING, days_within

FILES = BELONGING[0]


@pytest.fixture(autouse=True)
def _days(monkeypatch):
    for variable in BELONGING:
        monkeypatch.delenv(variable.name, raising=False)


@pytest.mark.parametrize(("uploads", "days"), [("0", 90), ("730", 90), ("30", 30)])
def test_days_that_are_not_set_fit_into_those_of_the_upload(monkeypatch, uploads, days):
    monkeypatch.setenv("BULK_UPLOAD_KEEP_UPLOADS_DAYS", uploads)
    assert days_within(FILES) == days
    assert not [said for said in problems_together() if "KEEP" in said]


@pytest.mark.parametrize("days", ["731", "0"])
@pytest.mark.parametrize("variable", BELONGING, ids=lambda variable: variable.name)
def test_days_beyond_those_of_the_upload_are_refused_by_name(monkeypatch, variable, days):
    monkeypatch.setenv("BULK_UPLOAD_KEEP_UPLOADS_DAYS", "730")
    monkeypatch.setenv(variable.name, days)
    (said,) = [said for said in problems_together() if "KEEP" in said]
    assert f"{variable.name}={days} cannot be used: it must be a whole number from 1 to 730" in said


def test_for_ever_is_as_long_as_for_ever(monkeypatch):
    monkeypatch.setenv("BULK_UPLOAD_KEEP_UPLOADS_DAYS", "0")
    monkeypatch.setenv(FILES.name, "0")
    assert days_within(FILES) == 0
    assert not [said for said in problems_together() if "KEEP" in said]


def test_drafts_go_before_the_bucket_removes_their_files(monkeypatch):
    monkeypatch.setenv(FILES.name, "3")
    for days, is_refused in (("3", False), ("4", True)):
        monkeypatch.setenv("BULK_UPLOAD_KEEP_DRAFTS_DAYS", days)
        said = [said for said in problems_together() if "BULK_UPLOAD_KEEP_DRAFTS_DAYS=4" in said]
        assert bool(said) == is_refused
