"""Serializers whose fields are the schema and say where the values of an answer are found.

The value of a field is what the static method ``get_<field>(source, language)`` returns. Without one it is the
attribute, or in a dict the key, that the field's `source` names: its own name by default, ``"*"`` for the source of
the whole. Nested shapes are rendered. All other values are taken as they are: no field converts, which is what takes
DRF's serializers their time. A test compares the values with what the fields would make of them.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, ClassVar

from rest_framework import serializers

from medisupply.api.json import language as current_language

Getter = Callable[[Any, str], Any]


# Without docstrings, here and in what inherits: they would be descriptions in the schema.
class Rendered(serializers.Serializer[Any]):
    _getters: ClassVar[tuple[tuple[str, str, Getter | None], ...]] = ()

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        cls._getters = tuple(cls._getter(name, field) for name, field in cls._declared_fields.items())

    @classmethod
    def _getter(cls, name: str, field: serializers.Field[Any, Any, Any, Any]) -> tuple[str, str, Getter | None]:
        source = field.source or name
        getter = getattr(cls, f"get_{name}", None)
        if getter is None and isinstance(field, Rendered):
            shape = type(field)
            getter = shape.render if source == "*" else lambda value, said: shape.render(_read(value, source), said)
        return name, source, getter

    @classmethod
    def render(cls, source: Any, language: str = "") -> dict[str, Any]:
        """The answer, worded in `language` or in the request's."""
        language = language or current_language()
        if isinstance(source, dict):
            return {name: get(source, language) if get else source[key] for name, key, get in cls._getters}
        return {name: get(source, language) if get else getattr(source, key) for name, key, get in cls._getters}

    def to_representation(self, instance: Any) -> dict[str, Any]:
        return self.render(instance)


def _read(source: Any, key: str) -> Any:
    return source[key] if isinstance(source, dict) else getattr(source, key)
