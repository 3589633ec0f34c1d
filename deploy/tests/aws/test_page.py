"""docs/aws.md names the template's parameters, outputs and alarms as they are, and its commands can be given."""

from __future__ import annotations

import re
import subprocess

from deploy.tests.aws.template import PARAMETERS, PATH, PROCESSES, RESOURCES, TEMPLATE, container, properties
from deploy.tests.configuration import assert_manage_command_works
from dev.environment import PROJECT

PAGE = (PROJECT / "docs" / "aws.md").read_text("utf-8")
SCRIPT = PROJECT / "deploy" / "aws" / "run-task.sh"
# Commands are read with their continued lines joined.
COMMANDS = re.sub(r"\s*\\\n\s*", " ", "\n".join(re.findall(r"```sh\n(.*?)```", PAGE, re.DOTALL)))
REQUIRED = {name for name, parameter in PARAMETERS.items() if "Default" not in parameter}


def table(title):
    """The rows of the table below a heading, without its head."""
    section = PAGE.partition(f"\n## {title}\n")[2].partition("\n## ")[0]
    rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in section.splitlines() if line[:1] == "|"]
    return rows[2:]


def deployments():
    """For each `aws cloudformation deploy`, the parameters that it gives."""
    lines = [line for line in COMMANDS.splitlines() if line.startswith("aws cloudformation deploy")]
    return [dict(re.findall(r"(\w+)=(\S+)", line.partition("--parameter-overrides")[2])) for line in lines]


def test_the_table_of_parameters_is_the_templates():
    said = {name.strip("`"): default.strip("`") for name, default, _ in table("Parámetros")}
    words = {"": "vacía"}
    assert said == {
        name: words.get(default := str(parameter.get("Default", "–")), default)
        for name, parameter in PARAMETERS.items()
    }


def test_the_first_deployment_gives_all_that_has_no_default_and_later_ones_a_tag():
    first, *later = deployments()
    assert set(first) == REQUIRED
    assert [set(given) for given in later] == [{"ServiceTag"}, {"MigrationTag"}, {"ServiceTag"}]


def test_a_release_migrates_before_its_services_come():
    section = PAGE.partition("## Cada versión")[2]
    steps = ["docker push", "MigrationTag=1.1.0", "deploy/aws/run-task.sh medisupply\n", "ServiceTag=1.1.0"]
    places = [section.index(step) for step in steps]
    assert places == sorted(places)


def test_each_deployment_names_the_template_and_what_it_creates():
    lines = [line for line in COMMANDS.splitlines() if line.startswith("aws cloudformation deploy")]
    assert len(lines) == 4
    for line in lines:
        assert f"--template-file {PATH.relative_to(PROJECT)}" in line
        # Roles without names of their own.
        assert "--capabilities CAPABILITY_IAM " in line
    roles = [found for found in RESOURCES.values() if found["Type"] == "AWS::IAM::Role"]
    assert not any("RoleName" in role["Properties"] for role in roles)


def test_the_outputs_that_page_and_script_ask_for_exist():
    asked = re.findall(r"salida (\w+)", COMMANDS) + re.findall(r"\$\(output (\w+)\)", SCRIPT.read_text("utf-8"))
    by_the_page = {"Address", "AdminPassword", "PurgeFailures"}
    by_the_script = {"Cluster", "MigrationTask", "TaskNetwork", "Logs"}
    assert set(asked) == by_the_page | by_the_script
    assert set(asked) <= set(TEMPLATE["Outputs"])


def test_the_table_of_alarms_is_the_templates():
    alarms = {
        name
        for name, found in RESOURCES.items()
        if found["Type"] == "AWS::CloudWatch::Alarm"
        and found["Properties"]["AlarmActions"] == [{"Ref": "AlarmTopicArn"}]
    }
    assert {row[0].strip("`") for row in table("Alarmas")} == alarms
    assert len(alarms) == 7


def test_the_table_of_secrets_is_the_containers():
    given = {row[0].strip("`"): re.match(r"`(\w+)`", row[1])[1] for row in table("Secretos")}
    in_tasks = {
        secret["ValueFrom"]["Ref"]: secret["Name"] for task in PROCESSES for secret in container(task)["Secrets"]
    }
    assert given == in_tasks


def test_the_commands_of_one_off_tasks_exist():
    words = re.findall(r"run-task\.sh medisupply python manage\.py ([^`\n]+)", PAGE)
    assert len(words) == 3
    for command in words:
        assert_manage_command_works(command.split())


def test_the_script_is_valid_and_runs_the_one_off_tasks_container():
    assert subprocess.run(["bash", "-n", str(SCRIPT)], capture_output=True).returncode == 0
    text = SCRIPT.read_text("utf-8")
    assert f'\\"name\\": \\"{container("migration")["Name"]}\\"' in text
    prefix = container("migration")["LogConfiguration"]["Options"]["awslogs-stream-prefix"]
    assert f"{prefix}/{container('migration')['Name']}/${{task##*/}}" in text


def test_the_services_and_the_log_have_the_names_that_the_page_says():
    assert {properties(name)["ServiceName"] for name in ("Web", "Workers")} == {"web", "workers"}
    named = re.findall(r"--services? (\w+)", PAGE)
    assert set(named) == {"web", "workers"}
    assert properties("Logs")["LogGroupName"] == {"Fn::Sub": "/${AWS::StackName}"}
