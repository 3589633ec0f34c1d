"""The Django half of a sheet: which model its rows become, whose they are, and what they refer to.

The app that owns the model declares it in its module `imports`, which is found as Django finds `admin.py`:

    @register(PRODUCTS)
    class ProductImport(SheetImport):
        model = Product
        key = ["id"]
        unique = ["codigo"]
        owner = "proveedor"
        references = {"categoria": Reference(Category, by={"categoria": "nombre"}, create=CreateMissing(…))}

The model is a `bulk_upload.models.ImportedModel`. Mistakes in a declaration are system checks (`bulk_upload.checks`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar, Final, TypeVar

from django.db.models import Model, QuerySet
from django_stubs_ext import StrPromise

from bulk_upload.problem_texts import ProblemText
from bulk_upload.sheet.cross_column_rules import Rule
from bulk_upload.sheet.declaration import Sheet

# The candidates for a suggestion, given the owner's key.
Visible = Callable[[Any], QuerySet[Any]]
# Between the parts of a key of several columns, as people read it.
KEY_SEPARATOR: Final = " · "


@dataclass(frozen=True)
class CreateMissing:
    """Rows may name what does not exist: it is created, with a warning, up to a number for each file.

    `setting` names the setting with that number. `created` is the code of the warning, `too_many` and `misspelt` those
    of rows beyond the limit, without and with a similar name. Their parameters are `name`, `maximo` and `parecida`.
    """

    setting: str
    name: str
    created: str
    too_many: str
    misspelt: str


@dataclass(frozen=True)
class Reference:
    """A row's reference to a row of another model.

    `by` maps each column that may name it to the field of `model` that the column holds; the first that is not blank
    counts. `owned`: it must be the uploader's, by the field `owner` of `model`. `attributes` are fields of `model`
    that rules across columns look at. `visible` gives the rows whose names may be suggested. What does not exist is a
    problem `unknown` (parameters `columna`, `valor`) or `similar` (also `parecida`), unless it is created.
    """

    model: type[Model]
    by: Mapping[str, str]
    owned: bool = False
    owner: str = "proveedor_id"
    attributes: Sequence[str] = ()
    visible: Visible | None = None
    create: CreateMissing | None = None
    unknown: str = "unknown_reference"
    similar: str = "similar_reference"
    other_owner: str = "other_owner"


class SheetImport:
    """Base of the declarations. Instances are never made."""

    sheet: ClassVar[Sheet]
    model: ClassVar[type[Model]]
    # The model's fields that the columns of the sheet's key and its unique columns fill.
    key: ClassVar[Sequence[str]]
    unique: ClassVar[Sequence[str]] = ()
    # The field that says whose a row is. Empty: through an owned reference, or nobody's.
    owner: ClassVar[str] = ""
    # Whether each upload is for one owner, whose people may send it. Else staff with all of the `permissions` may.
    is_owned: ClassVar[bool] = True
    permissions: ClassVar[Sequence[str]] = ()
    references: ClassVar[Mapping[str, Reference]] = {}
    # Rules as in `sheet.checks` that also look at what a row refers to: a column ``producto.requiere_lote`` is the
    # attribute `requiere_lote` of the reference `producto`.
    row_checks: ClassVar[Sequence[Rule]] = ()
    # The decimal column whose large changes are marked.
    large_change: ClassVar[str] = ""
    # The code of a row that exists already and may not be replaced.
    exists: ClassVar[str] = "already_exists"
    # What a template offers in the list of a column, given who asks.
    choices: ClassVar[Mapping[str, Callable[[Any], Sequence[str]]]] = {}
    # What avoids most errors in this sheet, for people who fill it in: lazy sentences, plain text.
    advice: ClassVar[Sequence[StrPromise]] = ()
    # Further rules on the suppliers' page about this sheet: a Markdown list, in Spanish.
    guide_rules: ClassVar[str] = ""
    # Problems and warnings of this sheet alone: their texts, by code. Several sheets may share one `ProblemText`.
    problem_texts: ClassVar[Mapping[str, ProblemText]] = {}
    warning_texts: ClassVar[Mapping[str, ProblemText]] = {}

    @classmethod
    def declared_codes(cls) -> set[str]:
        """The codes of problems and warnings that rows of this sheet may have by its declaration."""
        rules = (*cls.sheet.requires, *cls.sheet.checks, *cls.row_checks)
        found = {cls.exists}.union(*(rule.codes for rule in rules))
        for reference in cls.references.values():
            if create := reference.create:
                found |= {create.created, create.too_many, create.misspelt}
            else:
                found |= {reference.unknown, *([reference.similar] if reference.visible else [])}
            if reference.owned:
                found.add(reference.other_owner)
            if len(reference.by) > 1:
                found.add("named_before")
        return found.union(*(column.own_problems for column in cls.sheet.columns))

    @classmethod
    def after_chunk(cls) -> None:
        """Called when a chunk is committed: what is kept elsewhere of the model's rows may be out of date."""

    @classmethod
    def example_rows(cls, user: Any = None) -> list[dict[str, Any]]:
        """Rows for a template to begin with, for `user` or for everybody: column name → value."""
        return [{column.name: column.example for column in cls.sheet.columns}]


Declared = TypeVar("Declared", bound=type[SheetImport])


@dataclass
class Registry:
    """The declared sheets by name. A second declaration of a name is kept apart, for the system check."""

    imports: dict[str, type[SheetImport]] = field(default_factory=dict)
    repeated: list[type[SheetImport]] = field(default_factory=list)

    def register(self, sheet: Sheet) -> Callable[[Declared], Declared]:
        """Class decorator: the rows of `sheet` are imported as the class says."""

        def add(declared: Declared) -> Declared:
            declared.sheet = sheet
            if self.imports.setdefault(sheet.name, declared) is not declared:
                self.repeated.append(declared)
            return declared

        return add

    def get(self, name: str) -> type[SheetImport]:
        """Raises `LookupError` for a sheet that nobody has declared."""
        if name not in self.imports:
            raise LookupError(f"no sheet {name} is declared: see `bulk_upload.imports`")
        return self.imports[name]

    def sheets(self) -> Iterable[Sheet]:
        return [declared.sheet for declared in self.imports.values()]

    def modules(self) -> list[str]:
        """The modules that declare sheets, for the guarded reader."""
        return sorted({sheet.module for sheet in self.sheets()})


registry: Final = Registry()
register: Final = registry.register
