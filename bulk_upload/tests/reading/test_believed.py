"""A child that a file has made something else of: what it says is not believed, and ends."""

from __future__ import annotations

import itertools
import json
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, cast

import pytest

from bulk_upload.checking.results import CheckedChunk
from bulk_upload.checking.tables import Limits
from bulk_upload.reading import protocol
from bulk_upload.reading.child_process import Child
from bulk_upload.reading.files import Reader
from bulk_upload.reading.heartbeat import OnWait, ignore_wait
from bulk_upload.sheet.problems import FileProblem
from catalog.sheets.products import PRODUCTS

TABLE = ["table", 1, list(PRODUCTS.names), 2, "", "utf-8", ",", []]
VALUES = ["P1", "Guantes", "C1", "GUANTES", "", "12.50", "INVIMA", "Seco", 5, 20, 8, True, False, *[None] * 6]
CHUNK: list[Any] = ["chunk", [2], [[value] for value in VALUES], 3, [], [], {}]
BLANK = [3, "nombre", "required_blank", {"columna": "nombre"}, "", False]
NONE: list[Any] = [[] for _ in VALUES]
BAD = ["chunk", [], NONE, 4, [BLANK], [], {}]
END = ["end", 2]


class Liar:
    """Says what it was given in place of a child."""

    def __init__(self, messages: Iterable[list[Any]]) -> None:
        self._lines = (json.dumps(message, separators=(",", ":")).encode() for message in messages)

    def ask(self, job: protocol.Job, on_wait: OnWait) -> None:
        pass

    def line(self) -> bytes:
        return next(self._lines)

    def has_line(self) -> bool:
        return True


def chunks(tmp_path: Path, messages: Iterable[list[Any]]) -> Iterator[CheckedChunk]:
    path = tmp_path / "a.csv"
    path.touch()
    reader = Reader(cast(Child, Liar(messages)), Limits(), ignore_wait)
    return reader.checked(path, "csv", PRODUCTS, next_row=0, chunk_rows=10).batches


def test_the_truth_is_believed(tmp_path):
    assert [chunk.next_row for chunk in chunks(tmp_path, [TABLE, CHUNK, BAD, END])] == [3, 4]


@pytest.mark.parametrize(
    "messages",
    [
        [[*TABLE[:3], "2", *TABLE[4:]]],
        [[*TABLE[:4], "\ud800", *TABLE[5:]]],
        [["table"]],
        [TABLE, CHUNK, END],  # a row is missing
        [TABLE, CHUNK, CHUNK, BAD, END],  # one too many
        [TABLE, [*CHUNK[:3], "x", *CHUNK[4:]], BAD, END],
        [TABLE, [CHUNK[0], ["2"], *CHUNK[2:]], BAD, END],
        [TABLE, ["chunk", [], NONE, 4, [[3, "nombre", "made_up", {}, "", False]], [], {}], END],
        [TABLE, ["rows", []], END],
        [["problem"]],
        [["problem", "\ud800", {}]],
        [["problem", "made_up", {}]],
        [["problem", "too_many_rows", {"maximo": [1]}]],
        [TABLE, CHUNK, BAD, ["end", 3]],
        [TABLE, CHUNK, BAD, ["end", 1]],
        [TABLE, CHUNK, BAD, ["end"]],
    ],
)
def test_anything_else_is_a_damaged_file(tmp_path, messages):
    with pytest.raises(FileProblem) as problem:
        list(chunks(tmp_path, messages))
    assert problem.value.code == "damaged_file"


@pytest.mark.parametrize("message", [["chunk", [], NONE, 5, [], [], {}], CHUNK])
def test_a_child_that_never_ends_is_not_listened_to_for_ever(tmp_path, message):
    with pytest.raises(FileProblem):
        list(chunks(tmp_path, itertools.chain([TABLE], itertools.repeat(message))))


def test_a_header_that_cannot_be_stored_as_it_is_is_read_all_the_same(tmp_path):
    """Excel writes NUL as ``_x0000_``. In a column that is ignored it does no harm."""
    odd = ["table", 1, [*PRODUCTS.names, "notas\0"], 2, "Hoja", "", "", []]
    assert len(list(chunks(tmp_path, [odd, CHUNK, BAD, END]))) == 2
