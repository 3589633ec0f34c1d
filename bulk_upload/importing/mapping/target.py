"""What rows of a sheet are written to: the model's fields with their places, worked out once from the declaration."""

from __future__ import annotations

from collections.abc import Callable, Collection, Hashable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from operator import itemgetter
from typing import Any, Final, TypeGuard

from django.db.models import BaseConstraint, Field, ForeignKey, Model, UniqueConstraint

from bulk_upload.imports import KEY_SEPARATOR, Reference, SheetImport, registry
from bulk_upload.sheet.columns import Column, Kind
from bulk_upload.sheet.cross_column_rules import Rule
from bulk_upload.sheet.declaration import Sheet
from bulk_upload.sheet.values import Value

Owner = str | None
# One for each of a target's `fields`.
Values = tuple[Value | None, ...]
Key = Hashable
# A field of what the rows refer to, by the reference's place and the field's name: its value for each key.
Attributes = Mapping[tuple[int, str], Mapping[Value, Any]]
# The values of many rows: a list for each of a target's `fields`.
Columns = Sequence[Sequence[Value | None]]
# What the model's rows have besides, by their author: see `bulk_upload.models.ImportedModel`.
BOOKKEEPING: Final = ("version", "updated_at", "changed_by_upload", "change_number")


@dataclass(frozen=True, slots=True)
class Place:
    """A field of the model that a sheet fills: from a column, or from a reference that several columns may name."""

    field: str
    kind: Kind
    column: int
    reference: Reference | None = None


@dataclass(frozen=True, eq=False)
class Target:
    """Where the rows of one sheet go.

    `places` are the fields in the order of `Values`. `key` and `unique` are places among them; `blanks` is what a new
    row gets for a blank cell. A target is `is_direct` when nothing that rows refer to is looked up. `rules` are the
    warnings about complete rows, each with what gets its values; `full_rules` reject rows, and may also look at
    attributes of what the row refers to.
    """

    declared: type[SheetImport]
    places: tuple[Place, ...]
    key: tuple[int, ...]
    unique: tuple[int, ...]
    blanks: Values
    rules: tuple[tuple[Rule, tuple[int, ...]], ...]
    full_rules: tuple[tuple[Rule, tuple[tuple[int, str], ...]], ...]

    @cached_property
    def sheet(self) -> Sheet:
        return self.declared.sheet

    @cached_property
    def model(self) -> type[Model]:
        return self.declared.model

    @cached_property
    def owner(self) -> str:
        """The column of the model's table that says whose a row is, or ``""``."""
        return _concrete(self.model, self.declared.owner).attname if self.declared.owner else ""

    @cached_property
    def pk(self) -> str:
        """The column of the primary key."""
        return str(_concrete(self.model, self.model._meta.pk.name).column)

    def column(self, place: int) -> str:
        """The table's column of a place."""
        return str(_concrete(self.model, self.places[place].field).column)

    @cached_property
    def fields(self) -> tuple[str, ...]:
        """Names of the model's own attributes, a foreign key's with ``_id``."""
        return tuple(place.field for place in self.places)

    @cached_property
    def names(self) -> tuple[str, ...]:
        """Names of the model's fields, as people read them: a column's name where there is one."""
        return tuple(str(self.model._meta.get_field(place.field).name) for place in self.places)

    @cached_property
    def kinds(self) -> tuple[Kind, ...]:
        return tuple(place.kind for place in self.places)

    @cached_property
    def is_direct(self) -> bool:
        return all(place.reference is None or place.reference.create for place in self.places)

    @cached_property
    def optional(self) -> tuple[int, ...]:
        """The places that may be blank in a row."""
        columns = self.sheet.columns
        return tuple(number for number, place in enumerate(self.places) if not columns[place.column].required)

    @cached_property
    def created_place(self) -> int | None:
        """The place of the reference that may be created on the way."""
        return next((n for n, place in enumerate(self.places) if place.reference and place.reference.create), None)

    @cached_property
    def pk_place(self) -> int | None:
        """The place of the model's primary key, when it is the key of the sheet."""
        attname = self.model._meta.pk.attname
        return self.fields.index(attname) if attname in self.fields else None

    @cached_property
    def key_of(self) -> Callable[[Values], Key]:
        """A row's key: its value, or a tuple of values."""
        return itemgetter(*self.key)

    def keys(self, columns: Columns) -> Sequence[Key]:
        """The keys of rows with these columns."""
        values = [columns[place] for place in self.key]
        return values[0] if len(values) == 1 else list(zip(*values, strict=True))

    @cached_property
    def is_kept_unique(self) -> bool:
        """Whether the database itself lets no two rows have the same key, or the same value in a unique place."""
        options = self.model._meta
        names = [frozenset([self.names[place]]) for place in self.unique]
        constraints = {frozenset(c.fields) for c in options.constraints if _is_full(c)}
        single = {frozenset([f.name]) for f in options.fields if f.unique}
        return constraints | single >= {frozenset(self.names[place] for place in self.key), *names}

    @cached_property
    def is_named_variously(self) -> bool:
        """Whether two rows of a file may name one row of the model, although their cells differ."""
        return any(place.reference and len(place.reference.by) > 1 for place in self.places)

    def may_name_twice(self, columns: Collection[str]) -> bool:
        """Whether that may be in a file with these `columns`."""
        references = (place.reference for place in self.places if place.reference)
        return any(len(reference.by.keys() & columns) > 1 for reference in references)

    def key_text(self, values: Values) -> str:
        """The key as people read it."""
        return KEY_SEPARATOR.join(str(values[place]) for place in self.key if values[place] not in ("", None))

    def text_of_key(self, key: Key) -> str:
        """As `key_text`, of a key."""
        parts = key if isinstance(key, tuple) else (key,)
        return KEY_SEPARATOR.join(str(part) for part in parts if part not in ("", None))


