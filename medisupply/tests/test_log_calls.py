"""How the code logs: one sentence that is always the same, and what differs as fields of their own names."""

from __future__ import annotations

import ast

import pytest
from django.conf import settings

from dev.packages import imports
from medisupply.tests.log_calls import SOURCES, log_calls


def faults(call: ast.Call) -> list[str]:
    """What is wrong with a call: see the module's docstring."""
    events = call.args
    if len(events) != 1 or not isinstance(events[0], ast.Constant) or not isinstance(events[0].value, str):
        return ["the event is no single literal text"]
    text = events[0].value
    found = ["the event has a place for a value"] if {"%", "{"} & set(text) else []
    if any(keyword.arg is None and not isinstance(keyword.value, ast.Call) for keyword in call.keywords):
        found.append("fields without names")
    found += [
        f"{keyword.arg} is a formatted text"
        for keyword in call.keywords
        if isinstance(keyword.value, ast.JoinedStr)
        or (isinstance(keyword.value, ast.BinOp) and isinstance(keyword.value.op, ast.Mod))
    ]
    return found


def test_every_event_is_a_literal_sentence_and_its_values_are_fields():
    wrong = [
        f"{path.relative_to(settings.BASE_DIR)}:{call.lineno}: {fault}"
        for path in SOURCES
        for call in log_calls(ast.parse(path.read_text("utf-8")))
        for fault in faults(call)
    ]
    assert wrong == []


def test_the_calls_are_found():
    found = [call for path in SOURCES for call in log_calls(ast.parse(path.read_text("utf-8")))]
    assert len(found) > 40


@pytest.mark.parametrize(
    "call",
    [
        'log.info("Upload %s", key)',
        'log.info(f"Upload {key}")',
        'log.info("Upload %s" % key)',
        'log.info("Upload {}".format(key))',
        'log.info("Upload" + key)',
        "log.info(message)",
        'self._log.warning("Upload %(key)s", key=key)',
        'logging.error("Upload %s", key)',
        'log.info("The upload", key=f"task {key}")',
        'log.info("The upload", key="task %s" % key)',
        'log.info("The upload", **fields)',
    ],
)
def test_a_call_with_a_format_is_found(call):
    (found,) = log_calls(ast.parse(call))
    assert faults(found)


def test_only_the_configuration_and_gunicorn_know_the_standard_librarys_logging():
    allowed = {
        "medisupply/logs/configuration.py",
        "medisupply/web/gunicorn_logger.py",
        "medisupply/settings.py",
    }
    knowing = {str(path.relative_to(settings.BASE_DIR)) for path in SOURCES if "logging" in imports(path)}
    assert knowing == allowed


def test_a_thread_of_its_own_is_given_the_fields_of_who_starts_it():
    """A thread starts without them: whoever adds one here has seen to that, or it logs nothing."""
    seen = {
        "bulk_upload/consuming/previews.py",  # binds those of each question
        "medisupply/service_thread.py",  # by `get_contextvars`
        "medisupply/metrics/worker_server.py",  # belongs to no work
        "medisupply/web/bodies.py",  # logs nothing
        "medisupply/web/gunicorn_worker.py",  # serves requests, each of which binds its own
        "bulk_upload/reading/child/sheet_xml.py",  # in the guarded child, which logs nothing
    }
    makers = ("threading.Thread", "Thread", "ThreadPoolExecutor", "concurrent.futures.ThreadPoolExecutor")
    found = {
        str(path.relative_to(settings.BASE_DIR))
        for path in SOURCES
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.Call) and ast.unparse(node.func) in makers
    }
    assert found == seen
