"""The licences of what production runs: docs/licenses.md (`make licenses`), made from the installed packages."""

from __future__ import annotations

import re
import sys
from importlib.metadata import PackageMetadata, PackageNotFoundError, metadata
from typing import Final

from dev.environment import PROJECT

PAGE: Final = PROJECT / "docs" / "licenses.md"
PINNED: Final = re.compile(r"^([\w.-]+)(?:\[[^]]*\])?==", re.MULTILINE)
CLASSIFIER: Final = "License :: OSI Approved :: "
HEAD: Final = """# Licences of runtime packages

Made by `make licenses` from what the packages of `requirements/base.txt` say of themselves. MediSupply's own is in
[LICENSE](../LICENSE). psycopg is under the LGPL: it is used as a library, unchanged, and may be replaced.
A package that only older Pythons or other systems need is not listed.

| package | licence |
| --- | --- |
"""


def page() -> str:
    """The page's text. Raises `LookupError` for a package that does not say its licence."""
    return HEAD + "".join(f"| {name} | {licence} |\n" for name, licence in sorted(licences().items()))


def licences() -> dict[str, str]:
    """Package → licence, of those that are installed."""
    found = {}
    for name in PINNED.findall((PROJECT / "requirements" / "base.txt").read_text("utf-8")):
        try:
            found[name] = _licence(metadata(name))
        except PackageNotFoundError:
            continue
    return found


def _licence(said: PackageMetadata) -> str:
    """PEP 639's expression; else the classifiers; else the older field, if it is one line."""
    classifiers = [value.removeprefix(CLASSIFIER) for value in _all(said, "Classifier") if value.startswith(CLASSIFIER)]
    field = [value for value in _all(said, "License") if value and "\n" not in value]
    for found in (_all(said, "License-Expression"), classifiers, field):
        if found:
            return " or ".join(found)
    raise LookupError(f"{said['Name']} does not say its licence")


def _all(said: PackageMetadata, key: str) -> list[str]:
    return said.get_all(key) or []


if __name__ == "__main__":
    PAGE.write_text(page(), "utf-8")
    sys.stdout.write(f"{PAGE.relative_to(PROJECT)} is written\n")
