"""Columns that have values but no header are a warning, in a CSV and in a workbook."""

from __future__ import annotations

import openpyxl
import pytest

from bulk_upload.models import BulkUpload
from bulk_upload.tests.awkward.make_awkward import AWKWARD_ROWS, HEADER
from bulk_upload.tests.awkward.reading import read
from bulk_upload.tests.helpers.csv_files import LINE
from bulk_upload.tests.helpers.row_errors import warnings


def unnamed(path):
    return [warning.params["letra"] for warning in read(path).table.warnings if warning.codigo == "unnamed_column"]


def workbook(path, *rows):
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    book.save(path)
    return path


def test_a_workbooks_column_without_a_header_is_named_by_its_letter(tmp_path):
    path = workbook(
        tmp_path / "a.xlsx", [*HEADER, None, "Color"], [*AWKWARD_ROWS[0], "x", "azul", "y"], AWKWARD_ROWS[1]
    )
    assert unnamed(path) == ["N", "P"]


def test_a_column_before_the_first_header_is_named_too(tmp_path):
    path = workbook(tmp_path / "a.xlsx", [None, *HEADER], [1, *AWKWARD_ROWS[0]], [2, *AWKWARD_ROWS[1]])
    assert unnamed(path) == ["A"]


def test_an_empty_column_is_not_mentioned(tmp_path):
    path = workbook(tmp_path / "a.xlsx", [None, *HEADER, None], [" ", *AWKWARD_ROWS[0], "\u00a0"])
    assert unnamed(path) == []


def test_a_csv_column_without_a_header_is_named_and_cells_beyond_the_header_are_not(tmp_path):
    path = tmp_path / "a.csv"
    path.write_text(",".join([*HEADER, "", ""]) + f"\n{LINE},x,,de más\n", "utf-8")
    assert unnamed(path) == ["N"]


@pytest.mark.django_db
def test_the_warning_is_part_of_the_result(accept, worker):
    content = ",".join([*HEADER, ""]) + f"\n{LINE.replace('–', '-')},x\n"
    upload = accept(content.encode("cp1252"))
    worker.step()
    upload = BulkUpload.objects.get(pk=upload.pk)
    assert upload.status == "completed"
    assert {(fila, code) for fila, _, code in warnings(upload) if fila == 0} >= {
        (0, "guessed_encoding"),
        (0, "unnamed_column"),
    }
