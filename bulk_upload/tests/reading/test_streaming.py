"""A workbook is given out while it is still being read: what that may not change."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from bulk_upload.checking.tables import Batch, ColumnTable, Limits
from bulk_upload.reading.child import sheet_rows, sheet_xml
from bulk_upload.reading.child.workbook import open_workbook
from bulk_upload.sheet.cells import ErrorCell, UnreadCell
from bulk_upload.sheet.problems import FileProblem
from bulk_upload.tests.awkward import raw_workbook as raw
from bulk_upload.tests.awkward.building import HIDDEN, PADDED, Xml, book, number, row
from bulk_upload.tests.awkward.make_awkward import HEADER, product
from catalog.sheets.products import PRODUCTS

ROWS = 600


@pytest.fixture(autouse=True)
def _small_pieces(monkeypatch):
    """So that a sheet of some hundred rows is looked at and given out in many parts."""
    monkeypatch.setattr(sheet_xml, "_BLOCK", 4096)
    monkeypatch.setattr(sheet_xml, "_HEAD", 4096)
    monkeypatch.setattr(sheet_rows, "_MOST_ROWS", 8)


def lines(**others: str) -> list[str]:
    """Rows 1 to `ROWS`, of which some are `others`: ``r300=…``."""
    rows = {f"r{n}": line(n) for n in range(2, ROWS + 1)}
    return [raw.inline_row(1, HEADER), *{**rows, **others}.values()]


def line(at: int, **changes: str | Xml) -> str:
    cells = product(**{"id": f"P{at}", "codigo": f"C{at}", **changes})
    return row(at, [cell if isinstance(cell, Xml) else str(cell) for cell in cells])


@contextmanager
def opened(folder: Path, *rows: str) -> Iterator[ColumnTable]:
    with open_workbook(raw.save(folder / "a.xlsx", book(*rows)), PRODUCTS, Limits()) as table:
        yield table


def taken(folder: Path, *rows: str) -> tuple[str, list[int]]:
    """As what the file is refused, and the rows that came before."""
    found: list[int] = []
    with opened(folder, *rows) as table:
        try:
            for batch in table.batches:
                found += batch.numbers
        except FileProblem as problem:
            return problem.code, found
        except Exception as error:  # noqa: BLE001  # of a library: the child dies of it, and the file is damaged
            return type(error).__name__, found
    return "", found


def numbers(batches: Iterator[Batch]) -> list[int]:
    return [n for batch in batches for n in batch.numbers]


def test_every_row_comes_once_in_order(tmp_path):
    with opened(tmp_path, *lines()) as table:
        assert table.total == ROWS - 1
        assert numbers(table.batches) == list(range(2, ROWS + 1))


def test_rows_come_before_the_end_has_been_read(tmp_path):
    broken = '<row r="601"><c r="A601" t="inlineStr"><is><t>P</x></is></c></row>'
    code, found = taken(tmp_path, *lines(), broken)
    assert code == "damaged_file"
    assert len(found) > ROWS // 2
    assert found == list(range(2, len(found) + 2))


def test_rows_that_look_blank_are_counted_until_they_were_read(tmp_path):
    blank = row(300, [" "] * 13)
    with opened(tmp_path, *lines(r300=blank)) as table:
        assert table.total == ROWS - 1
        assert numbers(table.batches) == [n for n in range(2, ROWS + 1) if n != 300]


def test_a_sheet_of_blank_rows_is_empty(tmp_path):
    with (
        opened(tmp_path, raw.inline_row(1, HEADER), row(2, [" "] * 13)) as table,
        pytest.raises(FileProblem) as problem,
    ):
        list(table.batches)
    assert problem.value.code == "empty_file"


def test_of_a_cell_that_is_there_twice_no_value_is_given_out(tmp_path):
    twice = line(400).replace("</row>", '<c r="A400" t="inlineStr"><is><t>OTRO</t></is></c></row>')
    code, found = taken(tmp_path, *lines(r400=twice))
    assert code == "damaged_file"
    assert 2 in found
    assert 400 not in found


@pytest.mark.parametrize(("style", "shown"), [(PADDED, "00007"), (HIDDEN, UnreadCell("hidden_by_format", "7"))])
def test_a_number_far_below_is_read_as_its_format_shows_it(tmp_path, style, shown):
    padded = line(500, codigo=number(7, style))
    place = HEADER.index("codigo")
    with opened(tmp_path, *lines(r500=padded)) as table:
        found = {n: batch.columns[place][at] for batch in table.batches for at, n in enumerate(batch.numbers)}
    assert list(found) == list(range(2, ROWS + 1))
    assert (found[499], found[500], found[501]) == ("C499", shown, "C501")


def test_what_the_library_cannot_read_far_below_is_read_of_a_repaired_copy(tmp_path):
    place = HEADER.index("presentacion")
    spilt = line(500, presentacion=Xml('<c r="{at}" t="e"><v>#SPILL!</v></c>'))
    with opened(tmp_path, *lines(r500=spilt)) as table:
        found = {n: batch.columns[place][at] for batch in table.batches for at, n in enumerate(batch.numbers)}
    assert list(found) == list(range(2, ROWS + 1))
    assert found[500] == ErrorCell("#SPILL!")


def test_a_formula_without_a_result_far_below_is_told_from_a_blank(tmp_path):
    place = HEADER.index("presentacion")
    formula = line(500, presentacion=Xml('<c r="{at}"><f>A1</f></c>'))
    with opened(tmp_path, *lines(r500=formula)) as table:
        found = {n: batch.columns[place][at] for batch in table.batches for at, n in enumerate(batch.numbers)}
    assert list(found) == list(range(2, ROWS + 1))
    assert found[500] == UnreadCell("formula_without_result", "")


@pytest.mark.parametrize(("kind", "value"), [("e", ErrorCell("#N/A")), ("str", "#N/A")])
def test_an_error_far_below_is_told_from_a_text(tmp_path, kind, value):
    place = HEADER.index("presentacion")
    error = line(500, presentacion=Xml(f'<c r="{{at}}" t="{kind}"><v>#N/A</v></c>'))
    with opened(tmp_path, *lines(r500=error)) as table:
        found = {n: batch.columns[place][at] for batch in table.batches for at, n in enumerate(batch.numbers)}
    assert found[500] == value
