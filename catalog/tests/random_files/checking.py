"""A scenario through the import and through the oracle."""

from __future__ import annotations

from pathlib import Path

from django.db import transaction
from django.test import override_settings

from catalog.tests.random_files.database import account_of, fill, rows_expected, rows_of
from catalog.tests.random_files.drawing import Scenario
from catalog.tests.random_files.importing import accepted, run
from catalog.tests.random_files.oracle import Account, Oracle
from catalog.tests.random_files.plan import Plan


def check(plan: Plan, scenario: Scenario, folder: Path) -> int:
    """Whether both come to the same, file after file. Returns how often the import was killed; leaves nothing."""
    most = plan.created.most if plan.created else 0
    with (
        override_settings(BULK_UPLOAD_WRITER=scenario.writer, BULK_UPLOAD_MAX_NEW_CATEGORIES=most),
        transaction.atomic(),
    ):
        fill(plan, scenario.existing, is_their_supplier_active=scenario.is_their_supplier_active)
        killed = _check(plan, scenario, folder)
        transaction.set_rollback(True)
    return killed


def accounts(plan: Plan, scenario: Scenario) -> list[Account]:
    """What the oracle says of each file, in the order of their import."""
    oracle = Oracle(plan, scenario.existing)
    return [oracle.take(scenario.files[index], index + 1) for index in scenario.order]


def _check(plan: Plan, scenario: Scenario, folder: Path) -> int:
    killed = 0
    uploads = [accepted(plan, file) for file in scenario.files]
    oracle = Oracle(plan, scenario.existing)
    for index in scenario.order:
        file = scenario.files[index]
        path = folder / f"a.{file.file_format}"
        file.write(path)
        expected = oracle.take(file, index + 1)
        killed += run(uploads[index], path, scenario.attempts[index])
        assert uploads[index].status == "completed"
        assert account_of(uploads[index]) == expected, scenario
        assert rows_of(plan, uploads) == rows_expected(oracle), scenario
    return killed


def smallest(plan: Plan, scenario: Scenario, folder: Path) -> Scenario:
    """A scenario from which nothing can be taken without its coming to what it should."""
    for smaller in scenario.smaller():
        try:
            check(plan, smaller, folder)
        except Exception:  # noqa: BLE001  # of whatever kind
            return smallest(plan, smaller, folder)
    return scenario
