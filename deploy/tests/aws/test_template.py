"""The template says of bucket, queues and data what the code expects, and keeps all of it private."""

from __future__ import annotations

import json

import pytest

from bulk_upload import queue, queue_attributes
from bulk_upload.storage_lifecycle import our_rules
from deploy.tests.aws.template import (
    PARAMETERS,
    PATH,
    RESOURCES,
    TASKS,
    container,
    defaults,
    lifecycle_rules,
    properties,
    resolved,
)

# What `AWS::…` gives; the names of the queues follow from the stack's.
STACK = {"AWS::StackName": "medisupply", "AWS::Partition": "aws", "AWS::Region": "us-east-1", "AWS::AccountId": "1"}
QUEUE, DEAD_LETTERS = "medisupply-bulk-upload.fifo", "medisupply-bulk-upload-dlq.fifo"


def of_type(kind):
    return {name: found["Properties"] for name, found in RESOURCES.items() if found["Type"] == kind}


def test_it_is_small_enough_to_be_sent_without_a_bucket():
    assert PATH.stat().st_size < 51_200


# --- Files and work ---


def test_the_buckets_rules_are_those_that_bootstrap_would_add_and_no_other_ends_current_files():
    *ours, noncurrent = lifecycle_rules(defaults())
    assert ours == our_rules()
    assert noncurrent == {
        "ID": "expire noncurrent versions",
        "Status": "Enabled",
        "Filter": {"Prefix": ""},
        "NoncurrentVersionExpiration": {"NoncurrentDays": 30},
        "Expiration": {"ExpiredObjectDeleteMarker": True},
    }


def test_the_queues_have_the_names_that_the_code_derives():
    names = [resolved(properties(name)["QueueName"], STACK) for name in ("Queue", "DeadLetters")]
    assert names == [QUEUE, DEAD_LETTERS]
    assert queue.dead_letters_name(QUEUE) == DEAD_LETTERS


@pytest.mark.parametrize("name", ["Queue", "DeadLetters"])
def test_the_queues_have_the_attributes_that_bootstrap_would_give_them(name):
    arn = "arn:aws:sqs:us-east-1:1:medisupply-bulk-upload-dlq.fifo"
    wanted = (
        queue_attributes.of_queue(arn, fifo=True) if name == "Queue" else queue_attributes.of_dead_letters(fifo=True)
    )
    given = resolved(properties(name), {**STACK, "DeadLetters.Arn": arn})
    as_attributes = {
        attribute: json.dumps(value) if isinstance(value, dict) else str(value).lower()
        for attribute, value in given.items()
    }
    assert queue_attributes.differences(name, "", as_attributes, wanted) == []


def test_only_the_queue_sends_messages_to_its_dead_letters():
    policy = resolved(properties("DeadLetters")["RedriveAllowPolicy"], STACK)
    assert policy == {"redrivePermission": "byQueue", "sourceQueueArns": [f"arn:aws:sqs:us-east-1:1:{QUEUE}"]}


def test_nobody_outside_sees_the_files_and_a_stack_that_is_deleted_leaves_them():
    bucket = properties("Bucket")
    assert set(bucket["PublicAccessBlockConfiguration"].values()) == {True}
    assert len(bucket["PublicAccessBlockConfiguration"]) == 4
    assert bucket["OwnershipControls"] == {"Rules": [{"ObjectOwnership": "BucketOwnerEnforced"}]}
    assert bucket["VersioningConfiguration"] == {"Status": "Enabled"}
    assert (RESOURCES["Bucket"]["DeletionPolicy"], RESOURCES["Bucket"]["UpdateReplacePolicy"]) == ("Retain", "Retain")


@pytest.mark.parametrize("name", ["BucketPolicy", "QueuePolicy", "DeadLettersPolicy", "PurgeFailuresPolicy"])
def test_bucket_and_queues_refuse_all_that_comes_without_tls(name):
    statement, *_ = properties(name)["PolicyDocument"]["Statement"]
    assert (statement["Effect"], statement["Principal"]) == ("Deny", "*")
    assert statement["Action"] in ("s3:*", "sqs:*")
    assert statement["Condition"] == {"Bool": {"aws:SecureTransport": "false"}}


