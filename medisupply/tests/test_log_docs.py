"""docs/operacion.md names the fields of the log, and quotes what stands in it."""

from __future__ import annotations

import ast
import dataclasses
import re

from django.conf import settings

from bulk_upload.stage_times import StageTimes
from bulk_upload.upload_end import UploadEnd
from dev.packages import APPS, files
from medisupply.logs.processors import FIRST
from medisupply.tests.log_calls import SOURCES, log_calls

PAGES = [settings.BASE_DIR / "docs" / name for name in ("operacion.md", "solucion-de-problemas.md")]
BINDERS = {"bound_contextvars", "bind_contextvars", "only"}
# Of every line that has a traceback; and of django_structlog.
OF_LIBRARIES = {"exception", "request", "code", "user_agent"}
# Not of the log: commands, a supervisor's line, a check, a setting.
QUOTED_FROM_ELSEWHERE = re.compile(
    r"exited: |apt-get|systemctl|journalctl|supervisorctl|docker compose|"
    r"medisupply[.:]|pool_mode|manage\.py|Read timeout"
)


def named_in_calls():
    """The fields that calls of loggers and of what binds fields give."""
    for path in SOURCES:
        tree = ast.parse(path.read_text("utf-8"))
        calls = (node for node in ast.walk(tree) if isinstance(node, ast.Call))
        binders = [call for call in calls if ast.unparse(call.func).rpartition(".")[2] in BINDERS]
        for call in [*log_calls(tree), *binders]:
            yield from (keyword.arg for keyword in call.keywords if keyword.arg)


def of_access_log():
    source = (settings.BASE_DIR / "medisupply" / "web" / "gunicorn_logger.py").read_text("utf-8")
    dicts = (node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Dict))
    return {key.value for each in dicts for key in each.keys if isinstance(key, ast.Constant)} - {"fields"}


def test_the_table_has_every_field_and_no_other():
    ends = {field.name for field in dataclasses.fields(UploadEnd)} - {"seconds"}
    stages = {f"seconds_{field.name}" for field in dataclasses.fields(StageTimes)}
    known = set(FIRST) | ends | stages | of_access_log() | OF_LIBRARIES | set(named_in_calls())
    chapter = PAGES[0].read_text("utf-8").partition("## Registros")[2].partition("\n## ")[0]
    rows = re.findall(r"^\| (`[^|]+) \|", chapter, re.MULTILINE)
    documented = {name for row in rows for name in re.findall(r"`(\w+)`", row)}
    assert documented == known - {"exc_info", "extra"}


def test_what_the_pages_quote_from_the_log_is_written_by_the_code():
    sources = [path for app in APPS for path in files(app)]
    literals = " ".join(
        node.value
        for path in sources
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    )
    pages = " ".join(page.read_text("utf-8") for page in PAGES)
    quoted = re.findall(r"`([A-Za-z][^`\n]*(?: [^`\n]*){2,})`", pages)
    english = [
        text for text in quoted if re.fullmatch(r"[A-Za-z0-9 ,:'.;-]+", text) and not QUOTED_FROM_ELSEWHERE.search(text)
    ]
    assert len(english) > 20
    assert [text for text in english if text not in literals] == []
