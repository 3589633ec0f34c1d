"""Both languages are complete, and the compiled catalogues are those of the sources."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys

import pytest
from django.conf import settings

LOCALE = settings.BASE_DIR / "locale"
LANGUAGES = ("es", "en")
FORMATS = re.compile(r"%\(\w+\)s|\{\w+\}")

needs_gettext = pytest.mark.skipif(shutil.which("xgettext") is None, reason="needs gettext")


def entries(language: str) -> list[str]:
    """The catalogue's entries, its header left out."""
    text = (LOCALE / language / "LC_MESSAGES" / "django.po").read_text("utf-8")
    return text.split("\n\n")[1:]


def texts(entry: str, keyword: str) -> list[str]:
    """What stands behind a keyword of an entry (all plural forms of it)."""
    found = re.findall(rf'^{keyword}[^"]*((?:"(?:[^"\\]|\\.)*"\s*)+)', entry, re.MULTILINE)
    return ["".join(re.findall(r'"((?:[^"\\]|\\.)*)"', part)) for part in found]


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_text_is_translated_and_none_is_a_guess(language):
    for entry in entries(language):
        assert "fuzzy" not in entry.split("msgid")[0], entry
        assert not entry.startswith("#~"), f"obsolete: {entry}"
        assert all(texts(entry, "msgstr")), f"untranslated: {entry}"


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_translation_names_the_same_values_as_its_text(language):
    for entry in entries(language):
        wanted = set(FORMATS.findall(texts(entry, "msgid")[0]))
        for translated in texts(entry, "msgstr"):
            assert set(FORMATS.findall(translated)) == wanted, entry


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_compiled_catalogue_is_that_of_the_source(language, tmp_path):
    if shutil.which("msgfmt") is None:
        pytest.skip("needs gettext")
    folder = LOCALE / language / "LC_MESSAGES"
    compiled = tmp_path / "django.mo"
    subprocess.run(["msgfmt", "--check-format", "-o", compiled, folder / "django.po"], check=True)
    assert compiled.read_bytes() == (folder / "django.mo").read_bytes(), "run: manage.py compilemessages"


@needs_gettext
@pytest.mark.parametrize("language", LANGUAGES)
def test_no_text_of_the_code_is_missing_from_the_catalogue(language, tmp_path):
    for folder in ("bulk_upload", "catalog", "medisupply", "templates"):
        ignored = shutil.ignore_patterns("tests", "__pycache__", "static")
        shutil.copytree(settings.BASE_DIR / folder, tmp_path / folder, ignore=ignored)
    shutil.copytree(LOCALE, tmp_path / "locale")
    command = ["django", "makemessages", "-l", language, "--no-location", "--no-wrap"]
    subprocess.run([sys.executable, "-m", "django", *command[1:]], cwd=tmp_path, check=True)
    source = (tmp_path / "locale" / language / "LC_MESSAGES" / "django.po").read_text("utf-8")
    assert {texts(entry, "msgid")[0] for entry in source.split("\n\n")[1:] if not entry.startswith("#~")} == {
        texts(entry, "msgid")[0] for entry in entries(language)
    }
