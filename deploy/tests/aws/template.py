"""The CloudFormation template as tests read it: decoded, cut down to some types, and with its references resolved."""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Mapping
from typing import Any, Final

from cfnlint.decode import decode

from dev.environment import PROJECT

PATH: Final = PROJECT / "deploy" / "aws" / "cloudformation.yaml"


def _read() -> dict[str, Any]:
    template, problems = decode(str(PATH))
    assert not problems, problems
    read: dict[str, Any] = json.loads(json.dumps(template))
    return read


TEMPLATE: Final = _read()
RESOURCES: Final[dict[str, Any]] = TEMPLATE["Resources"]
PARAMETERS: Final[dict[str, Any]] = TEMPLATE["Parameters"]
PROCESSES: Final = ("web", "worker", "purge", "migration")
ROLES: Final = {process: f"{process.capitalize()}Role" for process in PROCESSES}
TASKS: Final = {process: f"{process.capitalize()}Task" for process in PROCESSES}

# Values of the parameters that have no default.
GIVEN: Final = {
    "MigrationTag": "1.0.0",
    "Domain": "medisupply.example",
    "CertificateArn": "arn:aws:acm:us-east-1:123456789012:certificate/1",
    "AlarmTopicArn": "arn:aws:sns:us-east-1:123456789012:alarms",
    "VpcId": "vpc-1",
    "PublicSubnets": "subnet-1,subnet-2",
    "PrivateSubnets": "subnet-3,subnet-4",
}


def properties(name: str) -> dict[str, Any]:
    found: dict[str, Any] = RESOURCES[name]["Properties"]
    return found


def container(task: str) -> dict[str, Any]:
    """The only container of a task, one of `PROCESSES`."""
    (found,) = properties(TASKS[task])["ContainerDefinitions"]
    return dict(found)


def only(names: Collection[str]) -> str:
    """The template with these resources and their outputs alone."""
    resources = {name: RESOURCES[name] for name in names}
    outputs = {name: output for name, output in TEMPLATE["Outputs"].items() if name in names}
    return json.dumps({**TEMPLATE, "Resources": resources, "Outputs": outputs})


def resolved(node: Any, values: Mapping[str, str]) -> Any:
    """`node` without references: `values` has what `Ref` gives by name, and attributes as ``Bucket.Arn``."""
    if isinstance(node, list):
        return [resolved(item, values) for item in node]
    if not isinstance(node, dict):
        return node
    match node:
        case {"Ref": name}:
            return values[name]
        case {"Fn::GetAtt": [name, attribute]}:
            return values[f"{name}.{attribute}"]
        case {"Fn::Sub": str(text)}:
            return re.sub(r"\$\{([\w:.]+)\}", lambda found: values[found[1]], text)
    return {name: resolved(item, values) for name, item in node.items()}


def defaults() -> dict[str, str]:
    """What `Ref` gives for the parameters that have a default."""
    return {name: str(parameter["Default"]) for name, parameter in PARAMETERS.items() if "Default" in parameter}


def lifecycle_rules(values: Mapping[str, str]) -> list[dict[str, Any]]:
    """The bucket's lifecycle rules as S3's API has them."""
    rules = resolved(properties("Bucket")["LifecycleConfiguration"]["Rules"], values)
    return [_as_the_api_has_it(rule) for rule in rules]


def _as_the_api_has_it(rule: Mapping[str, Any]) -> dict[str, Any]:
    known = {"Id", "Status", "Prefix", "ExpirationInDays", "ExpiredObjectDeleteMarker"}
    kept = {"NoncurrentVersionExpiration", "AbortIncompleteMultipartUpload"}
    assert set(rule) <= known | kept, f"unknown to this test: {set(rule) - known - kept}"
    made: dict[str, Any] = {"ID": rule["Id"], "Status": rule["Status"], "Filter": {"Prefix": rule["Prefix"]}}
    if "ExpirationInDays" in rule:
        made["Expiration"] = {"Days": int(rule["ExpirationInDays"])}
    if "ExpiredObjectDeleteMarker" in rule:
        made["Expiration"] = {"ExpiredObjectDeleteMarker": rule["ExpiredObjectDeleteMarker"]}
    for name in kept & set(rule):
        made[name] = {part: int(days) for part, days in rule[name].items()}
    return made
