"""Who may know whom: the shape of the project, kept by a test."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest
from django.conf import settings

ROOT: Path = settings.BASE_DIR


def imports(path: Path) -> set[str]:
    """Every module that a file imports, as dotted names (``from a import b`` counts as ``a.b``)."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found |= {f"{node.module}.{alias.name}" for alias in node.names}
    return found


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


def test_the_catalogue_knows_nothing_of_uploads():
    assert offenders("catalog", "bulk_upload") == []


def test_only_queue_and_storage_know_aws():
    # The settings name the timeouts of django-storages' client.
    allowed = ("bulk_upload/queue.py", "bulk_upload/storage.py", "medisupply/settings.py")
    for folder in ("bulk_upload", "catalog", "medisupply"):
        assert offenders(folder, "boto3", "botocore", but=allowed) == []


def test_only_shared_cache_knows_the_cache():
    for folder in ("bulk_upload", "catalog", "medisupply"):
        allowed = ("medisupply/shared_cache.py",)
        assert offenders(folder, "django.core.cache", "django_redis", "redis", but=allowed) == []


def test_what_the_guarded_child_runs_knows_neither_django_nor_the_import():
    for folder in ("bulk_upload/reading", "bulk_upload/checking"):
        assert offenders(folder, "django", "catalog", "bulk_upload.models", "bulk_upload.importing") == []


@pytest.mark.parametrize("module", ["cells", "problems", "values", "date_values", "columns", "headers"])
def test_what_the_guarded_child_uses_knows_no_django(module):
    assert not [name for name in imports(ROOT / "bulk_upload" / f"{module}.py") if name.startswith("django")]


@pytest.mark.parametrize(
    ("stage", "others"),
    [
        ("checking/field", ("checking.validator", "checking.chunks", "checking.seen", "reading")),
        ("checking/validator", ("checking.chunks", "checking.seen", "reading")),
        ("checking/seen", ("checking.field", "checking.validator", "checking.chunks", "reading")),
        ("importing/decisions", ("importing.lookup", "importing.match", "importing.write", "importing.run", "reading")),
        ("importing/lookup", ("importing.match", "importing.write", "importing.chunk", "importing.run", "reading")),
        ("importing/match", ("importing.write", "importing.chunk", "importing.run", "reading")),
        ("importing/copy_text", ("importing.match", "importing.write", "importing.chunk", "importing.run", "reading")),
        ("importing/write", ("importing.chunk", "importing.run", "reading")),
        ("importing/changes", ("importing.match", "importing.chunk", "importing.run", "reading")),
        ("importing/chunk", ("importing.run", "reading")),
    ],
)
def test_stages_do_not_know_the_later_ones(stage, others):
    forbidden = tuple(f"bulk_upload.{other}" for other in others)
    assert not [n for n in imports(ROOT / f"bulk_upload/{stage}.py") if n.startswith(forbidden)]


def test_only_the_api_and_products_know_the_rest_framework():
    allowed = ("bulk_upload/serializers.py", "bulk_upload/management/commands/bootstrap.py")
    known = offenders("bulk_upload", "rest_framework", but=allowed)
    assert [name for name in known if not name.startswith(("bulk_upload/api/", "bulk_upload/items/"))] == []
