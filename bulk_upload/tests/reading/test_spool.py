"""The rows of a sheet on their way through a file: the same that went in, and a full disk is told apart."""

from __future__ import annotations

import tempfile

import pytest

from bulk_upload.checking.chunks import CheckingFault
from bulk_upload.checking.tables import Batch
from bulk_upload.reading.child import spool
from bulk_upload.reading.child.spool import Spool


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """The folder for temporary files."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    return tmp_path


@pytest.mark.parametrize("in_memory", [10, 10_000])
def test_batches_come_back_in_order(folder, monkeypatch, in_memory):
    monkeypatch.setattr(spool, "_IN_MEMORY", in_memory)
    batches = [Batch([n, n + 1], [("a", 1.0), ("", None)]) for n in range(2, 200, 2)]
    with Spool() as rows:
        for batch in batches:
            rows.add(batch)
        assert list(rows.batches()) == batches
    assert not list(folder.iterdir())


def full(*_):
    raise OSError(28, "No space left on device")


def test_a_full_disk_is_no_fault_of_the_file(monkeypatch):
    with Spool() as rows:
        monkeypatch.setattr(rows._file, "write", full)
        with pytest.raises(CheckingFault):
            rows.add(Batch([2], [("x",)]))
        monkeypatch.setattr(rows._file, "seek", full)
        with pytest.raises(CheckingFault):
            next(rows.batches())
