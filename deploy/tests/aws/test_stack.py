"""The template's bucket and queues carry a whole upload, and are what the code expects of them."""

from __future__ import annotations

import json
from io import StringIO

import boto3
import pytest
from django.core.management import call_command

from bulk_upload import queue
from bulk_upload.models import BulkUpload
from bulk_upload.tests.helpers.queues import dead_letters, empty_queue
from bulk_upload.tests.helpers.rows import csv_bytes, row
from bulk_upload.tests.helpers.upload_api import URL, a_file
from catalog.models import Product
from deploy.tests.aws.template import lifecycle_rules, properties, resolved

pytestmark = pytest.mark.django_db


def bootstrap():
    out = StringIO()
    call_command("bootstrap", stdout=out, timeout=0)
    return out.getvalue()


def test_an_upload_goes_through_them_without_bootstrap(api, worker, in_the_stack):
    answer = api.post(f"{URL}?proveedor_id=PROV001", {"file": a_file(content=csv_bytes([row(1), row(2)]))})
    assert answer.status_code == 202
    worker.step()
    upload = BulkUpload.objects.get(pk=answer.json()["task_id"])
    assert (upload.status, upload.exitosos) == ("completed", 2)
    assert Product.objects.count() == 2
    assert empty_queue()
    file = api.get(f"/api/v1/catalog/bulk-upload/{upload.pk}/file")
    assert b"".join(file.streaming_content) == csv_bytes([row(1), row(2)])


def test_what_is_not_ours_goes_to_their_dead_letters(worker, in_the_stack):
    queue.client().send_message(
        QueueUrl=queue.queue_url(), MessageBody="hola", MessageGroupId="x", MessageDeduplicationId="x"
    )
    worker.step()
    assert dead_letters() == ["hola"]
    assert queue.dead_letters_url().endswith(f"/{in_the_stack.outputs['DeadLetters']}")


def test_bootstrap_finds_all_there_and_as_expected(in_the_stack):
    said = [line for line in bootstrap().splitlines() if line.startswith(("bucket", "queue"))]
    names = [in_the_stack.outputs[name] for name in ("Bucket", "Queue", "DeadLetters")]
    assert [line.split(maxsplit=1)[1] for line in said] == [f"{name} is there" for name in names]


def test_bootstrap_leaves_other_days_as_they_were_chosen(in_the_stack):
    rules = lifecycle_rules({**in_the_stack.values, "OrphanDays": "90"})
    bucket = in_the_stack.outputs["Bucket"]
    s3 = boto3.client("s3")
    s3.put_bucket_lifecycle_configuration(Bucket=bucket, LifecycleConfiguration={"Rules": rules})
    before = s3.get_bucket_lifecycle_configuration(Bucket=bucket)["Rules"]
    assert "has Expiration {'Days': 90}, expected is {'Days': 30}. It stays as it is" in bootstrap()
    assert s3.get_bucket_lifecycle_configuration(Bucket=bucket)["Rules"] == before


def test_s3_takes_the_buckets_policy_and_refuses_what_comes_without_tls(stack):
    s3, bucket = boto3.client("s3"), stack.outputs["Bucket"]
    s3.put_object(Bucket=bucket, Key="a", Body=b"a")
    policy = resolved(properties("BucketPolicy")["PolicyDocument"], stack.values)
    s3.put_bucket_policy(Bucket=bucket, Policy=json.dumps(policy))
    assert json.loads(s3.get_bucket_policy(Bucket=bucket)["Policy"]) == policy
    with pytest.raises(s3.exceptions.ClientError) as refusal:
        s3.get_object(Bucket=bucket, Key="a")  # moto is reached without TLS
    assert refusal.value.response["ResponseMetadata"]["HTTPStatusCode"] == 403


@pytest.mark.parametrize(("queue_name", "policy"), [("Queue", "QueuePolicy"), ("DeadLetters", "DeadLettersPolicy")])
def test_sqs_takes_the_queues_policies(stack, queue_name, policy):
    sqs = boto3.client("sqs")
    url = sqs.get_queue_url(QueueName=stack.outputs[queue_name])["QueueUrl"]
    assert properties(policy)["Queues"] == [{"Ref": queue_name}]
    document = resolved(properties(policy)["PolicyDocument"], stack.values)
    assert [statement["Resource"] for statement in document["Statement"]] == [stack.values[f"{queue_name}.Arn"]]
    sqs.set_queue_attributes(QueueUrl=url, Attributes={"Policy": json.dumps(document)})
    assert json.loads(sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["Policy"])["Attributes"]["Policy"])
