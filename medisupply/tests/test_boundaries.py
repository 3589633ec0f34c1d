"""Who may know whom: the shape of the project, kept by a test."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from django.conf import settings

from dev.packages import APPS, PAGE, circles, files, imports, picture, rooms

ROOT: Path = settings.BASE_DIR


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


def test_no_two_rooms_import_each_other_directly_or_through_others():
    assert circles(rooms()) == {}


def test_a_circle_is_seen():
    assert circles({"a": {"b"}, "b": {"c"}, "c": {"b"}, "d": set()}) == {"a": {"b"}, "b": {"c"}, "c": {"b"}}


def test_views_import_no_management_commands():
    for folder in APPS:
        offending = offenders(folder, *(f"{app}.management" for app in APPS))
        assert [name for name in offending if "/management/" not in name.split()[0]] == []


def test_the_picture_of_the_packages_is_the_one_that_the_code_makes():
    assert picture() in PAGE.read_text("utf-8"), "run: make picture"


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
        ("checking/field", ("checking.validator", "checking.chunks", "checking.seen_keys", "reading")),
        ("checking/validator", ("checking.chunks", "checking.seen_keys", "reading")),
        ("checking/seen_keys", ("checking.field", "checking.validator", "checking.chunks", "reading")),
        (
            "importing/matching/decision_types",
            ("importing.matching.existing_rows", "importing.matching.create_or_update"),
        ),
        ("importing/matching/existing_rows", ("importing.matching.create_or_update",)),
        ("importing/row_changes", ("importing.chunk", "importing.import_table", "reading")),
        ("importing/halving", ("importing.chunk", "importing.import_table", "reading")),
        ("importing/chunk", ("importing.import_table", "reading")),
    ],
)
def test_stages_do_not_know_the_later_ones(stage, others):
    forbidden = tuple(f"bulk_upload.{other}" for other in others)
    assert not [n for n in imports(ROOT / f"bulk_upload/{stage}.py") if n.startswith(forbidden)]


@pytest.mark.parametrize(
    ("package", "others"),
    [
        ("postgresql", ("importing.mapping", "importing.matching", "importing.writing")),
        ("mapping", ("importing.matching", "importing.writing")),
        ("matching", ("importing.writing",)),
        ("writing", ()),
    ],
)
def test_packages_of_the_import_do_not_know_the_later_ones(package, others):
    last = ("importing.halving", "importing.chunk", "importing.import_table", "importing.row_changes", "reading")
    assert offenders(f"bulk_upload/importing/{package}", *(f"bulk_upload.{other}" for other in (*others, *last))) == []


def test_only_the_api_and_products_know_the_rest_framework():
    known = offenders("bulk_upload", "rest_framework")
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
