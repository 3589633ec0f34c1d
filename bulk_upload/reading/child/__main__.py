"""The guarded child: reads one workbook and tells its rows on standard output, as `wire` says.

    python -m bulk_upload.reading.child PATH PARENT MAX_ROWS MAX_COLUMNS MEMORY_BYTES CPU_SECONDS

It may die in any way, for the libraries that parse the file can be made to abort; nothing but itself
is lost then. It writes nothing to disk and follows no link. Knows no Django.
"""

from __future__ import annotations

import sys
from pathlib import Path

from bulk_upload.reading.child import guards


def main(arguments: list[str]) -> int:
    guards.ignore_stop_signals()
    path, *numbers = arguments
    parent, max_rows, max_columns, memory_bytes, cpu_seconds = map(int, numbers)
    guards.die_with_parent(parent)

    # Imported with the signals already in order, for this takes most of the start.
    from bulk_upload.problems import FileProblem
    from bulk_upload.reading import wire
    from bulk_upload.reading.child.workbook import messages
    from bulk_upload.reading.table import Limits

    def say(message: wire.Message) -> None:
        sys.stdout.buffer.write(wire.encode(message))
        sys.stdout.buffer.flush()

    say(["ready"])
    guards.limit_resources(memory_bytes, cpu_seconds)
    try:
        for message in messages(Path(path), Limits(max_rows, max_columns)):
            say(message)
    except FileProblem as problem:
        say(["problem", problem.code, list(problem.params.items())])
    except MemoryError:
        say(["problem", "too_big_to_read", []])
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
