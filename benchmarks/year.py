"""`make bench-year`: a year of nights in some minutes. Once what is kept has come to its age, nothing may grow."""

from __future__ import annotations

import subprocess
import sys
from typing import Final

from benchmarks.databases import on_postgresql
from benchmarks.in_django import measure
from benchmarks.system import environment, running
from dev.environment import PROJECT

SUPPLIERS: Final = 1_000
# The pages of the admin name their styles by what this writes.
COLLECT: Final = (sys.executable, "manage.py", "collectstatic", "--noinput", "--verbosity", "0")
# A purge's seconds are then those of its work.
SETTINGS: Final = {"BULK_UPLOAD_PURGE_PAUSE_MILLISECONDS": "0"}


def year() -> None:
    with on_postgresql() as database:
        subprocess.run(COLLECT, cwd=PROJECT, env=environment(database), check=True)
        with running(database, workers=2, settings=SETTINGS) as system:
            system.add_suppliers(SUPPLIERS)
            measure("nights.simulate", system.environment, database.url, system.port, system.token)
