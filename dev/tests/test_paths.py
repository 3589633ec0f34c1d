"""Every place of the project that developers' programs name by its path is there."""

from __future__ import annotations

import ast

import pytest

from dev.environment import PROJECT

FOLDERS = ("dev", "benchmarks", "deploy")
# Made when they are needed.
MADE = {"run", ".venv", ".venv-aws", ".venv-bench", ".venv-tools", ".lint-tools", ".env", "medisupply.sqlite3"}


def named(node):
    """The parts of ``PROJECT / "a" / "b"``; none of another expression."""
    parts = []
    while isinstance(node, ast.BinOp) and isinstance(node.op, ast.Div) and isinstance(node.right, ast.Constant):
        parts.insert(0, str(node.right.value))
        node = node.left
    return parts if isinstance(node, ast.Name) and node.id == "PROJECT" else []


def places():
    for folder in FOLDERS:
        for path in (PROJECT / folder).rglob("*.py"):
            for node in ast.walk(ast.parse(path.read_text("utf-8"))):
                if (parts := named(node)) and parts[0] not in MADE:
                    yield f"{path.relative_to(PROJECT)}: {'/'.join(parts)}"


@pytest.mark.parametrize("place", sorted(set(places())))
def test_it_is_there(place):
    assert (PROJECT / place.partition(": ")[2]).exists()
