"""Which sheets a workbook has, and in which part of the package each one is.

ECMA-376 part 1, section 18.2.19 (the list of sheets) and part 2, section 9.3 (relationships).
"""

from __future__ import annotations

import posixpath
from dataclasses import dataclass

from bulk_upload.reading.child.xml_tags import start_tags
from bulk_upload.reading.child.zip_package import Package, resolve
from bulk_upload.sheet.problems import FileProblem


@dataclass(frozen=True, slots=True)
class Workbook:
    """`sheets` are the visible worksheets in the order of their tabs: name and part."""

    sheets: tuple[tuple[str, str], ...]
    styles: str | None


def read_workbook(package: Package) -> Workbook:
    """Raises `FileProblem` when the package's own lists do not hold together."""
    part = one_related(related_parts(package, ""), "/officeDocument")
    if part is None:
        raise FileProblem("damaged_file")
    related = related_parts(package, part)
    sheets: list[tuple[str, str]] = []
    for name, attributes in start_tags(package.read(part)):
        if name == "sheet" and attributes.get("state", "visible") == "visible":
            kind, target = related.get(attributes.get("id", ""), ("", ""))
            if kind.endswith("/worksheet"):
                sheets.append((attributes.get("name", ""), target))
    return Workbook(tuple(sheets), one_related(related, "/styles"))


def related_parts(package: Package, source: str) -> dict[str, tuple[str, str]]:
    """What the part `source` refers to inside the package: id → kind of relationship and part."""
    folder, name = posixpath.split(source)
    relationships = posixpath.join(folder, "_rels", f"{name}.rels")
    return {
        attributes.get("Id", ""): (attributes.get("Type", ""), resolve(source, attributes.get("Target", "")))
        for tag, attributes in start_tags(package.read(relationships))
        if tag == "Relationship" and attributes.get("TargetMode") != "External"
    }


def one_related(related: dict[str, tuple[str, str]], kind: str) -> str | None:
    return next((part for type_, part in related.values() if type_.endswith(kind)), None)
