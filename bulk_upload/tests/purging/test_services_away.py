"""While S3, SQS or the database is away the rest is done, and it is said in words what was and what was not."""

from __future__ import annotations

import os

import pytest
from django.core.files.storage import default_storage
from django.core.management import CommandError
from django.db import connection

from bulk_upload.models import BulkUpload, UnfinishedPurge
from bulk_upload.tests.helpers.processes import free_port
from bulk_upload.tests.helpers.purging import counts, kept, purge, removed, start_purge
from bulk_upload.tests.helpers.tcp_proxy import TcpProxy

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.processes, pytest.mark.usefixtures("aws")]


def nobody():
    """An address where nothing listens."""
    return f"http://127.0.0.1:{free_port()}"


def run(*arguments, **variables):
    process = start_purge(*arguments, **variables)
    said, complaint = process.communicate(timeout=120)
    return process.returncode, counts(removed(said)), complaint


def test_without_s3_the_database_is_purged_and_the_files_are_for_the_next_time(ended):
    younger, old = ended(100), ended(800)
    status, found, complaint = run(AWS_ENDPOINT_URL_S3=nobody())
    assert (status, found) == (1, (0, 0, 16, 6, 0, 0))
    assert "S3 no responde (" in complaint
    assert "los archivos que faltan, y las cargas a las que pertenecen, se borran la próxima vez" in complaint
    assert "en la base de datos lo demás sí se borró" in complaint
    assert [kept(upload) for upload in (younger, old)] == [(True, 0, 0, 0)] * 2
    # Nobody is told that a file is gone while it is only to be removed.
    assert set(BulkUpload.objects.values_list("file_purged_at", flat=True)) == {None}
    assert run() == (0, (2, 0, 0, 0, 1, 0), "")
    assert [default_storage.exists(upload.s3_key) for upload in (younger, old)] == [False, False]


def test_s3_goes_away_in_the_middle(ended):
    """The line is cut when the files are to be removed: they are marked, removed the next time, and counted then."""
    upload = ended(800)
    with TcpProxy(os.environ["AWS_ENDPOINT_URL"]) as proxy:
        proxy.cut_before(b"<Delete", times=2, stay_cut=True)  # the client tries twice
        status, found, complaint = run(AWS_ENDPOINT_URL_S3=proxy.url)
    assert (status, found) == (1, (0, 0, 8, 3, 0, 0))
    assert "S3 no responde (" in complaint
    assert (default_storage.exists(upload.s3_key), UnfinishedPurge.objects.count()) == (True, 1)
    assert counts(purge("--dry-run")) == (1, 0, 0, 0, 1, 0)
    assert counts(purge()) == (1, 0, 0, 0, 1, 0)
    assert not default_storage.exists(upload.s3_key)


def test_a_bucket_that_refuses_one_file_is_no_success(ended, monkeypatch):
    upload = ended(800)
    client = default_storage.connection.meta.client
    refusal = {"Errors": [{"Key": upload.s3_key, "Code": "AccessDenied", "Message": "Access Denied"}]}
    with monkeypatch.context() as patch:
        patch.setattr(client, "delete_objects", lambda **request: refusal)
        with pytest.raises(CommandError, match="Access Denied"):
            purge()
    assert kept(upload) == (True, 0, 0, 0)
    assert counts(purge()) == (1, 0, 0, 0, 1, 0)


def test_without_sqs_everything_else_is_purged(ended):
    ended(800)
    status, found, complaint = run(AWS_ENDPOINT_URL_SQS=nobody())
    assert (status, found) == (1, (1, 0, 8, 3, 1, 0))
    assert "SQS no responde (" in complaint
    assert "los mensajes muertos se borran la próxima vez; lo de la base de datos sí se borró" in complaint


def test_a_preview_without_sqs_says_what_it_did_not_count(ended):
    ended(800)
    status, found, complaint = run("--dry-run", AWS_ENDPOINT_URL_SQS=nobody(), AWS_ENDPOINT_URL_S3=nobody())
    assert (status, found) == (1, (1, 0, 8, 3, 1, 0))
    assert "los mensajes muertos no se contaron; nada se borró" in complaint
    assert "S3" not in complaint


@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite is a file")
def test_without_the_database_it_is_said_in_words():
    status, found, complaint = run(DATABASE_URL=f"postgres://postgres@127.0.0.1:{free_port()}/x")
    assert (status, found) == (1, (0, 0, 0, 0, 0, 0))
    assert "La base de datos no responde (" in complaint
    assert "lo que falta se borra la próxima vez" in complaint
    assert "Traceback" not in complaint
