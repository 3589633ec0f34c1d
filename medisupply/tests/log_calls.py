"""Where the code logs."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from dev.packages import APPS, files

LEVELS = {"debug", "info", "warning", "warn", "error", "exception", "critical", "fatal", "log", "msg"}
SOURCES = [path for folder in (*APPS, "deploy") for path in files(folder)]


def log_calls(tree: ast.AST) -> Iterator[ast.Call]:
    """Calls of a logger's methods, by whatever name the logger goes."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in LEVELS:
            owner = ast.unparse(node.func.value)
            if owner.rpartition(".")[2].rstrip("0123456789_").endswith(("log", "logger", "logging")):
                yield node
