"""Uploads that ended long ago: sent and imported like any other, then given earlier dates."""

from __future__ import annotations

import itertools
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Final

from benchmarks.client import Client
from benchmarks.databases import Database
from benchmarks.files import Format, Recipe, Variant
from benchmarks.system import System

SENDERS: Final = 4
# What is sent again and again after the fresh file, and whether it may replace: each of these changes rows or has
# errors. The last one is rejected row by row.
AGAIN: Final[tuple[tuple[Variant, bool], ...]] = (("changed", True), ("defects", True), ("fresh", False))
MOVE: Final = """
    WITH recent AS (
        SELECT task_id AS key, row_number() OVER (ORDER BY number) AS place FROM bulk_upload_bulkupload
        WHERE created_at > now() - interval '12 hours'
    ), moved AS (
        UPDATE bulk_upload_preparedfile SET {files} FROM recent WHERE upload_id = key
    )
    UPDATE bulk_upload_bulkupload SET {uploads} FROM recent WHERE task_id = key
"""
FILE_DATES: Final = ("created_at", "updated_at", "published_at")
UPLOAD_DATES: Final = (*FILE_DATES, "started_at", "completed_at")
LINE: Final = re.compile(r"^  (\D+): (\d+) \(", re.MULTILINE)


def move_back(database: Database, interval: str) -> None:
    """Give what was sent within the last hours dates earlier by `interval`, in SQL; `place` numbers the uploads."""
    files, uploads = (
        ", ".join(f"{name} = {name} - {interval}" for name in names) for names in (FILE_DATES, UPLOAD_DATES)
    )
    database.execute(MOVE.format(files=files, uploads=uploads))


def send_old_uploads(system: System, owners: Sequence[str], each: int, rows: int, first: int) -> int:
    """Import `each` files of every one of `owners`, which have stored files, row errors and row changes.

    Their products are rows `first` + 1 and following of the catalogue; returns how many there are.
    """
    client = system.client(SENDERS)
    with ThreadPoolExecutor(SENDERS) as threads:
        firsts = range(first, first + rows * len(owners), rows)
        made = [list(_files(rows, start, each)) for start in firsts]
        list(threads.map(_send, itertools.repeat(client), owners, made))
    return rows * len(owners)


def _files(rows: int, first: int, each: int) -> Iterator[tuple[Recipe, bool]]:
    file_format: Format = "csv"
    yield Recipe(rows, file_format, first=first), True
    for variant, replaces in itertools.islice(itertools.cycle(AGAIN), each - 1):
        yield Recipe(rows, file_format, variant, first), replaces


def _send(client: Client, owner: str, files: Sequence[tuple[Recipe, bool]]) -> None:
    """One supplier's files are imported in their order."""
    tasks = [
        client.send(recipe.made(), replace=replaces, owner=owner, key=f"old-{owner}-{number}")
        for number, (recipe, replaces) in enumerate(files)
    ]
    for task in tasks:
        client.wait(task)


def removed(said: str) -> Counter[str]:
    """How many of each kind `manage.py purge_bulk_uploads` says that it removed."""
    return Counter({kind: int(count) for kind, count in LINE.findall(said)})
