"""The look at the whole environment before a process starts."""

from __future__ import annotations

import io
import os
from collections.abc import Iterator, Mapping, MutableMapping
from pathlib import Path
from typing import ClassVar

import environ

from medisupply.environment.declarations import declared
from medisupply.environment.production import problems_together
from medisupply.environment.refusal import SettingsRefused
from medisupply.environment.services import PROJECT


def load_environment(file: Path = PROJECT / ".env") -> None:
    """Add to the environment what `file` has and it has not, and see that every variable makes sense.

    Raises `SettingsRefused` with a sentence for each that does not. Values go to `os.environ`, where boto3 looks, too.
    """
    environ.Env.read_env(io.StringIO(_text(file)))
    problems = list(_nonsense()) or problems_together()
    if problems:
        raise SettingsRefused("\n".join(problems))


def environment_with(file: Path = PROJECT / ".env") -> Mapping[str, str]:
    """The environment and what `file` adds to it, which is not put into the process's own."""

    class Apart(environ.Env):  # type: ignore[misc]  # django-environ has no types
        ENVIRON: ClassVar[MutableMapping[str, str]] = dict(os.environ)

    Apart.read_env(io.StringIO(_text(file)))
    return Apart.ENVIRON


def _text(file: Path) -> str:
    try:
        return file.read_text("utf-8")
    except FileNotFoundError:
        return ""
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsRefused(f"The file {file} cannot be read: {error}.") from error


def _nonsense() -> Iterator[str]:
    for variable in declared():
        try:
            variable.read()
        except SettingsRefused as error:
            yield str(error)
