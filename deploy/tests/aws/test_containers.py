"""Web, workers and one-off tasks are started as the image and the code need it."""

from __future__ import annotations

import ast
import os
import re
import secrets
import subprocess
import sys

import pytest
from django.conf import settings
from django.contrib.auth.models import User
from django.core.management import call_command

from deploy import gunicorn_config, healthcheck
from deploy.tests.aws.template import GIVEN, RESOURCES, TASKS, container, defaults, properties, resolved
from deploy.tests.configuration import READ_BY_LIBRARIES, assert_manage_command_works, read_by_settings
from dev.environment import PROJECT
from medisupply.health import PAGES

DOCKERFILE = (PROJECT / "Dockerfile").read_text("utf-8")
ALL = pytest.mark.parametrize("task", TASKS)


def environment(task, values):
    return {found["Name"]: resolved(found["Value"], values) for found in container(task)["Environment"]}


def names(task):
    return {found["Name"] for part in ("Environment", "Secrets") for found in container(task)[part]}


@ALL
def test_they_are_given_only_variables_that_are_read(task):
    assert names(task) - read_by_settings() - READ_BY_LIBRARIES == set()
    assert not any(name.startswith("AWS_") for name in names(task) - {"AWS_DEFAULT_REGION"})


def test_all_are_given_the_same_parts():
    common = {"DATABASE_URL", "REDIS_URL", "AWS_DEFAULT_REGION", "S3_BUCKET_NAME", "SQS_QUEUE_NAME"}
    given = [
        {name: found["Value"] for found in container(task)["Environment"] if (name := found["Name"]) in common}
        for task in TASKS
    ]
    assert set(given[0]) == common
    assert given == [given[0]] * len(TASKS)


