"""The daily purge is started by EventBridge's scheduler, and a purge that fails is a message and an alarm."""

from __future__ import annotations

import json

import boto3
import pytest

from deploy.tests.aws.template import container, properties, resolved

TASK, ROLE = "arn:aws:ecs:us-east-1:123456789012:task-definition/purge:7", "arn:aws:iam::123456789012:role/"
FAILURES = {"Fn::GetAtt": ["PurgeFailures", "Arn"]}


@pytest.fixture
def values(stack):
    return {
        **stack.values,
        "AWS::AccountId": "123456789012",
        "PurgeTask": TASK,
        "TaskGroup": "sg-1",
        "PrivateSubnets": ["subnet-3", "subnet-4"],
        **{f"{name}.Arn": f"{ROLE}{name}" for name in ("PurgeRole", "PurgeScheduleRole", "ExecutionRole")},
        "PurgeFailed.Arn": f"arn:aws:events:us-east-1:123456789012:rule/{stack.name}-failed",
    }


def test_it_purges_once_and_ends():
    assert container("purge")["Command"] == ["python", "manage.py", "purge_bulk_uploads"]


def test_the_scheduler_takes_the_schedule_of_every_day_at_noon(values):
    wanted = resolved(properties("Purge"), values)
    network = wanted["Target"]["EcsParameters"].pop("NetworkConfiguration")
    wanted["Target"]["EcsParameters"]["NetworkConfiguration"] = {"awsvpcConfiguration": network["AwsvpcConfiguration"]}
    scheduler, name = boto3.client("scheduler"), values["AWS::StackName"]
    scheduler.create_schedule(Name=name, **wanted)
    made = scheduler.get_schedule(Name=name)
    assert (made["ScheduleExpression"], made["State"]) == ("cron(30 12 * * ? *)", "ENABLED")
    assert made["Target"]["Arn"] == values["Cluster.Arn"]
    assert made["Target"]["DeadLetterConfig"] == {"Arn": values["PurgeFailures.Arn"]}
    assert made["Target"]["EcsParameters"] == {
        "TaskDefinitionArn": TASK,
        "LaunchType": "FARGATE",
        "NetworkConfiguration": {
            "awsvpcConfiguration": {
                "Subnets": ["subnet-3", "subnet-4"],
                "SecurityGroups": ["sg-1"],
                "AssignPublicIp": "DISABLED",
            }
        },
    }


def test_its_role_starts_this_task_in_this_cluster_and_nothing_else(values):
    role = resolved(properties("PurgeScheduleRole"), values)
    (policy,) = role["Policies"]
    granted = {
        statement["Action"]: (statement["Resource"], statement.get("Condition"))
        for statement in policy["PolicyDocument"]["Statement"]
    }
    assert granted == {
        "ecs:RunTask": (TASK, {"ArnEquals": {"ecs:cluster": values["Cluster.Arn"]}}),
        "iam:PassRole": (
            [f"{ROLE}PurgeRole", f"{ROLE}ExecutionRole"],
            {"StringEquals": {"iam:PassedToService": "ecs-tasks.amazonaws.com"}},
        ),
        "sqs:SendMessage": (values["PurgeFailures.Arn"], None),
    }
    (trust,) = role["AssumeRolePolicyDocument"]["Statement"]
    assert trust["Principal"] == {"Service": "scheduler.amazonaws.com"}
    assert trust["Condition"] == {"StringEquals": {"aws:SourceAccount": "123456789012"}}


def test_sqs_takes_the_policy_by_which_the_rule_alone_may_send(stack, values):
    document = resolved(properties("PurgeFailuresPolicy")["PolicyDocument"], values)
    boto3.client("sqs").set_queue_attributes(
        QueueUrl=stack.outputs["PurgeFailures"], Attributes={"Policy": json.dumps(document)}
    )
    (allowed,) = [statement for statement in document["Statement"] if statement["Effect"] == "Allow"]
    assert allowed["Principal"] == {"Service": "events.amazonaws.com"}
    assert allowed["Condition"] == {"ArnEquals": {"aws:SourceArn": values["PurgeFailed.Arn"]}}


def ended(stack, task, **detail):
    """Tell EventBridge that a task has stopped; returns the task.

    moto does not look into lists of objects, as EventBridge does: the exit codes are given as a list of their own.
    """
    known = {
        "clusterArn": stack.values["Cluster.Arn"],
        "group": f"family:{stack.name}-purge",
        "lastStatus": "STOPPED",
        "stopCode": "EssentialContainerExited",
        "taskArn": task,
    }
    event = {"Source": "aws.ecs", "DetailType": "ECS Task State Change", "Detail": json.dumps({**known, **detail})}
    assert boto3.client("events").put_events(Entries=[event])["FailedEntryCount"] == 0
    return task


def failures(stack):
    found = boto3.client("sqs").receive_message(QueueUrl=stack.outputs["PurgeFailures"], MaxNumberOfMessages=10)
    return {json.loads(message["Body"])["detail"]["taskArn"] for message in found.get("Messages", [])}


def test_a_purge_that_fails_or_never_runs_is_a_message_and_no_other_task_is(stack):
    ended(stack, "well", containers={"exitCode": [0]})
    ended(stack, "running", lastStatus="RUNNING")
    ended(stack, "another", group="service:web", containers={"exitCode": [1]})
    ended(stack, "elsewhere", clusterArn="arn:aws:ecs:us-east-1:123456789012:cluster/x", containers={"exitCode": [1]})
    assert failures(stack) == set()
    badly = ended(stack, "badly", containers={"exitCode": [1]})
    never = ended(stack, "never", stopCode="TaskFailedToStart")
    assert failures(stack) == {badly, never}


def test_every_message_is_an_alarm():
    assert properties("Purge")["Target"]["DeadLetterConfig"]["Arn"] == FAILURES
    assert [target["Arn"] for target in properties("PurgeFailed")["Targets"]] == [FAILURES]
    alarm = properties("PurgeFailuresAlarm")
    assert alarm["Dimensions"] == [{"Name": "QueueName", "Value": {"Fn::GetAtt": ["PurgeFailures", "QueueName"]}}]
    assert (alarm["ComparisonOperator"], alarm["Threshold"]) == ("GreaterThanThreshold", 0)
