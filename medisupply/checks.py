"""System checks of the site's own settings."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core import checks
from django.core.checks import CheckMessage, Tags, register


@register(Tags.security)
def check_login_limit_counts_clients(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """W001: behind a proxy that is not counted, all clients have the proxy's address, and share its limits."""
    behind_proxy = getattr(settings, "SECURE_PROXY_SSL_HEADER", None) and settings.SECURE_SSL_REDIRECT
    counted = settings.REST_FRAMEWORK["NUM_PROXIES"]
    limited = settings.API_THROTTLES["login"] or settings.API_THROTTLES["refused"]
    if counted or not behind_proxy or not limited:
        return []
    return [
        checks.Warning(
            "TRUSTED_PROXIES is 0 and the site is behind a proxy: the limits of logins and of refused tokens count the "
            "proxy's address.",
            hint="Set TRUSTED_PROXIES to the number of proxies in front of the site that add to X-Forwarded-For.",
            id="medisupply.W001",
        )
    ]
