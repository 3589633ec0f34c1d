"""Who imports whom: the rooms of the house, and their picture in docs/development.md (`make picture`).

A room is a package, or a module that lies directly in an app.
"""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final

from dev.environment import PROJECT

APPS: Final = ("bulk_upload", "catalog", "medisupply")
PAGE: Final = PROJECT / "docs" / "development.md"
BEGIN: Final = "<!-- made by `make picture` -->\n"
END: Final = "<!-- end of the picture -->\n"

Rooms = dict[str, set[str]]


def imports(path: Path) -> set[str]:
    """Every module that a file imports while it runs, as dotted names (``from a import b`` counts as ``a.b``)."""
    found: set[str] = set()
    for node in _running(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found |= {f"{node.module}.{alias.name}" for alias in node.names}
    return found


def files(folder: str) -> list[Path]:
    """The modules of an app or a package, without tests and migrations."""
    paths = sorted((PROJECT / folder).rglob("*.py"))
    return [path for path in paths if not {"tests", "migrations"} & set(path.relative_to(PROJECT).parts)]


def rooms() -> Rooms:
    """Which rooms each room imports."""
    paths = [path for app in APPS for path in files(app)]
    names = {
        ".".join(path.relative_to(PROJECT).with_suffix("").parts).removesuffix(".__init__"): path for path in paths
    }
    room_of = {name: _room(path) for name, path in names.items()}
    found: Rooms = {room: set() for room in room_of.values()}
    for name, path in names.items():
        for imported in imports(path):
            known = next((part for part in (imported, imported.rpartition(".")[0]) if part in room_of), None)
            if known is not None and known not in APPS and room_of[known] != room_of[name]:
                found[room_of[name]].add(room_of[known])
    return found


def circles(left: Mapping[str, set[str]]) -> Rooms:
    """What is left when each room that imports none of the others is taken away, again and again."""
    rest = dict(left)
    while ends := {room for room, imported in rest.items() if not imported & rest.keys()}:
        rest = {room: imported for room, imported in rest.items() if room not in ends}
    return rest


def picture() -> str:
    """The packages as a Mermaid graph, without the arrows that follow from others."""
    packages = {room for room in rooms() if (PROJECT / room.replace(".", "/")).is_dir()}
    arrows = {room: {other for other in imported if other in packages} for room, imported in rooms().items()}
    arrows = {room: imported for room, imported in arrows.items() if room in packages}
    lines = ["```mermaid", "graph TD"]
    for room in sorted(arrows):
        implied = {far for near in arrows[room] for far in _reached(near, arrows)}
        lines += [f"    {room} --> {other}" for other in sorted(arrows[room] - implied)]
    return "\n".join([*lines, "```", ""])


def main() -> int:
    text = PAGE.read_text("utf-8")
    before, rest = text.split(BEGIN)
    PAGE.write_text(before + BEGIN + picture() + END + rest.split(END)[1], "utf-8")
    return 0


def _reached(room: str, arrows: Mapping[str, set[str]]) -> set[str]:
    found: set[str] = set()
    waiting = list(arrows.get(room, ()))
    while waiting:
        other = waiting.pop()
        if other not in found:
            found.add(other)
            waiting += arrows.get(other, ())
    return found


def _running(tree: ast.AST) -> Iterator[ast.AST]:
    """All nodes but those that only type checkers see."""
    for node in ast.iter_child_nodes(tree):
        if not (isinstance(node, ast.If) and "TYPE_CHECKING" in ast.dump(node.test)):
            yield node
            yield from _running(node)


def _name(path: Path) -> str:
    return ".".join(path.relative_to(PROJECT).with_suffix("").parts).removesuffix(".__init__")


def _room(path: Path) -> str:
    app, *folders, file = path.relative_to(PROJECT).parts
    return ".".join([app, *folders]) if folders else f"{app}.{file.removesuffix('.py')}"


if __name__ == "__main__":
    sys.exit(main())