@ALL
def test_their_variables_are_all_that_a_deployment_needs(task, in_the_stack):
    values = {
        **in_the_stack.values,
        **defaults(),
        **GIVEN,
        "AWS::Region": "us-east-1",
        "Database.Endpoint.Address": "db.internal",
        "Cache.PrimaryEndPoint.Address": "cache.internal",
        "Queue.QueueName": in_the_stack.outputs["Queue"],
    }
    passwords = {found["Name"]: secrets.token_urlsafe(48) for found in container(task)["Secrets"]}
    inherited = {name: value for name, value in os.environ.items() if name in ("PATH", "HOME", "LANG", "TMPDIR")}
    # moto in the place of AWS, and of the task's role.
    aws = {name: os.environ[name] for name in os.environ if name.startswith("AWS_")}
    done = subprocess.run(
        [sys.executable, "manage.py", "check", "--deploy", "--fail-level", "ERROR"],
        env={**inherited, **aws, **environment(task, values), **passwords},
        cwd=settings.BASE_DIR,
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.returncode == 0, done.stderr
    assert re.findall(r"[a-z_]+\.[EWC]\d+", done.stderr) == ["medisupply.W004"]  # no such database here


@pytest.mark.parametrize("task", ["worker", "purge", "migration"])
def test_their_commands_exist(task):
    python, manage, *words = container(task)["Command"]
    assert (python, manage) == ("python", "manage.py")
    assert_manage_command_works(words)


def test_the_web_runs_what_the_image_runs():
    assert "Command" not in container("web")
    assert container("web")["PortMappings"] == [{"ContainerPort": healthcheck.PORT}]


@ALL
def test_they_write_to_tmp_alone_as_the_images_user(task):
    found = container(task)
    assert found["ReadonlyRootFilesystem"] is True
    assert re.search(r"^USER (.*)$", DOCKERFILE, re.MULTILINE)[1] == found["User"]
    (mount,) = found["MountPoints"]
    # Without its name in the image the volume would belong to root.
    assert re.findall(r"^VOLUME (.*)$", DOCKERFILE, re.MULTILINE) == [mount["ContainerPath"]] == ["/tmp"]  # noqa: S108
    assert properties(TASKS[task])["Volumes"] == [{"Name": mount["SourceVolume"]}]
    assert found["LinuxParameters"] == {"InitProcessEnabled": True, "Capabilities": {"Drop": ["ALL"]}}


@ALL
def test_each_has_the_role_whose_permissions_are_tested(task):
    assert properties(TASKS[task])["TaskRoleArn"] == {"Fn::GetAtt": [f"{task.capitalize()}Role", "Arn"]}


def test_there_is_time_to_end_a_chunk_and_the_open_requests():
    assert container("worker")["StopTimeout"] > settings.BULK_UPLOAD_LEASE_SECONDS
    assert container("web")["StopTimeout"] > gunicorn_config.graceful_timeout
    # The most that ECS takes on Fargate.
    assert max(container(task).get("StopTimeout", 30) for task in TASKS) <= 120


def test_the_web_is_asked_whether_it_lives_and_the_balancer_whether_it_is_ready():
    kind, *command, path = container("web")["HealthCheck"]["Command"]
    assert (kind, command, path) == ("CMD", ["python", "-m", "deploy.healthcheck"], "/health")
    in_the_image = ast.literal_eval(re.search(r"HEALTHCHECK.*?CMD (\[.*?\])", DOCKERFILE, re.DOTALL)[1])
    assert in_the_image == [*command, path]
    targets = properties("WebTargets")
    assert (targets["HealthCheckPath"], targets["Port"]) == ("/health/ready", healthcheck.PORT)
    assert {path, targets["HealthCheckPath"]} <= set(PAGES)
    patience = targets["HealthCheckIntervalSeconds"] * targets["UnhealthyThresholdCount"]
    assert patience >= 120


def test_the_balancer_closes_idle_connections_before_gunicorn_does():
    attributes = {found["Key"]: found["Value"] for found in properties("Balancer")["LoadBalancerAttributes"]}
    assert int(attributes["idle_timeout.timeout_seconds"]) < gunicorn_config.keepalive


@pytest.mark.parametrize("service", ["Web", "Workers"])
def test_a_release_that_does_not_start_is_taken_back(service):
    assert properties(service)["DeploymentConfiguration"] == {
        "MinimumHealthyPercent": 100,
        "MaximumPercent": 200,
        "DeploymentCircuitBreaker": {"Enable": True, "Rollback": True},
    }
    network = properties(service)["NetworkConfiguration"]["AwsvpcConfiguration"]
    assert (network["Subnets"], network["AssignPublicIp"]) == ({"Ref": "PrivateSubnets"}, "DISABLED")


def test_a_new_image_comes_to_one_off_tasks_without_the_services():
    tags = {task: container(task)["Image"]["Fn::Sub"].rpartition(":")[2] for task in TASKS}
    assert tags.pop("migration") == "${MigrationTag}"
    assert set(tags.values()) == {"${ServiceTag}"}
    without_services = {name for name, found in RESOURCES.items() if found.get("Condition") != "Running"}
    assert {"MigrationTask", "MigrationRole", "Cluster", "Database", "Bucket"} <= without_services
    assert not {"Web", "Workers", "WebTask", "WorkerTask", "WorkerCount", "PurgeTask", "Purge"} & without_services


def test_the_oldest_message_adds_workers_and_takes_them_away():
    steps = properties("MoreWorkers")["StepScalingPolicyConfiguration"]["StepAdjustments"]
    bounds = [(step["MetricIntervalLowerBound"], step.get("MetricIntervalUpperBound")) for step in steps]
    assert bounds == [(0, 240), (240, None)]
    assert [step["ScalingAdjustment"] for step in steps] == [1, 2]
    (less,) = properties("FewerWorkers")["StepScalingPolicyConfiguration"]["StepAdjustments"]
    assert less == {"MetricIntervalUpperBound": 0, "ScalingAdjustment": -1}
    alarms = {name: properties(name) for name in ("MessagesWait", "NoMessageWaits")}
    for alarm in alarms.values():
        assert alarm["MetricName"] == "ApproximateAgeOfOldestMessage"
        assert alarm["Dimensions"] == [{"Name": "QueueName", "Value": {"Fn::GetAtt": ["Queue", "QueueName"]}}]
    assert alarms["NoMessageWaits"]["Threshold"] < alarms["MessagesWait"]["Threshold"]
    assert "DesiredCount" not in properties("Workers")


@pytest.mark.django_db
def test_the_first_account_is_made_from_the_tasks_own_variables(monkeypatch):
    for name, value in environment("migration", _any_values()).items():
        if name.startswith("DJANGO_SUPERUSER_"):
            monkeypatch.setenv(name, value)
    monkeypatch.setenv("DJANGO_SUPERUSER_PASSWORD", "secreto")
    call_command("createsuperuser", interactive=False, verbosity=0)
    account = User.objects.get(username="admin")
    assert (account.is_superuser, account.email) == (True, "admin@medisupply.example")
    assert account.check_password("secreto")


def _any_values():
    parts = ("Database.Endpoint.Address", "Cache.PrimaryEndPoint.Address", "Queue.QueueName", "Bucket", "AWS::Region")
    return {**GIVEN, **dict.fromkeys(parts, "x")}
