"""Writes the suppliers' page of the docs again, after a change of the columns or of the messages."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from bulk_upload.imports import registry
from bulk_upload.workbooks.guide import suppliers_page


class Command(BaseCommand):
    help = "Escribe docs/preparar-el-archivo.md a partir de las columnas y los mensajes."

    def handle(self, *args: Any, **options: Any) -> None:
        path = settings.BASE_DIR / "docs" / "preparar-el-archivo.md"
        path.parent.mkdir(exist_ok=True)
        path.write_text(suppliers_page(next(iter(registry.sheets()))), encoding="utf-8")
        self.stdout.write(f"{path.relative_to(settings.BASE_DIR)} escrito")
