"""Where a declared sheet is sent to, found by its name: as JSON, ``null`` while nobody has declared it."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

from django.urls import get_resolver

from bulk_upload.imports import registry


def main(name: str) -> None:
    address = next((pattern for sheet, pattern in addresses(get_resolver(), "/") if sheet == name), None)
    known = name in registry.imports and address
    print(json.dumps({"address": address, "columns": registry.get(name).sheet.names} if known else None))


def addresses(resolver: Any, before: str) -> Iterator[tuple[str, str]]:
    """The sheets that have an address of their own, each with it."""
    for pattern in resolver.url_patterns:
        path = before + re.sub(r"\(\?:|\)|/\?$|[\^$]|\\Z", "", str(pattern.pattern)).removesuffix("/?")
        if hasattr(pattern, "url_patterns"):
            yield from addresses(pattern, path)
        elif name := getattr(pattern.callback, "view_initkwargs", {}).get("sheet_name"):
            yield name, path
