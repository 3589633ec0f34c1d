"""Variables that look like ours and are read by nothing: a slip of the pen would otherwise change nothing, silently."""

from __future__ import annotations

import difflib
import os
from collections.abc import Mapping
from typing import Final

from medisupply.environment.declarations import declared

# Nobody else's variables begin so.
OURS: Final = ("BULK_UPLOAD_", "API_THROTTLE_")
# boto3's own: one for each service.
OTHERS: Final = ("AWS_ENDPOINT_URL_",)
# `DEBUGG` and `BULK_UPLOAD_CHUNKROWS` are close, TEST_DATABASE_URL and AWS_DEFAULT_PROFILE are something else.
CLOSE: Final = 0.85


def unknown_variables(environ: Mapping[str, str] | None = None) -> dict[str, str]:
    """The nearest name of ours for each variable of the environment that looks like one; empty when none is near."""
    names = [variable.name for variable in declared()]
    found = {}
    for name in sorted(set(os.environ if environ is None else environ) - set(names)):
        nearest = difflib.get_close_matches(name.upper(), names, n=1, cutoff=CLOSE)
        if (nearest or name.startswith(OURS)) and not name.startswith(OTHERS):
            found[name] = nearest[0] if nearest else ""
    return found


def sentences(environ: Mapping[str, str] | None = None) -> list[str]:
    return [
        f"The environment variable {name} is read by nothing" + (f": did you mean {nearest}?" if nearest else ".")
        for name, nearest in unknown_variables(environ).items()
    ]
