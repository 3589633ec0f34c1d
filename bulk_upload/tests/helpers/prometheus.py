"""Prometheus itself, with the files of `deploy/prometheus`, for the tests of alarms and dashboard."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlencode

import pytest
import urllib3
import yaml
from django.conf import settings

from bulk_upload.tests.helpers.processes import free_port, wait_for
from bulk_upload.tests.helpers.scraping import TOKEN

FOLDER: Final[Path] = settings.BASE_DIR / "deploy" / "prometheus"
CONFIG: Final = "prometheus.yml"
RULES: Final = "medisupply.rules.yml"
DASHBOARD: Final[Path] = settings.BASE_DIR / "deploy" / "grafana" / "medisupply.json"
MISSING: Final = (
    "{name} was not found: install Prometheus (on Debian: apt-get install prometheus). Without it the tests of alarms "
    "and dashboard are skipped; with REQUIRE_PROMETHEUS=1 they fail."
)


def program(name: str) -> str:
    """Where `prometheus` or `promtool` is; without it the test is skipped, or fails where it must not be missing."""
    found = shutil.which(name)
    if found is None:
        (pytest.fail if os.environ.get("REQUIRE_PROMETHEUS") == "1" else pytest.skip)(MISSING.format(name=name))
    return found


def promtool(*arguments: str | Path) -> tuple[int, str]:
    """Exit status and everything that it says."""
    done = subprocess.run([program("promtool"), *arguments], capture_output=True, text=True, timeout=60, check=False)
    return done.returncode, done.stdout + done.stderr


def rules() -> list[dict[str, Any]]:
    """The alarms as the file declares them."""
    groups = yaml.safe_load((FOLDER / RULES).read_text("utf-8"))["groups"]
    return [rule for group in groups for rule in group["rules"]]


def dashboard_queries() -> list[str]:
    """Every expression of the dashboard, for rates of a minute."""
    panels = json.loads(DASHBOARD.read_text("utf-8"))["panels"]
    found = [target["expr"] for panel in panels for target in panel.get("targets", [])]
    return [expression.replace("$__rate_interval", "1m") for expression in found]


def names_in(expression: str) -> set[str]:
    """The metrics that an expression of PromQL reads: words that are no function, label, operator or unit."""
    bare = re.sub(r"\{[^}]*\}|\[[^\]]*\]|\"[^\"]*\"|'[^']*'", " ", expression)
    bare = re.sub(r"\b(by|without|on|ignoring|group_left|group_right)\s*\([^)]*\)", " ", bare)
    words = re.findall(r"\b[a-zA-Z_:][\w:]*\b(?!\s*\()", bare)
    return set(words) - {"and", "or", "unless", "ignoring", "on", "group_left", "group_right", "bool", "by", "without"}


class Prometheus:
    """A running one."""

    def __init__(self, port: int) -> None:
        self._address = f"http://127.0.0.1:{port}/api/v1"

    def firing(self) -> set[str]:
        """The names of the alarms that fire now."""
        return {alert["labels"]["alertname"] for alert in self.ask("alerts")["alerts"] if alert["state"] == "firing"}

    def query(self, expression: str) -> list[Any]:
        """What the expression gives now. Raises `AssertionError` where Prometheus does not understand it."""
        found: list[Any] = self.ask("query", query=expression)["result"]
        return found

    def ask(self, path: str, **parameters: str) -> dict[str, Any]:
        answer = urllib3.request("GET", f"{self._address}/{path}?{urlencode(parameters)}", timeout=10, retries=False)
        body = answer.json()
        assert body["status"] == "success", body
        data: dict[str, Any] = body["data"]
        return data

    def is_ready(self) -> bool:
        try:
            return bool(self.query("vector(1)"))
        except (urllib3.exceptions.HTTPError, ValueError, AssertionError):
            return False


@contextmanager
def running(folder: Path, targets: Mapping[str, Sequence[int]]) -> Iterator[Prometheus]:
    """Prometheus with our files, but quick: it asks these ports of each job twice a second, and no alarm waits long."""
    _write_files(folder, targets)
    port = free_port()
    command = [program("prometheus"), f"--config.file={folder / CONFIG}", f"--storage.tsdb.path={folder / 'data'}"]
    command += [f"--web.listen-address=127.0.0.1:{port}", "--log.level=warn"]
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(command, stdout=log, stderr=log)
    try:
        prometheus = Prometheus(port)
        wait_for(prometheus.is_ready)
        yield prometheus
    finally:
        process.terminate()
        process.wait(20)


def _write_files(folder: Path, targets: Mapping[str, Sequence[int]]) -> None:
    config = yaml.safe_load((FOLDER / CONFIG).read_text("utf-8"))
    config["global"] = {"scrape_interval": "500ms", "scrape_timeout": "500ms", "evaluation_interval": "500ms"}
    del config["alerting"]
    config["scrape_configs"] = [job for job in config["scrape_configs"] if job["job_name"] in targets]
    for job in config["scrape_configs"]:
        addresses = [f"127.0.0.1:{port}" for port in targets[job["job_name"]]]
        job["static_configs"] = [{"targets": addresses}]
    ours = yaml.safe_load((FOLDER / RULES).read_text("utf-8"))
    for rule in (rule for group in ours["groups"] for rule in group["rules"]):
        rule["for"] = "1s"
    (folder / CONFIG).write_text(yaml.safe_dump(config), "utf-8")
    (folder / RULES).write_text(yaml.safe_dump(ours), "utf-8")
    (folder / "medisupply.token").write_text(f"{TOKEN}\n", "ascii")