# --- PostgreSQL and Valkey ---


def test_all_that_is_kept_is_encrypted():
    assert properties("Database")["StorageEncrypted"] is True
    assert (properties("Cache")["AtRestEncryptionEnabled"], properties("Cache")["TransitEncryptionEnabled"]) == (
        True,
        True,
    )
    (encryption,) = properties("Bucket")["BucketEncryption"]["ServerSideEncryptionConfiguration"]
    assert encryption == {"ServerSideEncryptionByDefault": {"SSEAlgorithm": "AES256"}}
    assert [found["SqsManagedSseEnabled"] for found in of_type("AWS::SQS::Queue").values()] == [True] * 3


def test_the_database_is_backed_up_and_not_lost_with_the_stack():
    database = properties("Database")
    assert database["DeletionProtection"] is True
    assert database["BackupRetentionPeriod"] == {"Ref": "BackupDays"}
    assert (RESOURCES["Database"]["DeletionPolicy"], RESOURCES["Database"]["UpdateReplacePolicy"]) == (
        "Snapshot",
        "Snapshot",
    )
    assert PARAMETERS["BackupDays"]["MinValue"] >= 1


def test_only_the_load_balancer_is_reached_from_outside():
    groups = of_type("AWS::EC2::SecurityGroup")
    open_ports = {
        name: [rule["FromPort"] for rule in group["SecurityGroupIngress"] if "CidrIp" in rule]
        for name, group in groups.items()
    }
    assert open_ports == {"BalancerGroup": [443, 80], "TaskGroup": [], "DataGroup": []}
    assert properties("Database")["PubliclyAccessible"] is False
    added = of_type("AWS::EC2::SecurityGroupIngress").values()
    assert {rule["SourceSecurityGroupId"]["Ref"] for rule in added} == {"PrometheusGroup"}
    (certificate,) = properties("Https")["Certificates"]
    assert certificate == {"CertificateArn": {"Ref": "CertificateArn"}}
    (action,) = properties("Http")["DefaultActions"]
    assert (action["Type"], action["RedirectConfig"]["Protocol"]) == ("redirect", "HTTPS")


# --- Secrets ---


def test_no_parameter_is_a_secret():
    assert [name for name in PARAMETERS if any(word in name.lower() for word in ("password", "secret", "token"))] == []


def test_secrets_are_made_in_the_stack_and_given_to_containers_by_reference():
    secrets = of_type("AWS::SecretsManager::Secret")
    assert all(set(secret) == {"Description", "GenerateSecretString"} for secret in secrets.values())
    given = {secret["Name"]: secret["ValueFrom"] for task in TASKS for secret in container(task)["Secrets"]}
    assert given == {
        "SECRET_KEY": {"Ref": "SecretKey"},
        "DATABASE_PASSWORD": {"Ref": "DatabasePassword"},
        "REDIS_PASSWORD": {"Ref": "CachePassword"},
        "METRICS_TOKEN": {"Ref": "MetricsToken"},
        "DJANGO_SUPERUSER_PASSWORD": {"Ref": "AdminPassword"},
    }


def test_tasks_are_started_with_the_secrets_of_this_stack_alone():
    (policy,) = properties("ExecutionRole")["Policies"]
    (secrets,) = [
        statement["Resource"]
        for statement in policy["PolicyDocument"]["Statement"]
        if statement["Action"] == "secretsmanager:GetSecretValue"
    ]
    assert {found["Ref"] for found in secrets} == set(of_type("AWS::SecretsManager::Secret"))


def test_only_one_off_tasks_know_the_first_accounts_password():
    names = {task: {secret["Name"] for secret in container(task)["Secrets"]} for task in TASKS}
    assert [task for task, known in names.items() if "DJANGO_SUPERUSER_PASSWORD" in known] == ["migration"]
