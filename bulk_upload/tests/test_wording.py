"""Problems in words: every code has a title and a text in both languages, those of the apps included."""

from __future__ import annotations

import ast
import string
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext_lazy

from bulk_upload import declaration_checks
from bulk_upload.checking.results import CheckedChunk, Problem
from bulk_upload.imports import SheetImport, registry
from bulk_upload.problem_texts import ENGINE_TEXTS, FILE_TEXTS, ProblemText
from bulk_upload.reading import decoding, protocol
from bulk_upload.sheet.bilingual_text import Text
from bulk_upload.sheet.columns import TextColumn
from bulk_upload.sheet.cross_column_rules import ExactlyOneOf, Finding, Rule
from bulk_upload.sheet.declaration import Sheet
from bulk_upload.sheet.problem_codes import FILE_PROBLEMS, ROW_PROBLEMS, WARNINGS
from bulk_upload.sheet.problems import FileProblem
from bulk_upload.sheet.value_rules import NotPast, UsualForm
from bulk_upload.wording import text_of, title_of, worded
from catalog.imports import ProductImport
from catalog.models import Product
from catalog.problem_texts import PRODUCT_PROBLEMS, PRODUCT_WARNINGS, STOCK_PROBLEMS, SUPPLIER_PROBLEMS

# Who takes a code, as which argument.
TAKERS = {
    "CellProblem": 0,
    "FileProblem": 0,
    "UnreadCell": 0,
    "_refuse": 1,
    "Finding": 1,
    "_fail": 1,
    "fail": 0,
    "Problem": 2,
    "_problem": 2,
    "_warning": 0,
}
READING = ("bulk_upload/sheet", "bulk_upload/reading", "bulk_upload/checking")


def emitted(*folders: str) -> Iterator[str]:
    """The codes that stand in the code."""
    for folder in folders:
        for path in (settings.BASE_DIR / folder).rglob("*.py"):
            if "tests" not in path.parts:
                yield from codes_in(path)


