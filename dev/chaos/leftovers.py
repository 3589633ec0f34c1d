"""What a run leaves behind in the bucket, the queues and the temporary folders."""

from __future__ import annotations

import json
import uuid
from typing import Any, Final

import boto3
from django.conf import settings

from bulk_upload.queue import dead_letters_name
from dev.chaos import truth
from dev.chaos.messages import sqs
from dev.chaos.report import Report

# Where files of unknown uploads are put aside: those are explained.
PUT_ASIDE: Final = "orphan"


def check_files(report: Report) -> None:
    """Every upload has its file; a file without an upload was sent in a request that got no answer."""
    keys = _keys_in_bucket()
    known = truth.file_keys()
    for key in sorted(known - keys):
        report.differ("file lost", key)
    orphans = [key for key in keys - known if PUT_ASIDE not in key]
    report.add(orphans=len(orphans), orphans_put_aside=len(keys - known) - len(orphans))
    if len(orphans) > report.unanswered.total():
        report.differ("orphans that nothing explains", f"{len(orphans)}: {orphans[:2]}")


def check_uploads(expected: int, report: Report) -> None:
    """The database has no more uploads than were accepted: a repeated request is one upload."""
    if (count := truth.count_uploads()) != expected:
        report.differ("uploads doubled or lost", f"{count} in the database, {expected} accepted")


def count_messages(report: Report) -> None:
    """Waiting messages, and dead letters by what they are."""
    client = sqs()
    names: Any = [f"ApproximateNumberOfMessages{kind}" for kind in ("", "NotVisible", "Delayed")]
    url = client.get_queue_url(QueueName=settings.SQS_QUEUE_NAME)["QueueUrl"]
    found = client.get_queue_attributes(QueueUrl=url, AttributeNames=names)["Attributes"]
    report.add(messages_left=sum(int(found[name]) for name in names))
    dead = client.get_queue_url(QueueName=dead_letters_name(settings.SQS_QUEUE_NAME))["QueueUrl"]
    while messages := client.receive_message(QueueUrl=dead, MaxNumberOfMessages=10).get("Messages"):
        for message in messages:
            of_upload = _is_of_upload(message.get("Body", ""))
            report.add(**{"dead_letters_of_uploads" if of_upload else "dead_letters_of_strangers": 1})
            client.delete_message(QueueUrl=dead, ReceiptHandle=message["ReceiptHandle"])


def _keys_in_bucket() -> set[str]:
    pages = boto3.client("s3", region_name=settings.AWS_DEFAULT_REGION).get_paginator("list_objects_v2")
    return {item["Key"] for page in pages.paginate(Bucket=settings.S3_BUCKET_NAME) for item in page.get("Contents", [])}


def _is_of_upload(body: str) -> bool:
    try:
        task_id = str(uuid.UUID(json.loads(body)["task_id"]))
        return truth.upload(task_id) is not None
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
        return False
