"""Make an installation ready: wait for its services, create what is missing, migrate, load the fixtures.

Safe to repeat at every deployment: nothing that exists is changed, only what is missing is added.
"""

from __future__ import annotations

import time
from argparse import ArgumentParser
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final, TypeVar, cast

from django.conf import settings
from django.contrib.auth.models import Group, User
from django.core import serializers
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError, connection, transaction
from django.db.migrations.executor import MigrationExecutor
from rest_framework.authtoken.models import Token

from bulk_upload import progress, queue, storage
from bulk_upload.history.edits import Editor, keep_created
from bulk_upload.installation import Prepared
from bulk_upload.models import EditSource, ImportedModel
from catalog.models import Supplier
from medisupply.backends import pooler
from medisupply.backends.shared_cache import CacheDown
from medisupply.demo_accounts import DEMO_ADMIN, DEMO_SUPPLIERS, open_demo_accounts, sentence
from medisupply.supplier_group import GROUP

FOLDER: Final[Path] = settings.BASE_DIR / "fixtures"
FIXTURES: Final = ("suppliers.json", "categories.json", "warehouses.json")
# What a service raises while it is not there yet.
NOT_YET: Final = (DatabaseError, CacheDown, storage.StorageDown, *queue.QueueFault, OSError)
PAUSE_SECONDS: Final = 0.5

HINTS: Final = {
    "database": "DATABASE_URL says where it is.",
    "cache": "REDIS_URL says where it is.",
    "bucket": "S3_BUCKET_NAME, AWS_DEFAULT_REGION, AWS_ENDPOINT_URL and the AWS credentials say where it is.",
    "queue": "SQS_QUEUE_NAME or SQS_QUEUE_URL, AWS_DEFAULT_REGION, AWS_ENDPOINT_URL and the AWS credentials say "
    "where it is.",
}

Answer = TypeVar("Answer")


class Command(BaseCommand):
    help = "Wait for the services, create bucket and queues, migrate, load the fixtures. Safe to repeat."
    # The checks ask the database, which may not be there yet; `migrate` runs those that matter.
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--demo", action="store_true", help="also create the demo accounts (only with DEBUG)")
        parser.add_argument("--timeout", type=float, default=60, help="seconds to wait for each service")

    def handle(self, *args: Any, demo: bool, timeout: float, **options: Any) -> None:
        if demo and not settings.DEBUG:
            raise CommandError(
                "--demo creates accounts whose passwords everybody knows: it works only with DEBUG=true. "
                "Leave --demo out, and create your first account with: manage.py createsuperuser"
            )
        self.timeout = timeout
        if problem := self._wait("database", _connect):
            raise CommandError(f"database: {problem} {pooler.HINT}")
        self._say("database", f"{connection.vendor} answers")
        if settings.REDIS_URL:
            self._wait("cache", progress.ping)
            self._say("cache", "answers")
        self._say_prepared("bucket", self._wait("bucket", storage.ensure_bucket))
        self._say_prepared("queue", self._wait("queue", queue.ensure_queues))
        self._say("migrations", _migrate())
        self._say("fixtures", _load_fixtures())
        if demo:
            self._say("demo", _create_demo_accounts())
        elif not settings.DEBUG and (names := open_demo_accounts()):
            raise CommandError(sentence(names))

    def _wait(self, name: str, attempt: Callable[[], Answer]) -> Answer:
        """Try until it works; says at once what is missing, and gives up in words."""
        deadline = time.monotonic() + self.timeout
        waiting = False
        while True:
            try:
                return attempt()
            except NOT_YET as error:
                reason = _first_line(error)
            if time.monotonic() >= deadline:
                raise CommandError(f"{name}: no answer within {self.timeout:g} s ({reason}). {HINTS[name]}")
            if not waiting:
                self._say(name, f"waiting: {reason}")
                waiting = True
            time.sleep(PAUSE_SECONDS)

    def _say_prepared(self, name: str, prepared: Prepared) -> None:
        for part in prepared.names:
            self._say(name, f"{part} {'created' if part in prepared.created else 'is there'}")
        for remark in prepared.remarks:
            self._say(name, remark)

    def _say(self, name: str, text: str) -> None:
        self.stdout.write(f"{name:<11} {text}")
        self.stdout.flush()


def _first_line(error: Exception) -> str:
    return (str(error).splitlines() or [type(error).__name__])[0]


def _connect() -> str:
    """Raises `DatabaseError`; returns why the database cannot be used in this way, if so."""
    if connection.vendor == "sqlite":
        Path(str(connection.settings_dict["NAME"])).parent.mkdir(parents=True, exist_ok=True)
    return pooler.pooler_problem()


def _migrate() -> str:
    executor = MigrationExecutor(connection)
    missing = executor.migration_plan(executor.loader.graph.leaf_nodes())
    call_command("migrate", interactive=False, verbosity=0)
    return f"{len(missing)} applied" if missing else "all applied already"


def _load_fixtures() -> str:
    """Add the rows of the fixtures that are missing. Rows that are there may have been edited: they stay."""
    added = 0
    for name in FIXTURES:
        rows = [row.object for row in serializers.deserialize("json", (FOLDER / name).read_text("utf-8"))]
        model = type(rows[0])
        present = model._default_manager.in_bulk([row.pk for row in rows])
        missing = [row for row in rows if row.pk not in present]
        # Two at a time (two hosts being deployed) may both find a row missing.
        with transaction.atomic():
            model._default_manager.bulk_create(missing, ignore_conflicts=True)
            if issubclass(model, ImportedModel):
                keep_created(model, cast(list[ImportedModel], missing), Editor(None, EditSource.SYSTEM))
        added += len(missing)
    return f"{added} rows added" if added else "all there already"


def _create_demo_accounts() -> str:
    if not User.objects.filter(username=DEMO_ADMIN).exists():
        User.objects.create_superuser(DEMO_ADMIN, password=DEMO_ADMIN)
    for name, supplier, token in DEMO_SUPPLIERS:
        user = User.objects.filter(username=name).first() or User.objects.create_user(name, password=name)
        User.objects.filter(pk=user.pk).update(is_staff=True)
        user.groups.add(Group.objects.get(name=GROUP))
        Supplier.objects.get(pk=supplier).usuarios.add(user)
        Token.objects.get_or_create(user=user, defaults={"key": token})
    return f"accounts {DEMO_ADMIN}, {', '.join(name for name, _, _ in DEMO_SUPPLIERS)} (password = name)"