def codes_in(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if not isinstance(node, ast.Call):
            continue
        name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
        place = TAKERS.get(name, len(node.args))
        if place >= len(node.args):
            continue
        given = node.args[place]
        for part in (given.body, given.orelse) if isinstance(given, ast.IfExp) else (given,):
            if isinstance(part, ast.Constant) and isinstance(part.value, str):
                yield part.value


def all_texts() -> dict[str, ProblemText]:
    texts = dict(ENGINE_TEXTS)
    for declared in registry.imports.values():
        texts |= {**declared.problem_texts, **declared.warning_texts}
    return texts


def declared_texts() -> list[tuple[str, ProblemText]]:
    of_apps = {**PRODUCT_PROBLEMS, **PRODUCT_WARNINGS, **STOCK_PROBLEMS, **SUPPLIER_PROBLEMS}
    return list({**ENGINE_TEXTS, **of_apps}.items())


def test_every_code_that_the_code_names_has_a_text():
    codes = set(emitted("bulk_upload", "catalog"))
    assert len(codes) > 60
    assert codes - all_texts().keys() == set()


def test_every_code_that_a_declaration_names_has_a_text():
    named = set().union(*(declared.declared_codes() for declared in registry.imports.values()))
    assert {"new_category", "duplicate_product", "critical_above_minimum"} <= named <= all_texts().keys()


def test_what_the_reader_may_say_are_the_codes_that_it_uses():
    known = ROW_PROBLEMS | WARNINGS | FILE_PROBLEMS
    assert set(emitted(*READING)) - known <= {*ExactlyOneOf.codes, *UsualForm.codes, *NotPast.codes}
    assert known <= ENGINE_TEXTS.keys()
    assert FILE_TEXTS.keys() >= FILE_PROBLEMS


@pytest.mark.parametrize(("code", "text"), declared_texts())
def test_a_code_has_a_title_and_a_text_in_both_languages(code, text):
    titles = [title_of(code, language) for language in ("es", "en")]
    sentences = [text_of(code, {}, language) for language in ("es", "en-gb")]
    assert titles[0] != titles[1]
    assert sentences[0] != sentences[1]
    assert not any("{" in sentence for sentence in sentences)
    assert code not in titles + sentences
    for template in (str(text.text), text_of(code, {}, "en")):
        assert all(name is None or name.isidentifier() for _, name, _, _ in string.Formatter().parse(template))


def test_the_language_is_the_one_that_is_asked_for_whichever_is_active():
    with translation.override("en"):
        assert text_of("required_blank", {"columna": "id"}, "es").startswith("El campo obligatorio «id»")
        assert title_of("required_blank", "es") == "Campo obligatorio vacío"
    with translation.override("es"):
        assert text_of("required_blank", {"columna": "id"}, "en").startswith("The required field “id”")
    assert text_of("required_blank", {}, "fr") == text_of("required_blank", {}, "es")


def test_quoted_lists_have_the_quotation_marks_of_the_language():
    params = {"hojas": "«Enero», «Febrero»"}
    assert "«Enero», «Febrero»" in text_of("several_sheets", params, "es")
    assert "“Enero”, “Febrero”" in text_of("several_sheets", params, "en")


def test_what_an_older_release_did_not_store_shows_as_an_ellipsis():
    assert "«…»" in text_of("required_blank", {}, "es")


def test_a_code_that_is_not_known_stands_for_itself():
    assert (text_of("of_tomorrow", {}, "es"), title_of("of_tomorrow", "en")) == ("of_tomorrow", "of_tomorrow")


def test_a_problem_names_its_cell():
    problem = worded(7, "codigo", "required_blank", {}, "", positions={"codigo": 2}, language="es", severity="error")
    assert (problem["fila"], problem["celda"], problem["gravedad"]) == (7, "C7", "error")
    of_no_row = worded(0, "x", "unknown_column", {"columna": "x"}, "", positions={}, language="es")
    assert (of_no_row["fila"], of_no_row["celda"]) == (None, None)


# The texts of an app


class Even(Rule):
    codes = ("odd_name",)

    def find(self, values):
        return Finding("nombre", "odd_name") if len(values[0]) % 2 else None


class Silent(Even):
    codes = ()


def sheet_of(*rules: Rule) -> Sheet:
    column = TextColumn("nombre", 20, rule=Text("Un nombre.", "A name."), example="Ana")
    other = TextColumn("presentacion", 20, rule=Text("Cómo viene.", "How it comes."), example="X", required=False)
    title = Text("Nombres", "Names")
    return Sheet("nombres", __name__, title=title, row_title=title, columns=[column, other], key=[], requires=rules)


ODD = ProblemText(gettext_lazy("Fila"), gettext_lazy("Celda"))


@pytest.fixture
def declare(monkeypatch):
    def declare(*rules, problems=None, warnings=None):
        class Declared(SheetImport):
            model = Product
            key = ()
            problem_texts = problems or {}
            warning_texts = warnings or {}

        Declared.sheet = sheet_of(*rules)
        monkeypatch.setitem(registry.imports, "nombres", Declared)
        return Declared

    return declare


def found() -> list[str]:
    return [message.id for message in declaration_checks.check_declared_sheets(None)]


def test_a_text_of_an_app_is_found(declare):
    declare(problems={"odd_of_this_test": ODD})
    assert title_of("odd_of_this_test", "en") == "Row"
    assert text_of("odd_of_this_test", {}, "en") == "Cell"


def test_all_declarations_are_complete():
    assert found() == []


@pytest.mark.parametrize("place", ["problems", "warnings"])
@pytest.mark.parametrize("code", ["required_blank", "new_category"])
def test_a_code_that_is_declared_twice_is_named_at_start(declare, place, code):
    declare(**{place: {code: ODD}})
    assert found() == ["bulk_upload.E014"]


def test_two_sheets_may_share_a_text(declare):
    declare(problems={"duplicate_product": ProductImport.problem_texts["duplicate_product"]})
    assert found() == []


def test_a_code_without_a_text_is_named_at_start(declare):
    declare(Even("nombre"))
    assert found() == ["bulk_upload.E015"]
    declare(Even("nombre"), problems={"odd_name": ODD})
    assert found() == []


def test_a_rule_that_does_not_say_its_codes_is_named_at_start(declare):
    declare(Silent("nombre"))
    assert found() == ["bulk_upload.E016"]


def said(sheet: Sheet, code: str) -> list[Problem]:
    problem = Problem(2, "nombre", code, {"columna": "nombre"}, "")
    chunk = CheckedChunk([], [[] for _ in sheet.columns], 3, [problem])
    return decoding.chunk(protocol.encode(chunk), sheet).problems


@pytest.mark.parametrize("code", ["required_blank", "odd_name", "none_of"])
def test_the_reader_may_say_what_the_rules_of_the_sheet_find(code):
    (problem,) = said(sheet_of(Even("nombre"), ExactlyOneOf("nombre", "presentacion")), code)
    assert problem.codigo == code


@pytest.mark.parametrize("code", ["none_of", "odd_name", "superseded", "new_category", "of_tomorrow"])
def test_the_reader_may_not_say_anything_else(code):
    with pytest.raises(FileProblem, match="damaged_file"):
        said(sheet_of(), code)
