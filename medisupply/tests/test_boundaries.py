"""Who may know whom: the shape of the project, kept by a test."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings

ROOT: Path = settings.BASE_DIR
APPS = ("bulk_upload", "catalog", "medisupply")


def imports(path: Path) -> set[str]:
    """Every module that a file imports, as dotted names (``from a import b`` counts as ``a.b``)."""
    found: set[str] = set()
    for node in _running(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found |= {f"{node.module}.{alias.name}" for alias in node.names}
    return found


def _running(tree: ast.AST) -> Iterator[ast.AST]:
    """All nodes but those that only type checkers see."""
    for node in ast.iter_child_nodes(tree):
        if not (isinstance(node, ast.If) and "TYPE_CHECKING" in ast.dump(node.test)):
            yield node
            yield from _running(node)


def files(folder: str) -> list[Path]:
    return [
        path
        for path in sorted((ROOT / folder).rglob("*.py"))
        if not {"tests", "migrations"} & set(path.relative_to(ROOT).parts)
    ]


def offenders(folder: str, *prefixes: str, but: tuple[str, ...] = ()) -> list[str]:
    return [
        f"{path.relative_to(ROOT)} imports {name}"
        for path in files(folder)
        if str(path.relative_to(ROOT)) not in but
        for name in imports(path)
        if name.startswith(prefixes)
    ]


def test_the_engine_knows_no_product():
    assert offenders("bulk_upload", "catalog") == []


def rooms() -> dict[str, set[str]]:
    """Which rooms each room imports while it runs: a package, or a module that lies directly in an app."""
    paths = [path for app in APPS for path in files(app)]
    names = {".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__"): path for path in paths}
    room_of = {name: _room(path) for name, path in names.items()}
    found: dict[str, set[str]] = {room: set() for room in room_of.values()}
    for name, path in names.items():
        for imported in imports(path):
            known = next((part for part in (imported, imported.rpartition(".")[0]) if part in room_of), None)
            if known is not None and known not in APPS and room_of[known] != room_of[name]:
                found[room_of[name]].add(room_of[known])
    return found


def _room(path: Path) -> str:
    app, *folders, file = path.relative_to(ROOT).parts
    return ".".join([app, *folders]) if folders else f"{app}.{file.removesuffix('.py')}"


def test_no_two_rooms_import_each_other_directly_or_through_others():
    left = rooms()
    while ends := {room for room, imported in left.items() if not imported & left.keys()}:
        left = {room: imported for room, imported in left.items() if room not in ends}
    assert left == {}


def test_only_queue_and_storage_know_aws():
    # The settings name the timeouts of django-storages' client.
    allowed = ("bulk_upload/queue.py", "bulk_upload/storage.py", "medisupply/settings.py")
    for folder in ("bulk_upload", "catalog", "medisupply"):
        assert offenders(folder, "boto3", "botocore", but=allowed) == []


def test_only_shared_cache_knows_the_cache():
    for folder in ("bulk_upload", "catalog", "medisupply"):
        allowed = ("medisupply/backends/shared_cache.py",)
        assert offenders(folder, "django.core.cache", "django_redis", "redis", but=allowed) == []


def test_what_the_guarded_child_runs_knows_neither_django_nor_the_import():
    for folder in ("bulk_upload/reading", "bulk_upload/checking"):
        assert offenders(folder, "django", "catalog", "bulk_upload.models", "bulk_upload.importing") == []


def test_what_a_sheet_is_knows_neither_django_nor_a_later_stage():
    later = ("reading", "checking", "importing", "consuming", "workbooks", "models", "api", "admin")
    assert offenders("bulk_upload/sheet", "django", "catalog", *(f"bulk_upload.{stage}" for stage in later)) == []


@pytest.mark.parametrize(
    ("stage", "others"),
    [
        ("checking/field", ("checking.validator", "checking.chunks", "checking.seen", "reading")),
        ("checking/validator", ("checking.chunks", "checking.seen", "reading")),
        ("checking/seen", ("checking.field", "checking.validator", "checking.chunks", "reading")),
        (
            "importing/decisions",
            ("importing.lookup", "importing.match", "importing.write", "importing.import_table", "reading"),
        ),
        (
            "importing/lookup",
            ("importing.match", "importing.write", "importing.chunk", "importing.import_table", "reading"),
        ),
        ("importing/match", ("importing.write", "importing.chunk", "importing.import_table", "reading")),
        (
            "importing/copy_text",
            ("importing.match", "importing.write", "importing.chunk", "importing.import_table", "reading"),
        ),
        ("importing/write", ("importing.chunk", "importing.import_table", "reading")),
        ("importing/row_changes", ("importing.match", "importing.chunk", "importing.import_table", "reading")),
        ("importing/chunk", ("importing.import_table", "reading")),
    ],
)
def test_stages_do_not_know_the_later_ones(stage, others):
    forbidden = tuple(f"bulk_upload.{other}" for other in others)
    assert not [n for n in imports(ROOT / f"bulk_upload/{stage}.py") if n.startswith(forbidden)]


def test_only_the_api_and_products_know_the_rest_framework():
    allowed = ("bulk_upload/api/serializers.py", "medisupply/management/commands/bootstrap.py")
    known = offenders("bulk_upload", "rest_framework", but=allowed)
    assert [name for name in known if not name.startswith("bulk_upload/api/")] == []


def test_what_tests_share_lies_in_modules_of_helpers():
    """No module imports from one of tests; fixtures come from conftest files, which may take them from each other."""
    modules = [path for folder in (*APPS, "deploy", "dev") for path in (ROOT / folder).rglob("*.py")]
    assert [
        f"{path.relative_to(ROOT)} imports {name}"
        for path in modules
        for name in imports(path)
        if path.name != "conftest.py" and re.search(r"\.tests\.(.*\.)?(test_|conftest\.)", name)
    ] == []
