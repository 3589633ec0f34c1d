"""The addresses of the API, for tests that must name every one of them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from django.urls import URLPattern, URLResolver

METHODS = ("get", "post", "put", "patch", "delete")


def routes(patterns: Any, prefix: str = "") -> Iterator[tuple[str, list[str]]]:
    """Every address below ``api``, as (path, methods)."""
    for pattern in patterns:
        text = prefix + str(pattern.pattern).lstrip("^")
        if isinstance(pattern, URLResolver):
            yield from routes(pattern.url_patterns, text)
        elif isinstance(pattern, URLPattern) and text.startswith("api"):
            view = getattr(pattern.callback, "cls", None) or getattr(pattern.callback, "view_class", None)
            path = re.sub(r"\(\?P<(\w+)>[^)]*\)", r"{\1}", text).replace(r"\.", ".")
            methods = [method for method in METHODS if hasattr(view, method)] if view else ["get"]
            yield path.removesuffix("$").removesuffix("\\Z").removesuffix("/?"), methods
