"""What the code asks of AWS, as botocore sends it, and what IAM has to allow for it."""

from __future__ import annotations

import ast
import inspect
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import ModuleType
from typing import Any, Final

import pytest
from botocore.client import BaseClient
from botocore.exceptions import ClientError

from bulk_upload import queue, storage

MODULES: Final = {"queue": queue, "storage": storage}
# The action of each operation of S3 on an object or a bucket, as AWS documents them ("Actions, resources, and
# condition keys for Amazon S3"). An operation of SQS is an action of its own name.
OBJECT_ACTIONS: Final = {
    "HeadObject": "s3:GetObject",
    "GetObject": "s3:GetObject",
    "PutObject": "s3:PutObject",
    "CopyObject": "s3:PutObject",
    "CreateMultipartUpload": "s3:PutObject",
    "UploadPart": "s3:PutObject",
    "CompleteMultipartUpload": "s3:PutObject",
    "AbortMultipartUpload": "s3:AbortMultipartUpload",
    "DeleteObject": "s3:DeleteObject",
}
BUCKET_ACTIONS: Final = {
    "HeadBucket": "s3:ListBucket",
    "ListObjectsV2": "s3:ListBucket",
    "GetBucketLifecycleConfiguration": "s3:GetLifecycleConfiguration",
    "PutBucketLifecycleConfiguration": "s3:PutLifecycleConfiguration",
    "CreateBucket": "s3:CreateBucket",
}

Permission = tuple[str, str]


class Calls:
    """Records what is asked of AWS, on any thread, and by which functions of `queue` and `storage`."""

    def __init__(self) -> None:
        self.permissions: set[Permission] = set()
        self.functions: set[str] = set()

    @contextmanager
    def recorded(self) -> Iterator[None]:
        """Within the block, as a process that has just started: it knows no address of a queue."""
        queue.queue_url.cache_clear()
        queue.dead_letters_url.cache_clear()
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(BaseClient, "_make_api_call", self._watched(BaseClient._make_api_call))  # type: ignore[attr-defined]
            for module_name, module in MODULES.items():
                for name in functions(module):
                    patch.setattr(module, name, self._noted(f"{module_name}.{name}", getattr(module, name)))
            yield

    def _watched(self, send: Callable[..., Any]) -> Callable[..., Any]:
        def sent(client: Any, operation: str, parameters: dict[str, Any]) -> Any:
            service = client.meta.service_model.service_name
            self.permissions |= needed(service, operation, parameters)
            try:
                return send(client, operation, parameters)
            except ClientError as error:
                if service == "s3" and error.response["ResponseMetadata"]["HTTPStatusCode"] == 404:
                    # Who may not list the bucket is told 403 of a file that is not there.
                    self.permissions.add(("s3:ListBucket", f"arn:aws:s3:::{parameters['Bucket']}"))
                raise

        return sent

    def _noted(self, name: str, function: Callable[..., Any]) -> Callable[..., Any]:
        def called(*arguments: Any, **named: Any) -> Any:
            self.functions.add(name)
            return function(*arguments, **named)

        return called


def needed(service: str, operation: str, parameters: dict[str, Any]) -> set[Permission]:
    """What IAM has to allow for a call. An operation that is not known here is an error."""
    if service == "sqs":
        name = parameters.get("QueueName") or parameters["QueueUrl"].rpartition("/")[2]
        # IAM has no actions for batches: the single one allows them.
        return {(f"sqs:{operation.removesuffix('Batch')}", f"arn:aws:sqs:us-east-1:123456789012:{name}")}
    bucket = f"arn:aws:s3:::{parameters['Bucket']}"
    if operation in BUCKET_ACTIONS:
        return {(BUCKET_ACTIONS[operation], bucket)}
    if operation == "DeleteObjects":
        return {("s3:DeleteObject", f"{bucket}/{found['Key']}") for found in parameters["Delete"]["Objects"]}
    permissions = {(OBJECT_ACTIONS[operation], f"{bucket}/{parameters['Key']}")}
    if operation == "CopyObject":
        source = parameters["CopySource"]
        permissions.add(("s3:GetObject", f"arn:aws:s3:::{source['Bucket']}/{source['Key']}"))
    return permissions


def functions(module: ModuleType) -> list[str]:
    """A module's own public functions."""
    return [
        name
        for name, value in inspect.getmembers(module, inspect.isfunction)
        if value.__module__ == module.__name__ and not name.startswith("_")
    ]


def named_in(*paths: Path) -> set[str]:
    """The functions of `queue` and `storage` that the files at and below `paths` name, tests aside."""
    files = {file for path in paths for file in ([path] if path.is_file() else path.rglob("*.py"))}
    known = {f"{name}.{function}" for name, module in MODULES.items() for function in functions(module)}
    named = {
        f"{node.value.id}.{node.attr}"
        for file in files
        if "tests" not in file.parts
        for node in ast.walk(ast.parse(file.read_text("utf-8")))
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name)
    }
    return named & known
