"""`docker compose --profile monitoring`: Prometheus reaches web and workers, and Grafana finds both its files.

No container engine runs these tests. Prometheus itself does, with the command of its container.
"""

from __future__ import annotations

import json
import subprocess

import pytest
import yaml

from bulk_upload.tests.helpers.processes import free_port, wait_for
from bulk_upload.tests.helpers.prometheus import DASHBOARD, FOLDER, Prometheus, program, promtool, rules
from deploy import healthcheck
from dev.environment import PROJECT
from medisupply.environment.metrics import Metrics

SERVICES = yaml.safe_load((PROJECT / "docker-compose.yml").read_text("utf-8"))["services"]
PROMETHEUS, GRAFANA = SERVICES["prometheus"], SERVICES["grafana"]
COMMAND = PROMETHEUS["command"]
CONFIG = yaml.safe_load((FOLDER / "compose.yml").read_text("utf-8"))
JOBS = {job["job_name"]: job for job in CONFIG["scrape_configs"]}
PROVISIONING = DASHBOARD.parent / "provisioning"


def in_container(service, folder):
    """Where a container sees a file or folder of ours."""
    mounts = dict(mount.split(":")[:2] for mount in service["volumes"])
    return mounts[f"./{folder.relative_to(PROJECT)}"]


@pytest.mark.parametrize("name", ["prometheus", "grafana"])
def test_they_are_started_only_when_asked_for_and_can_do_little(name):
    service = SERVICES[name]
    assert service["profiles"] == ["monitoring"]
    assert (service["read_only"], service["cap_drop"]) == (True, ["ALL"])
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert int(service["user"].partition(":")[0]) > 0


def test_nothing_else_waits_for_them():
    others = [service for service in SERVICES.values() if "profiles" not in service]
    assert not {"prometheus", "grafana"} & {name for service in others for name in service.get("depends_on", {})}


def test_the_web_answers_prometheus_at_its_own_port():
    (target,) = [target for each in JOBS["medisupply-web"]["static_configs"] for target in each["targets"]]
    assert target == f"web:{healthcheck.PORT}"
    assert JOBS["medisupply-web"]["authorization"] == {"credentials": SERVICES["web"]["environment"]["METRICS_TOKEN"]}


def test_each_worker_answers_prometheus_at_the_port_of_the_first_of_its_container():
    (found,) = JOBS["medisupply-worker"]["dns_sd_configs"]
    given = SERVICES["worker"]["environment"]
    assert (found["names"], found["type"]) == (["worker"], "A")
    assert found["port"] == Metrics.METRICS_PORT.kind.parse(given["METRICS_PORT"])
    assert given["METRICS_HOST"] == "0.0.0.0"  # noqa: S104 - of a container
    assert "METRICS_WORKER_NUMBER" not in given
    assert JOBS["medisupply-worker"]["authorization"] == {"credentials": given["METRICS_TOKEN"]}
    assert Metrics.METRICS_TOKEN.kind.parse(given["METRICS_TOKEN"]) == given["METRICS_TOKEN"]


def test_there_are_the_jobs_that_the_alarms_look_for():
    production = yaml.safe_load((FOLDER / "prometheus.yml").read_text("utf-8"))
    names = {job["job_name"] for job in production["scrape_configs"]}
    assert set(JOBS) == {name for name in names if name.startswith("medisupply-")}


def test_promtool_accepts_the_configuration():
    code, said = promtool("check", "config", FOLDER / "compose.yml")
    assert (code, f"{len(rules())} rules found" in said) == (0, True), said


@pytest.mark.processes
def test_prometheus_starts_with_the_command_has_the_alarms_and_is_well(tmp_path):
    port, place = free_port(), in_container(PROMETHEUS, FOLDER)
    here = [flag.replace(f"={place}/", f"={FOLDER}/").replace("=/prometheus", f"={tmp_path}") for flag in COMMAND]
    command = [program("prometheus"), *here, f"--web.listen-address=127.0.0.1:{port}", "--log.level=error"]
    process = subprocess.Popen(command)
    try:
        prometheus = Prometheus(port)
        wait_for(prometheus.is_ready)
        groups = prometheus.ask("rules")["groups"]
        assert [rule["name"] for group in groups for rule in group["rules"]] == [rule["alert"] for rule in rules()]
        kind, *check = PROMETHEUS["healthcheck"]["test"]
        assert kind == "CMD"
        check = [word.replace("127.0.0.1:9090", f"127.0.0.1:{port}") for word in check]
        assert subprocess.run(check, capture_output=True, timeout=30).returncode == 0
    finally:
        process.terminate()
        process.wait(20)


def test_grafana_reads_the_prometheus_of_the_file():
    (source,) = yaml.safe_load((PROVISIONING / "datasources" / "prometheus.yml").read_text("utf-8"))["datasources"]
    published = PROMETHEUS["ports"][0].rpartition(":")[2]
    assert (source["type"], source["url"]) == ("prometheus", f"http://prometheus:{published}")
    # The dashboard names none: it takes the first choice.
    assert source["isDefault"] is True
    assert json.loads(DASHBOARD.read_text("utf-8"))["templating"]["list"][0]["query"] == source["type"]


def test_grafana_finds_the_dashboard_and_begins_with_it():
    (provider,) = yaml.safe_load((PROVISIONING / "dashboards" / "medisupply.yml").read_text("utf-8"))["providers"]
    place = in_container(GRAFANA, DASHBOARD)
    assert place == f"{provider['options']['path']}/{DASHBOARD.name}"
    assert GRAFANA["environment"]["GF_DASHBOARDS_DEFAULT_HOME_DASHBOARD_PATH"] == place
    assert in_container(GRAFANA, PROVISIONING) == "/etc/grafana/provisioning"
