"""A bucket that keeps versions, by the commands of docs/operacion.md: what was deleted comes back."""

from __future__ import annotations

import re
import shlex
from typing import Any

import boto3
import pytest
from django.core.files.storage import default_storage

from bulk_upload.intake import retry_upload
from bulk_upload.tests.helpers.operations_page import printed
from bulk_upload.tests.helpers.rows import csv_bytes, row

pytestmark = pytest.mark.django_db


def aws(command: str, **variables: str) -> Any:
    """What the AWS CLI would do: `aws s3api get-object --key K` is `get_object(Key="K")`."""
    for name, value in variables.items():
        command = command.replace(f"${name}", value)
    program, service, action, *options = shlex.split(command)
    assert (program, service) == ("aws", "s3api")
    named = dict(zip(options[::2], options[1::2], strict=True))
    parameters = {_camel_case(name.removeprefix("--")): _value(value) for name, value in named.items()}
    return getattr(boto3.client("s3"), action.replace("-", "_"))(**parameters)


def _camel_case(name: str) -> str:
    return "".join(part.capitalize() for part in name.split("-"))


def _value(text: str) -> Any:
    """``Status=Enabled`` is a structure in the shorthand of the AWS CLI."""
    match = re.fullmatch(r"([A-Z]\w*)=(\w+)", text)
    return {match[1]: match[2]} if match else text


@pytest.fixture
def bucket(settings):
    """One of the test's own, with versions as the page switches them on."""
    name, before = f"versiones-{settings.S3_KEY_PREFIX}", default_storage.bucket_name
    boto3.client("s3").create_bucket(Bucket=name)
    default_storage.bucket_name, default_storage._bucket = name, None
    (command,) = (line for line in printed("copiar").splitlines() if line.startswith("aws "))
    aws(command, S3_BUCKET_NAME=name)
    yield name
    default_storage.bucket_name, default_storage._bucket = before, None


def test_a_deleted_file_comes_back_and_its_upload_goes_on(bucket, accept, worker, check):
    upload = accept(csv_bytes([row(1)]))
    default_storage.delete(upload.s3_key)
    assert "Cargas sin terminar cuyo archivo falta: 1, reparado: 1" in check("--repair")[1]
    listing, undeletion = printed("versiones").splitlines()
    found = aws(listing, S3_BUCKET_NAME=bucket, KEY=upload.s3_key)
    (marker,) = found["DeleteMarkers"]
    aws(undeletion, S3_BUCKET_NAME=bucket, KEY=upload.s3_key, MARKER=marker["VersionId"])
    upload.refresh_from_db()
    assert retry_upload(upload)
    worker.step()
    upload.refresh_from_db()
    assert (upload.status, upload.creados) == ("completed", 1)
    assert check("--deep")[0] == 0
