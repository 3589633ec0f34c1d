"""The guarded child: it ends when it should, its death is understood, and waiting is not silent."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

import pytest

from bulk_upload.checking.tables import Limits
from bulk_upload.reading import child_process, fork_server, heartbeat
from bulk_upload.reading.child_process import ReaderKilled
from bulk_upload.reading.files import Readers, only_reader, open_table
from bulk_upload.sheet.problems import FileProblem
from bulk_upload.tests.awkward import raw_workbook as raw
from bulk_upload.tests.awkward.make_awkward import HEADER, product
from bulk_upload.tests.helpers.log_lines import logged
from catalog.sheets.products import PRODUCTS

ROOT = Path(__file__).parents[3]
CHILD = b"bulk_upload.reading.child"


@pytest.fixture(scope="module")
def workbook(tmp_path_factory) -> Path:
    """So many rows that the child cannot say them all before somebody listens."""
    rows = [HEADER, *(list(map(str, product(id=f"P{n}"))) for n in range(20_000))]
    sheet = raw.SHEET_START + "".join(raw.inline_row(n, row) for n, row in enumerate(rows, start=1)) + raw.SHEET_END
    return raw.save(tmp_path_factory.mktemp("child") / "productos.xlsx", raw.parts(sheet))


def processes(parent: int) -> list[int]:
    """The processes with the reader's name that `parent` has started."""
    found = []
    for entry in Path("/proc").iterdir():
        try:
            command = (entry / "cmdline").read_bytes()
            owner = int((entry / "stat").read_text().rpartition(")")[2].split()[1])
        except (OSError, ValueError, IndexError):
            continue
        if CHILD in command.split(b"\0") and owner == parent:
            found.append(int(entry.name))
    return found


def children(parent: int | None = None) -> list[int]:
    """The guarded children of a process, this one by default, that still exist."""
    return [child for server in processes(parent or os.getpid()) for child in processes(server)]


def eventually(condition: Callable[[], bool], seconds: float = 10) -> bool:
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.02)
    return True


def test_a_file_is_looked_at_beside_one_that_is_being_read(workbook):
    """As a worker does: its import and its previews take readers from one process, on two threads."""

    def look(_turn: int) -> int:
        with readers.reader(Limits()) as reader:
            return len(reader.preview(workbook, "xlsx", PRODUCTS).columns)

    with closing(Readers([PRODUCTS.module])) as readers:
        readers.prepare()
        with ThreadPoolExecutor(1) as pool, readers.reader(Limits()) as reader:
            looked = pool.map(look, range(4))
            rows = sum(map(len, reader.rows(workbook, "xlsx", PRODUCTS).batches))
        assert (rows, list(looked)) == (20_000, [13] * 4)


def test_leaving_the_context_ends_the_child(workbook):
    with open_table(workbook, "xlsx", PRODUCTS, Limits()) as table:
        assert len(children()) == 1
        next(table.batches)
    assert children() == []


def test_an_exception_within_the_context_ends_the_child(workbook):
    with pytest.raises(KeyError), open_table(workbook, "xlsx", PRODUCTS, Limits()):
        raise KeyError
    assert children() == []


def test_a_child_that_is_killed_is_not_taken_for_the_end_of_the_file(workbook):
    with open_table(workbook, "xlsx", PRODUCTS, Limits()) as table:
        next(table.batches)
        os.kill(children()[0], signal.SIGKILL)
        with pytest.raises(ReaderKilled):
            list(table.batches)


def test_a_stop_of_the_machine_is_no_fault_of_the_file(workbook):
    with open_table(workbook, "xlsx", PRODUCTS, Limits()) as table:
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            os.kill(children()[0], number)
        assert sum(map(len, table.batches)) == table.total


def test_a_child_that_does_not_start_is_no_fault_of_the_file(workbook, monkeypatch):
    monkeypatch.setattr(sys, "executable", "/bin/false")
    with pytest.raises(OSError, match="did not start"), open_table(workbook, "xlsx", PRODUCTS, Limits()):
        pass


def test_a_file_that_is_not_there_is_no_fault_of_its_content(tmp_path):
    for file_format in ("xlsx", "csv"):
        with pytest.raises(FileNotFoundError), open_table(tmp_path / "nada", file_format, PRODUCTS, Limits()):
            pass


def test_what_the_child_complains_about_goes_to_the_log(tmp_path, caplog):
    sheet = raw.SHEET_START + '<row r="1"><c r="A1" t="z"><v>1</v></c></row>' + raw.SHEET_END
    damaged = raw.save(tmp_path / "productos.xlsx", raw.parts(sheet))
    with pytest.raises(FileProblem), open_table(damaged, "xlsx", PRODUCTS, Limits()):
        pass
    (words,) = logged(caplog, "The reader of files wrote to standard error")
    assert "Unknown cell 't' attribute" in words["text"]
    (death,) = logged(caplog, "The reader of files died")
    assert death["exit_status"] == 1


def test_the_child_knows_no_secrets(workbook, monkeypatch):
    monkeypatch.setenv("SECRET_KEY", "hunter2")
    with open_table(workbook, "xlsx", PRODUCTS, Limits()):
        environment = Path(f"/proc/{children()[0]}/environ").read_bytes()
    assert b"hunter2" not in environment


def test_the_caller_hears_that_the_reading_goes_on(workbook, monkeypatch):
    monkeypatch.setattr(heartbeat, "EVERY", 0.05)
    monkeypatch.setattr(child_process, "EVERY", 0.05)
    waits = []
    with open_table(workbook, "xlsx", PRODUCTS, Limits(), lambda: waits.append(time.monotonic())):
        pass
    assert len(waits) >= 2


