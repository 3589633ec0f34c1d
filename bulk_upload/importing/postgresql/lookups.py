"""The lookup `any_of`: as Django's `in`, for thousands of values."""

from __future__ import annotations

from typing import Any

from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import Field
from django.db.models.lookups import In
from django.db.models.sql.compiler import SQLCompiler


@Field.register_lookup
class AnyOf(In):
    """A set of values as the column holds them, texts or whole numbers, without the character U+001F.

    On PostgreSQL they are one parameter: thousands of them cost more than the query itself. The array comes from a
    subquery on purpose: thousands of constants make the planner scan the whole table. Each value of a list would be
    looked at by Django, those of a set are not.
    """

    lookup_name = "any_of"

    def get_prep_lookup(self) -> Any:
        return self.rhs

    def as_postgresql(self, compiler: SQLCompiler, connection: BaseDatabaseWrapper) -> tuple[str, list[Any]]:
        column, params = self.process_lhs(compiler, connection)
        kind = self.lhs.output_field.cast_db_type(connection)
        values = "\x1f".join(map(str, self.rhs))
        return f"{column} = ANY((SELECT string_to_array(%s, chr(31)))::{kind}[])", [*params, values]
