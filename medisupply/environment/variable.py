"""What the declaration of an environment variable holds, and how its value is read."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar, Generic, TypeVar

from medisupply.environment.kinds import Kind
from medisupply.environment.refusal import SettingsRefused, refusal

Value = TypeVar("Value", covariant=True)


@dataclass(kw_only=True)
class _Details:
    """All of it but the name is for people: the page, the example file and the sentences at start are made from it."""

    # In Spanish, for the page; empty where the number is a count of what the meaning names.
    unit: str = ""
    # Must be set where DEBUG is off.
    required: bool = False
    # What else production demands or advises, in Spanish.
    in_production: str = ""
    # Never shown.
    secret: bool = False
    # The value in .env.example, where it is not the default.
    example: str | None = None
    # What the page calls the default, where its text says little.
    default_in_words: str = ""


@dataclass
class Variable(_Details, Generic[Value]):
    """A variable, named as the attribute of its `Section`: ``DEBUG = Variable(Flag(), "false", "…")``."""

    kind: Kind[Value]
    # As it would be written in the environment.
    default: str
    # In Spanish.
    meaning: str
    name: str = field(init=False, default="")

    def __set_name__(self, section: type[Section], name: str) -> None:
        self.name = name

    def is_set(self, environ: Mapping[str, str] | None = None) -> bool:
        return self.name in (os.environ if environ is None else environ)

    def read(self, environ: Mapping[str, str] | None = None) -> Value:
        """The value, or that of the default. Raises `SettingsRefused`, which names the variable."""
        text = (os.environ if environ is None else environ).get(self.name, self.default).strip()
        try:
            return self.kind.parse(text)
        except ValueError:
            raise SettingsRefused(refusal(self.name, text, self.kind.allowed, secret=self.secret)) from None


class Section:
    """Variables that belong together, in the order in which the page has them."""

    # In Spanish, as are the notes below it.
    title: ClassVar[str]
    note: ClassVar[str] = ""
    # Whether its variables are set in production, in the file `.env` as well.
    in_example: ClassVar[bool] = True

    @classmethod
    def variables(cls) -> list[Variable[Any]]:
        return [value for value in vars(cls).values() if isinstance(value, Variable)]
