"""Who may read the metrics: whoever sends ``Authorization: Bearer`` with `METRICS_TOKEN`."""

from __future__ import annotations

import hmac
from typing import Final

from django.conf import settings

CHALLENGE: Final = "Bearer"


def is_allowed(authorization: str) -> bool:
    """Whether the header of a request is the one that Prometheus sends; never, where there is no token."""
    expected = f"{CHALLENGE} {settings.METRICS_TOKEN}"
    # As bytes: text beyond ASCII is not compared.
    is_equal = hmac.compare_digest(authorization.encode(errors="replace"), expected.encode())
    return bool(settings.METRICS_TOKEN) and is_equal
