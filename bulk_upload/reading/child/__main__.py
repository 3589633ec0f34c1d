"""The guarded child: reads one file, and tells it on standard output as `wire` says.

    python -m bulk_upload.reading.child PARENT

It may die in any way, for the libraries that parse the file can be made to abort; nothing but itself
is lost then. It follows no link, and writes nothing but the nameless files of `SeenKeys` and `Spool`, beside the
file that it reads. Knows no Django.
"""

from __future__ import annotations

import os
import sys
import traceback
from pathlib import Path

from bulk_upload.reading.child import guards


def main(arguments: list[str]) -> int:
    guards.ignore_stop_signals()
    guards.die_with_parent(int(arguments[0]))

    # Imported with the signals already in order, for this takes most of the start.
    from bulk_upload.checking.chunks import CheckingFault
    from bulk_upload.problems import FileProblem
    from bulk_upload.reading import wire
    from bulk_upload.reading.child.telling import messages

    def say(message: wire.Message) -> None:
        sys.stdout.buffer.write(wire.encode(message))
        sys.stdout.buffer.flush()

    say(["ready"])
    line = sys.stdin.buffer.readline()
    if not line:
        return 0  # Nobody wants anything.
    job = wire.Job.of(line)
    os.environ["SQLITE_TMPDIR"] = str(Path(job.path).parent)
    guards.limit_resources(job.limits.memory_bytes, job.limits.cpu_seconds)
    try:
        for message in messages(job):
            say(message)
    except FileProblem as problem:
        say(["problem", problem.code, list(problem.params.items())])
    except MemoryError:
        say(["problem", "too_big_to_read", []])
    except CheckingFault:
        traceback.print_exc()
        return wire.FAULT
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
