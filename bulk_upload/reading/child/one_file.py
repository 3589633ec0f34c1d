"""The guarded child: reads one file and writes it to standard output in the messages of `protocol`.

It may die in any way, for the libraries that parse the file can be made to abort; nothing but itself
is lost then. It follows no link, and writes nothing but the nameless files of `SeenKeys`, `Spool` and
`plain_file`, beside the file that it reads.
"""

from __future__ import annotations

import gc
import os
import sys
import tempfile
import traceback
from pathlib import Path
from typing import Final

from bulk_upload.checking.chunks import CheckingFault
from bulk_upload.reading import protocol
from bulk_upload.reading.child import resource_limits
from bulk_upload.reading.child.messages import messages
from bulk_upload.sheet.problems import FileProblem

# New objects after which cycles are looked for: rows make many objects, and a cycle only for a refused cell.
_OBJECTS: Final = 20_000


def read_one() -> int:
    """Read the job from standard input and write the file's messages. Returns the exit status."""
    _send(protocol.Ready())
    line = sys.stdin.buffer.readline()
    if not line:
        return 0  # Nobody wants anything.
    job = protocol.Job.of(line)
    gc.set_threshold(_OBJECTS)
    os.environ["SQLITE_TMPDIR"] = tempfile.tempdir = str(Path(job.path).parent)
    resource_limits.limit_resources(job.limits.memory_bytes, job.limits.cpu_seconds)
    try:
        for message in messages(job):
            _send(message)
    except FileProblem as problem:
        _send(protocol.Refused(problem.code, problem.params))
    except MemoryError:
        _send(protocol.Refused("too_big_to_read", {}))
    except CheckingFault:
        traceback.print_exc()
        return protocol.FAULT
    return 0


def _send(message: protocol.Message) -> None:
    sys.stdout.buffer.write(protocol.encode(message))
    sys.stdout.buffer.flush()
