"""The bucket, as the threads of a web process use it."""

from __future__ import annotations

import threading

from storages.backends.s3 import S3Storage

from bulk_upload.storage import SharedSessionStorage


def test_threads_share_one_session(monkeypatch):
    made = []
    create = S3Storage._create_session
    monkeypatch.setattr(S3Storage, "_create_session", lambda self: made.append(1) or create(self))
    storage = SharedSessionStorage(bucket_name="a")
    clients = []
    threads = [threading.Thread(target=lambda: clients.append(storage.connection.meta.client)) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (len(made), len(clients)) == (1, 4)
