"""The look at the whole environment before a process starts."""

from __future__ import annotations

import io
from collections.abc import Iterator
from pathlib import Path

import environ

from medisupply.environment.declarations import declared
from medisupply.environment.production import problems_together
from medisupply.environment.refusal import SettingsRefused
from medisupply.environment.services import PROJECT


def load_environment(file: Path = PROJECT / ".env") -> None:
    """Add to the environment what `file` has and it has not, and see that every variable makes sense.

    Raises `SettingsRefused` with a sentence for each that does not. Values go to `os.environ`, where boto3 looks, too.
    """
    _read_file(file)
    problems = list(_nonsense()) or problems_together()
    if problems:
        raise SettingsRefused("\n".join(problems))


def _read_file(file: Path) -> None:
    try:
        text = file.read_text("utf-8")
    except FileNotFoundError:
        return
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsRefused(f"The file {file} cannot be read: {error}.") from error
    environ.Env.read_env(io.StringIO(text))


def _nonsense() -> Iterator[str]:
    for variable in declared():
        try:
            variable.read()
        except SettingsRefused as error:
            yield str(error)