def _is_full(constraint: BaseConstraint) -> TypeGuard[UniqueConstraint]:
    """Whether it is a plain constraint of uniqueness over all rows, which an insert breaks at once."""
    if not isinstance(constraint, UniqueConstraint):
        return False
    return not (constraint.condition or constraint.expressions or constraint.deferrable)


def _concrete(model: type[Model], name: str) -> Field[Any, Any]:
    field = model._meta.get_field(name)
    assert isinstance(field, Field)  # noqa: S101  # a system check says so
    return field


def target_of(sheet_name: str, columns: Collection[str] | None = None) -> Target:
    """The target of a declared sheet, or of a file that has these `columns` of it. Raises `LookupError`."""
    declared = registry.get(sheet_name)
    return _target(sheet_name, frozenset() if columns is None else _left_out(declared, columns))


def _left_out(declared: type[SheetImport], present: Collection[str]) -> frozenset[str]:
    """The columns that a file without them need not write: they stay as they are, and the database gives new rows their
    default. Not those that another column of the file is compared with.
    """
    needed = {*present, *declared.references, *declared.key, *declared.unique, declared.large_change}
    for rule in (*declared.sheet.checks, *declared.row_checks):
        names = {name.partition(".")[0] for name in rule.columns}
        if not names.isdisjoint({*present, *declared.references}):
            needed |= names
    needed.update(*(reference.by for reference in declared.references.values()))
    optional = (column for column in declared.sheet.columns if not column.required and column.name not in needed)
    return frozenset(column.name for column in optional if _is_filled(declared.model, column))


def _is_filled(model: type[Model], column: Column) -> bool:
    """Whether the database itself gives a new row the column's default."""
    field = _concrete(model, column.name)
    if field.has_db_default():
        return bool(field.db_default == column.default)
    return field.null and column.default is None


@cache
def _target(sheet_name: str, left_out: frozenset[str]) -> Target:
    declared = registry.get(sheet_name)
    sheet, options = declared.sheet, declared.model._meta
    named = {column: name for name, reference in declared.references.items() for column in reference.by}
    places: list[Place] = []
    columns: list[int] = []
    done: set[str] = set(left_out)
    for number, column in enumerate(sheet.columns):
        name = named.get(column.name, column.name)
        if name in done:
            continue
        done.add(name)
        field = options.get_field(name)
        attname = field.attname if isinstance(field, ForeignKey) else field.name
        places.append(Place(attname, column.kind, number, declared.references.get(name)))
        columns.append(number)
    names = [options.get_field(place.field).name for place in places]
    blanks = tuple(sheet.columns[number].default for number in columns)
    checks = [rule for rule in sheet.checks if left_out.isdisjoint(rule.columns)]
    rules = tuple((rule, tuple(map(names.index, rule.columns))) for rule in checks if rule.is_warning)
    rejecting = [rule for rule in checks if not rule.is_warning]
    rejecting += [rule for rule in declared.row_checks if left_out.isdisjoint(rule.columns)]
    full_rules = tuple((rule, tuple(_attribute(names, name) for name in rule.columns)) for rule in rejecting)
    return Target(
        declared,
        tuple(places),
        tuple(names.index(name) for name in declared.key),
        tuple(names.index(name) for name in declared.unique),
        blanks,
        rules,
        full_rules,
    )


def _attribute(names: Sequence[str], column: str) -> tuple[int, str]:
    """The place and the attribute of a rule's column: ``producto.requiere_lote`` is one of what the row refers to."""
    name, _, attribute = column.partition(".")
    return names.index(name), attribute


def as_fields(target: Target, values: Values) -> dict[str, Value | None]:
    """The values by the names of the model's own fields."""
    return dict(zip(target.fields, values, strict=True))
