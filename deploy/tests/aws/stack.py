"""The template's bucket, queues and roles, created in moto over HTTP."""

from __future__ import annotations

import json
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import boto3

from deploy.tests.aws.template import GIVEN, ROLES, defaults, lifecycle_rules, only, properties, resolved

# moto's CloudFormation knows these, though not every property of a bucket. It has no policies of buckets and queues,
# and keeps those of roles as no JSON: they go to IAM itself.
CREATED = ["Bucket", "DeadLetters", "Queue", "Cluster", "PurgeFailures", "PurgeFailed"]


@dataclass(frozen=True)
class Stack:
    """What CloudFormation has created."""

    name: str
    outputs: Mapping[str, str]

    def role(self, process: str) -> str:
        """The name of the role of one of `PROCESSES`."""
        return f"{self.name}-{process}"

    @property
    def values(self) -> dict[str, str]:
        """What references to its resources and parameters give."""
        arns = {
            "Bucket.Arn": f"arn:aws:s3:::{self.outputs['Bucket']}",
            **{f"{name}.Arn": arn_of_queue(self.outputs[name]) for name in ("Queue", "DeadLetters")},
            "PurgeFailures.Arn": arn_of_queue(self.outputs["PurgeFailures"].rpartition("/")[2]),
            "Cluster.Arn": f"arn:aws:ecs:us-east-1:123456789012:cluster/{self.outputs['Cluster']}",
        }
        return {**defaults(), **GIVEN, **self.outputs, **arns, "AWS::StackName": self.name}


def arn_of_queue(name: str) -> str:
    return f"arn:aws:sqs:us-east-1:123456789012:{name}"


def create_stack() -> Stack:
    name = f"stack-{uuid.uuid4().hex[:8]}"
    cloudformation = boto3.client("cloudformation")
    given = {**GIVEN, "ServiceTag": "1.0.0"}
    parameters = [{"ParameterKey": key, "ParameterValue": value} for key, value in given.items()]
    cloudformation.create_stack(StackName=name, TemplateBody=only(CREATED), Parameters=parameters)
    (made,) = cloudformation.describe_stacks(StackName=name)["Stacks"]
    assert made["StackStatus"] == "CREATE_COMPLETE"
    stack = Stack(name, {found["OutputKey"]: found["OutputValue"] for found in made["Outputs"]})
    _give_the_bucket_its_properties(stack)
    _create_roles(stack)
    return stack


def _create_roles(stack: Stack) -> None:
    iam = boto3.client("iam")
    for process, name in ROLES.items():
        wanted = resolved(properties(name), stack.values)
        trust = json.dumps(wanted["AssumeRolePolicyDocument"])
        iam.create_role(RoleName=stack.role(process), AssumeRolePolicyDocument=trust)
        for policy in wanted["Policies"]:
            document = json.dumps(policy["PolicyDocument"])
            iam.put_role_policy(RoleName=stack.role(process), PolicyName=policy["PolicyName"], PolicyDocument=document)


def _give_the_bucket_its_properties(stack: Stack) -> None:
    """S3 itself says whether it takes them: moto's CloudFormation leaves them out."""
    s3, bucket, wanted = boto3.client("s3"), stack.outputs["Bucket"], properties("Bucket")
    s3.put_public_access_block(Bucket=bucket, PublicAccessBlockConfiguration=wanted["PublicAccessBlockConfiguration"])
    s3.put_bucket_ownership_controls(Bucket=bucket, OwnershipControls=wanted["OwnershipControls"])
    s3.put_bucket_versioning(Bucket=bucket, VersioningConfiguration=wanted["VersioningConfiguration"])
    rules: Any = lifecycle_rules(stack.values)
    s3.put_bucket_lifecycle_configuration(Bucket=bucket, LifecycleConfiguration={"Rules": rules})
