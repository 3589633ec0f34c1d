"""The pages for people: every link leads somewhere, every command, option and file that they name exists."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import get_commands, load_command_class

from dev import licenses

ROOT: Path = settings.BASE_DIR
FOLDERS = (".", "docs", "bulk_upload", "benchmarks", "deploy", "catalog", "medisupply")
PAGES = sorted(page for folder in FOLDERS for page in (ROOT / folder).glob("*.md"))
LINK = re.compile(r"\]\(([^)\s]+)\)")
CODE = re.compile(r"```.*?```|`[^`\n]+`", re.DOTALL)
COMMAND = re.compile(r"manage\.py ([a-z_]+)((?: +(?:--?[a-z][\w-]*|[^\s`|;&>)]+))*)")
NAMED_FILE = re.compile(r"`((?:[\w.-]+/)+[\w.-]+\.(?:py|md|conf|yaml|yml|txt|in|json|sh|ini|svg))`")


def text_of(page):
    return page.read_text(encoding="utf-8")


def anchors(page):
    """As GitHub makes them from headings."""
    headings = re.findall(r"^#+ +(.+?) *$", re.sub(r"```.*?```", "", text_of(page), flags=re.DOTALL), re.MULTILINE)
    plain = (re.sub(r"[`*]|\]\([^)]*\)|\[", "", heading) for heading in headings)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in plain}


def names(page):
    return page.relative_to(ROOT).as_posix()


def test_there_are_pages():
    assert {"README.md", "docs/operacion.md", "bulk_upload/README.md"} <= set(map(names, PAGES))


@pytest.mark.parametrize("page", PAGES, ids=names)
def test_every_link_leads_somewhere(page):
    for link in LINK.findall(re.sub(r"```.*?```", "", text_of(page), flags=re.DOTALL)):
        if link.startswith(("http://", "https://", "mailto:", "/")):
            continue
        file, _, anchor = link.partition("#")
        target = (page.parent / file).resolve() if file else page
        assert target.exists(), link
        assert not anchor or anchor in anchors(target), link


@pytest.mark.parametrize("page", PAGES, ids=names)
def test_every_command_exists_with_its_options(page):
    for name, rest in COMMAND.findall(text_of(page)):
        assert name in get_commands(), name
        app = get_commands()[name]
        command = app if not isinstance(app, str) else load_command_class(app, name)
        parser = command.create_parser("manage.py", name)
        options = set(re.findall(r"(?<!\S)(--[a-z][\w-]*)", rest))
        assert options <= set(parser._option_string_actions), f"{name} {options}"


@pytest.mark.parametrize("page", PAGES, ids=names)
def test_every_target_of_make_exists(page):
    targets = set(re.findall(r"^([a-z][\w-]*):", text_of(ROOT / "Makefile"), re.MULTILINE))
    named = set()
    for code in CODE.findall(text_of(page)):
        named |= set(re.findall(r"(?:^|[`\s])make ([a-z][a-z-]*)", code))
    assert named - {"sure"} <= targets


@pytest.mark.parametrize("page", PAGES, ids=names)
def test_every_file_that_is_named_by_its_path_exists(page):
    kept = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=False).stdout.split()
    if not kept:
        pytest.skip("not a git repository")
    for file in NAMED_FILE.findall(text_of(page)):
        assert any(f"/{path}".endswith(f"/{file}") for path in kept), file


def test_the_licences_are_those_of_the_installed_packages():
    assert licenses.PAGE.read_text("utf-8") == licenses.page(), "write it again: make licenses"


def test_no_runtime_package_asks_for_more_than_a_notice_but_the_lgpl():
    asked = re.compile(r"MIT|BSD|Apache|PSF|Python Software Foundation|LGPL", re.IGNORECASE)
    found = licenses.licences()
    assert len(found) > 40
    assert [f"{name}: {licence}" for name, licence in found.items() if not asked.search(licence)] == []
    assert {name for name, licence in found.items() if "GPL" in licence} == {"psycopg", "psycopg-binary"}
