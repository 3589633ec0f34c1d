"""A mistake in the declaration of a sheet is named at start, with an id and a hint."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import User

from bulk_upload import declaration_checks
from bulk_upload.imports import Reference, SheetImport, registry
from bulk_upload.sheet.bilingual_text import Text
from bulk_upload.sheet.columns import CodeColumn
from bulk_upload.sheet.declaration import Sheet
from catalog.models import Category, Product, StockLot

TITLE = Text("Cosas", "Things")


def sheet_of(*columns: str, name: str = "cosas") -> Sheet:
    declared = [CodeColumn(column, 20, rule=Text("Una cosa.", "A thing."), example="X") for column in columns]
    return Sheet(name, __name__, title=TITLE, row_title=TITLE, columns=declared, key=columns[:1])


@pytest.fixture(autouse=True)
def _registry(monkeypatch):
    monkeypatch.setattr(registry, "imports", {})
    monkeypatch.setattr(registry, "repeated", [])


def declare(sheet: Sheet, **attributes) -> None:
    registry.register(sheet)(type("Declared", (SheetImport,), {"model": Product, "key": (), **attributes}))


def found() -> list[str]:
    messages = declaration_checks.check_declared_sheets(None)
    assert all(message.hint for message in messages)
    return [message.id.removeprefix("bulk_upload.") for message in messages]


def test_a_declaration_without_mistakes_is_let_be():
    declare(sheet_of("id", "categoria"), references={"categoria": Reference(Category, by={"categoria": "nombre"})})
    assert found() == []


def test_a_sheet_that_is_declared_twice():
    declare(sheet_of("id"))
    declare(sheet_of("codigo"))
    assert found() == ["E009"]


def test_a_column_without_a_field():
    declare(sheet_of("id", "color"))
    assert found() == ["E010"]


@pytest.mark.parametrize(
    ("field", "reference"),
    [
        ("nombre", Reference(Category, by={"categoria": "nombre"})),
        ("color", Reference(Category, by={"categoria": "nombre"})),
        ("categoria", Reference(Category, by={"categoria": "color"})),
        ("categoria", Reference(Category, by={"categoria": "nombre", "color": "nombre"})),
    ],
)
def test_a_reference_that_leads_nowhere(field, reference):
    declare(sheet_of("id", "categoria"), references={field: reference})
    assert found() == ["E011"]


@pytest.mark.parametrize("place", ["key", "unique"])
def test_a_key_that_the_model_does_not_have(place):
    declare(sheet_of("id"), **{place: ["color"]})
    assert found() == ["E012"]


def test_a_model_that_does_not_keep_who_wrote_a_row():
    declare(sheet_of("username"), model=User)
    assert found() == ["E013"]


@pytest.mark.parametrize(
    "sheet", [sheet_of("id", name="c" * 33), sheet_of("id", "c" * 65)], ids=["name of the sheet", "name of a column"]
)
def test_a_name_that_is_too_long_to_be_kept(sheet):
    declare(sheet)
    assert "E017" in found()


def test_a_code_that_is_too_long_to_be_kept():
    declare(sheet_of("id"), exists="e" * 33)
    assert "E017" in found()


def test_a_key_that_is_too_long_to_be_kept():
    declare(sheet_of("producto"), model=StockLot, key=["producto", "bodega", "lote", "condiciones"])
    assert found() == ["E017"]
