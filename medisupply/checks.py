"""System checks of the site's own settings."""

from __future__ import annotations

from typing import Any

from django.core import checks
from django.core.checks import CheckMessage, Tags, register

from medisupply.environment import unknown


@register(Tags.compatibility)
def check_unknown_variables(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """W002: a variable whose name has a slip is read by nothing, and its default is in force."""
    hint = "docs/configuracion.md has every variable."
    return [checks.Warning(text, hint=hint, id="medisupply.W002") for text in unknown.sentences()]
