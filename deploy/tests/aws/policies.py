"""What the policies of a role in IAM allow."""

from __future__ import annotations

from fnmatch import fnmatchcase
from typing import Any

import boto3

from bulk_upload import storage_keys
from deploy.tests.aws.calls import Permission
from deploy.tests.aws.stack import Stack


def allowed(role: str) -> set[Permission]:
    """Actions with patterns of resources. A statement that says anything else is an error."""
    iam, found = boto3.client("iam"), set()
    for name in iam.list_role_policies(RoleName=role)["PolicyNames"]:
        document: Any = iam.get_role_policy(RoleName=role, PolicyName=name)["PolicyDocument"]
        for statement in document["Statement"]:
            assert set(statement) == {"Effect", "Action", "Resource"}
            assert statement["Effect"] == "Allow"
            actions, arns = _listed(statement["Action"]), _listed(statement["Resource"])
            found |= {(action, arn) for action in actions for arn in arns}
    return found


def covers(grant: Permission, call: Permission) -> bool:
    return grant[0] == call[0] and fnmatchcase(call[1], grant[1])


def wider_than_the_system(granted: set[Permission], stack: Stack) -> list[Permission]:
    """What is allowed on more than the bucket, one of its three folders, or one of the queues."""
    bucket = stack.values["Bucket.Arn"]
    folders = {
        f"{bucket}/{folder()}*" for folder in (storage_keys.uploads, storage_keys.orphans, storage_keys.prepared)
    }
    parts = {bucket, *folders, stack.values["Queue.Arn"], stack.values["DeadLetters.Arn"]}
    return [grant for grant in granted if grant[1] not in parts]


def _listed(value: str | list[str]) -> list[str]:
    return value if isinstance(value, list) else [value]
