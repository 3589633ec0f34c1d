"""What tests of configuration files hold them against: the variables that are read, the commands that exist."""

from __future__ import annotations

import ast
from collections.abc import Sequence
from typing import Final

from django.core.management import get_commands, load_command_class

from dev.environment import PROJECT

SETTINGS: Final = PROJECT / "medisupply" / "settings.py"
# Read by boto3, gunicorn and `createsuperuser` themselves.
READ_BY_LIBRARIES: Final = {
    *("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "WEB_CONCURRENCY"),
    *(f"DJANGO_SUPERUSER_{name}" for name in ("USERNAME", "EMAIL", "PASSWORD")),
}


def read_by_settings() -> set[str]:
    """The names of the variables that settings.py reads: `Application.DEBUG.read()`."""
    calls = [node for node in ast.walk(ast.parse(SETTINGS.read_text("utf-8"))) if isinstance(node, ast.Call)]
    read = [call.func.value for call in calls if isinstance(call.func, ast.Attribute) and call.func.attr == "read"]
    within = [call.args[0] for call in calls if isinstance(call.func, ast.Name) and call.func.id == "days_within"]
    return {variable.attr for variable in (*read, *within) if isinstance(variable, ast.Attribute)}


def assert_manage_command_works(words: Sequence[str]) -> None:
    """`words` are what stands after ``manage.py``: the command exists and understands its arguments."""
    name, *arguments = words
    command = load_command_class(get_commands()[name], name)
    command.create_parser("manage.py", name).parse_args(arguments)
