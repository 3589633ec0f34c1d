"""Write the workbooks in `fixtures/`: for each declared sheet the empty template and an example."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any, Final

from django.conf import settings
from django.core.management.base import BaseCommand

from bulk_upload.imports import registry
from bulk_upload.workbooks.template import template_name, write_template

FIXTURES: Final[Path] = settings.BASE_DIR / "fixtures"


class Command(BaseCommand):
    help = "Write the example and the empty template of each sheet (fixtures/*.xlsx)."
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--into", type=Path, default=FIXTURES, help="folder to write to (default: fixtures)")

    def handle(self, *args: Any, into: Path, **options: Any) -> None:
        into.mkdir(parents=True, exist_ok=True)
        for declared in registry.imports.values():
            for example in (True, False):
                path = into / template_name(declared.sheet, example=example)
                rows = declared.example_rows() if example else []
                write_template(path, declared, rows)
                self.stdout.write(f"{path}: {len(rows)} rows")
