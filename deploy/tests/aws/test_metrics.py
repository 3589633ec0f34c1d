"""A Prometheus in the VPC reaches web and workers, if the stack is told its security group; docs/aws.md says how."""

from __future__ import annotations

import re

import pytest
import yaml

from bulk_upload.tests.helpers.prometheus import FOLDER, RULES, promtool
from deploy import healthcheck
from deploy.tests.aws.template import RESOURCES, container, properties
from dev.environment import PROJECT
from medisupply.environment.metrics import Metrics

PAGE = (PROJECT / "docs" / "aws.md").read_text("utf-8")
CONFIG = re.search(r"```yaml\n(rule_files.*?)```", PAGE, re.DOTALL)[1]
# For each process its service, its name in the DNS, and the rule that lets Prometheus in.
WATCHED = {
    "web": ("Web", "WebName", "PrometheusReadsWeb"),
    "worker": ("Workers", "WorkerName", "PrometheusReadsWorkers"),
}


def port(task):
    given = {found["Name"]: found["Value"] for found in container(task)["Environment"]}
    if task == "web":
        return healthcheck.PORT
    assert given["METRICS_HOST"] == "0.0.0.0"  # noqa: S104 - of a task
    return Metrics.METRICS_PORT.kind.parse(given["METRICS_PORT"])


@pytest.mark.parametrize("task", WATCHED)
def test_prometheus_is_let_in_where_the_process_answers(task):
    service, name, rule = WATCHED[task]
    assert (properties(rule)["FromPort"], properties(rule)["ToPort"]) == (port(task), port(task))
    assert properties(rule)["GroupId"] == {"Ref": "TaskGroup"}
    (registered,) = properties(service)["ServiceRegistries"]["Fn::If"][1]
    assert registered == {"RegistryArn": {"Fn::GetAtt": [name, "Arn"]}}
    assert {RESOURCES[part]["Condition"] for part in (name, rule, "Names")} == {"Watched"}


@pytest.mark.parametrize("task", WATCHED)
def test_the_page_asks_each_by_its_name_and_port(task):
    (found,) = [
        job["dns_sd_configs"]
        for job in yaml.safe_load(CONFIG)["scrape_configs"]
        if job["job_name"] == f"medisupply-{task}"
    ]
    domain = properties("Names")["Name"]["Fn::Sub"].replace("${AWS::StackName}", "medisupply")
    name = properties(WATCHED[task][1])["Name"]
    assert found == [{"names": [f"{name}.{domain}"], "type": "A", "port": port(task)}]


def test_promtool_accepts_the_configuration_of_the_page(tmp_path):
    (tmp_path / "prometheus.yml").write_text(CONFIG)
    (tmp_path / RULES).write_text((FOLDER / RULES).read_text("utf-8"))
    (tmp_path / "medisupply.token").touch()
    code, said = promtool("check", "config", tmp_path / "prometheus.yml")
    assert code == 0, said


def test_the_token_that_the_stack_makes_is_one_that_the_settings_take():
    rule = properties("MetricsToken")["GenerateSecretString"]
    assert rule == {"PasswordLength": 48, "ExcludePunctuation": True}
    Metrics.METRICS_TOKEN.kind.parse("a" * 48)
