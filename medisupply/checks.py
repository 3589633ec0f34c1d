"""System checks of the site's own settings."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core import checks
from django.core.checks import CheckMessage, Tags, register
from django.db import DatabaseError

from medisupply import demo_accounts
from medisupply.environment import unknown


@register(Tags.compatibility)
def check_unknown_variables(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """W002: a variable whose name has a slip is read by nothing, and its default is in force."""
    hint = "docs/configuracion.md has every variable."
    return [checks.Warning(text, hint=hint, id="medisupply.W002") for text in unknown.sentences()]


@register(Tags.security, deploy=True)
def check_demo_accounts(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """E003 (only with --deploy, since it asks the database): in production nobody may log in as admin/admin."""
    if settings.DEBUG:
        return []
    try:
        names = demo_accounts.open_demo_accounts()
    except DatabaseError as error:
        text = f"The database does not answer, so whether it has demo accounts is not known: {error}"
        return [checks.Warning(text, hint="DATABASE_URL says where it is.", id="medisupply.W004")]
    return [checks.Error(demo_accounts.sentence(names), id="medisupply.E003")] if names else []
