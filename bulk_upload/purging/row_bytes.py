"""How many bytes a row takes, without its indexes."""

from __future__ import annotations

from typing import Any, Final

from django.db.models import BigIntegerField, F, Func, Model

from bulk_upload.models import Part

# What the purge itself writes into an upload: it does not count, so that a preview says the same as the purge.
WRITTEN: Final = frozenset(["revision", *(part.mark for part in Part)])


class RowBytes(Func):
    """Of a row of `model`: on PostgreSQL what it would take in its table, on SQLite the length of its values."""

    output_field = BigIntegerField()

    def __init__(self, model: type[Model], **more: Any) -> None:
        names = (field.attname for field in model._meta.concrete_fields)
        super().__init__(*(F(name) for name in names if name not in WRITTEN), **more)

    def as_postgresql(self, compiler: Any, connection: Any, **context: Any) -> Any:
        return self.as_sql(compiler, connection, template="pg_column_size(ROW(%(expressions)s))", **context)

    def as_sqlite(self, compiler: Any, connection: Any, **context: Any) -> Any:
        ended = "AS BLOB)), 0)"
        joined = f"{ended} + COALESCE(LENGTH(CAST("
        template = f"(COALESCE(LENGTH(CAST(%(expressions)s {ended})"
        return self.as_sql(compiler, connection, template=template, arg_joiner=joined, **context)