@pytest.mark.parametrize("file_format", ["xlsx", "csv"])
def test_what_the_caller_raises_while_waiting_passes_through(workbook, tmp_path, monkeypatch, file_format):
    class ClaimLost(Exception):
        pass

    def lose() -> None:
        raise ClaimLost

    path = workbook
    if file_format == "csv":
        path = tmp_path / "productos.csv"
        path.write_text(",".join(HEADER) + "\n" + ",".join(map(str, product())) + "\n")
    monkeypatch.setattr(heartbeat, "EVERY", 0)
    monkeypatch.setattr(child_process, "EVERY", 0.01)
    with pytest.raises(ClaimLost), open_table(path, file_format, PRODUCTS, Limits(), lose):
        pass
    assert children() == []


def test_a_silent_child_is_given_up(workbook, monkeypatch):
    monkeypatch.setattr(child_process, "EVERY", 0.1)
    stopped = []

    def stop() -> None:
        if reader._child._ready and not stopped:
            stopped.append(children()[0])
            os.kill(stopped[0], signal.SIGSTOP)

    monkeypatch.setattr(heartbeat, "EVERY", 0)
    with pytest.raises(FileProblem) as problem, only_reader(Limits(cpu_seconds=1), stop) as reader:
        list(reader.rows(workbook, "xlsx", PRODUCTS).batches)
    assert problem.value.code == "too_big_to_read"
    assert children() == []


@pytest.mark.processes
def test_the_child_dies_with_its_parent_however_that_dies(workbook):
    parent = subprocess.Popen(
        [
            sys.executable,
            "-c",
            "import sys, time; from pathlib import Path\n"
            "from bulk_upload.reading.files import open_table\n"
            "from bulk_upload.checking.tables import Limits\n"
            "from catalog.sheets.products import PRODUCTS\n"
            "with open_table(Path(sys.argv[1]), 'xlsx', PRODUCTS, Limits()):\n"
            "    time.sleep(60)\n",
            str(workbook),
        ],
        cwd=ROOT,
    )
    assert eventually(lambda: children(parent.pid) != [])
    child = children(parent.pid)[0]
    parent.kill()
    parent.wait()
    assert eventually(lambda: not Path(f"/proc/{child}").exists())


@pytest.fixture
def readers() -> Iterator[Readers]:
    with closing(Readers()) as readers:
        yield readers


def test_files_are_read_by_children_of_one_process_each_by_its_own(readers, workbook):
    readers.prepare()
    with readers.reader(Limits()) as first, readers.reader(Limits()) as second:
        assert eventually(lambda: len(children()) == 2)
        assert [first.rows(workbook, "xlsx", PRODUCTS).total, second.rows(workbook, "xlsx", PRODUCTS).total] == [
            20_000,
            20_000,
        ]
    assert children() == []


def test_a_killed_process_takes_its_readers_along_and_is_replaced(readers, workbook):
    with readers.reader(Limits()) as reader:
        table = reader.rows(workbook, "xlsx", PRODUCTS)
        (child,) = children()
        readers._server._process.kill()
        with pytest.raises(ReaderKilled):
            list(table.batches)
    assert eventually(lambda: not Path(f"/proc/{child}").exists())
    with readers.reader(Limits()) as reader:
        assert reader.rows(workbook, "xlsx", PRODUCTS).total == 20_000


def test_a_frozen_process_is_ended(readers, monkeypatch):
    monkeypatch.setattr(fork_server, "ANSWER_SECONDS", 0.2)
    readers.prepare()
    os.kill(readers._server._process.pid, signal.SIGSTOP)
    monkeypatch.setattr(child_process, "START_SECONDS", 0.2)
    monkeypatch.setattr(child_process, "EVERY", 0.1)
    with readers.reader(Limits()) as reader, pytest.raises(OSError, match="does not start"):
        reader.rows(Path(__file__), "csv", PRODUCTS)
    assert not readers._server.is_alive()


def test_readers_can_be_closed_twice(readers):
    before = processes(os.getpid())  # other tests keep theirs
    readers.prepare()
    assert eventually(lambda: len(processes(os.getpid())) == len(before) + 1)
    readers.close()
    readers.close()
    assert processes(os.getpid()) == before


def test_a_large_sheet_that_reaches_far_is_refused(tmp_path):
    rows = "".join(raw.inline_row(n, list(map(str, product(id=f"P{n}")))) for n in range(2, 12_000))
    far = '<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'
    sheet = raw.SHEET_START + raw.inline_row(1, HEADER) + rows + far + raw.SHEET_END
    path = raw.save(tmp_path / "productos.xlsx", raw.parts(sheet))
    with pytest.raises(FileProblem) as problem, open_table(path, "xlsx", PRODUCTS, Limits()):
        pass
    assert (problem.value.code, problem.value.params["celda"]) == ("too_many_columns", "XFD1048576")


def python_says(code: str) -> str:
    return subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, check=True, text=True).stdout


def test_the_child_starts_without_what_it_does_not_need():
    """A start is paid for each file: what Django or the network's modules take to load would double it."""
    code = "import sys, bulk_upload.reading.child.__main__, bulk_upload.reading.child.messages\n"
    loaded = python_says(f"{code}sys.stdout.write(' '.join(sys.modules))").split()
    assert [name for name in loaded if name in ("django", "openpyxl", "urllib.request", "ssl", "email")] == []


def test_the_worker_never_loads_what_parses_a_workbook():
    code = "import sys, bulk_upload.reading.files\n"
    loaded = python_says(f"{code}sys.stdout.write(' '.join(sys.modules))").split()
    assert [
        name for name in loaded if name in ("python_calamine_plus", "zipfile", "pyexpat", "bulk_upload.reading.child")
    ] == []
