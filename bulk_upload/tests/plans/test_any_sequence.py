"""Any sequence of imports, plans, applications, edits, deletions and undos leaves what a plain model says."""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db.models import F

from bulk_upload.models import BulkUpload, Operation
from bulk_upload.tests.helpers import history_model
from bulk_upload.tests.helpers.history_model import FIELDS, Model, Row
from bulk_upload.tests.helpers.rows import import_rows, row
from bulk_upload.undoing.request import CannotUndo, check
from bulk_upload.undoing.undo import undo
from catalog.models import Category, Product, Supplier
from medisupply.backends.database import next_change_number

pytestmark = pytest.mark.django_db

STEPS = 14
IDS = [f"P{number}" for number in range(6)]
CODES = [f"C{number}" for number in range(8)]
CATEGORIES = ["A", "B", "C"]


class Stopped(Exception):
    """The worker is gone."""


class Sequence:
    """One random sequence, done to the database and to the model."""

    def __init__(self, supplier: Supplier, seed: int) -> None:
        self._supplier = supplier
        self._random = random.Random(seed)
        self._model = Model()
        self._uploads: list[BulkUpload] = []
        self._plans: list[tuple[BulkUpload, list[Row], list[history_model.Outcome]]] = []
        self.told: list[str] = []

    def step(self) -> None:
        doing = self._random.choices(
            [self.send, self.make_plan, self.apply, self.edit, self.delete, self.approve, self.undo],
            [5, 2, 3, 3, 1, 1, 4],
        )[0]
        doing()
        categories = dict(Category.objects.values_list("nombre", "aprobada"))
        assert categories == self._model.categories, "\n".join(self.told)
        assert self._products() == self._model.catalogue(), "\n".join(self.told)

    def send(self) -> None:
        rows, replacing = self._rows(), self._random.random() < 0.8
        upload = self._upload(Operation.IMPORT, replacing)
        self.told.append(f"import {rows} {replacing}")
        counts = self._model.run(rows, upload.pk, replacing=replacing)
        self._bring_to_end(upload, lambda claimed, stop: self._import(claimed, rows, stop))
        self._uploads.append(upload)
        self._assert_counts(upload, counts)

    def make_plan(self) -> None:
        rows, replacing = self._rows(), self._random.random() < 0.8
        upload = self._upload(Operation.PLAN, replacing)
        self.told.append(f"plan {rows} {replacing}")
        outcomes = self._model.plan(rows, replacing=replacing)
        claimed = self._claim(upload)
        self._import(claimed, rows, lambda: None, only_plan=True)
        claimed.complete()
        self._plans.append((upload, rows, outcomes))
        kinds = [outcome[0] for outcome in outcomes]
        self._assert_counts(upload, {kind: kinds.count(kind) for kind in set(kinds)})

    def apply(self) -> None:
        if not self._plans:
            return
        plan, rows, outcomes = self._plans.pop(self._random.randrange(len(self._plans)))
        upload = self._upload(Operation.APPLY, plan.reemplazar_duplicados, based_on=plan)
        self.told.append(f"apply {rows}")
        counts = self._model.run(rows, upload.pk, replacing=plan.reemplazar_duplicados, plan=outcomes)
        self._bring_to_end(upload, lambda claimed, stop: self._import(claimed, rows, stop))
        self._uploads.append(upload)
        self._assert_counts(upload, counts)

    def edit(self) -> None:
        if not self._model.items:
            return
        key = self._random.choice(sorted(self._model.items))
        values = {"nombre": f"A mano {self._random.randrange(3)}"}
        free = sorted(set(CODES) - {item.codigo for item in self._model.items.values()})
        if free and self._random.random() < 0.4:
            values["codigo"] = self._random.choice(free)
        self.told.append(f"edit {key} {values}")
        self._model.edit(key, **values)
        number = next_change_number()
        Product.objects.filter(pk=key).update(
            **values, version=F("version") + 1, changed_by_upload=None, change_number=number
        )

    def delete(self) -> None:
        if self._model.items:
            key = self._random.choice(sorted(self._model.items))
            self.told.append(f"delete {key}")
            del self._model.items[key]
            Product.objects.filter(pk=key).delete()

    def approve(self) -> None:
        if self._model.categories:
            name = self._random.choice(sorted(self._model.categories))
            self.told.append(f"approve {name}")
            self._model.categories[name] = True
            Category.objects.filter(pk=name).update(aprobada=True)

    def undo(self) -> None:
        if not self._uploads:
            return
        original = self._uploads.pop(self._random.randrange(len(self._uploads)))
        original.refresh_from_db()
        self.told.append(f"undo {original.pk}")
        if not self._model.done[original.pk].steps:
            with pytest.raises(CannotUndo, match="nothing_to_undo"):
                check(original)
            return
        check(original)
        upload = self._upload(Operation.UNDO, False, based_on=original)
        taken, kept = self._model.undo(original.pk)
        self._bring_to_end(upload, undo)
        upload.refresh_from_db()
        assert (upload.total, upload.actualizados, upload.rechazados) == (taken + kept, taken, kept), self.told

    def _rows(self) -> list[Row]:
        count = self._random.randrange(1, 6)
        ids, codes = self._random.sample(IDS, count), self._random.sample(CODES, count)
        for number, key in enumerate(ids):  # most often a product has its own code
            own = f"C{key[1:]}"
            if self._random.random() < 0.7 and own not in codes:
                codes[number] = own
        return [
            Row(
                key,
                code,
                f"Nombre {self._random.randrange(2)}",
                f"{self._random.randrange(1, 4)}.00",
                self._random.choice(CATEGORIES),
            )
            for key, code in zip(ids, codes, strict=True)
        ]

    def _upload(self, operation: Operation, replacing: bool, **more: Any) -> BulkUpload:
        return BulkUpload.objects.create(
            proveedor=self._supplier,
            operation=operation,
            reemplazar_duplicados=replacing,
            filename="a.csv",
            file_format="csv",
            s3_key="k",
            size=1,
            **more,
        )

    def _bring_to_end(self, upload: BulkUpload, work: Callable[[BulkUpload, Callable[[], None]], None]) -> None:
        """Now and then the worker stops after a chunk, and another one goes on."""

        def stop() -> None:
            if self._random.random() < 0.2:
                raise Stopped

        while True:
            claimed = self._claim(upload)
            try:
                work(claimed, stop)
            except Stopped:
                claimed.give_back()
            else:
                claimed.complete()
                return

    def _import(
        self, claimed: BulkUpload, rows: list[Row], stop: Callable[[], None], *, only_plan: bool = False
    ) -> None:
        values = [row(1, **one._asdict()) for one in rows]
        import_rows(claimed, values, chunk_rows=self._random.randrange(1, 5), after_chunk=stop, only_plan=only_plan)

    def _claim(self, upload: BulkUpload) -> BulkUpload:
        claimed = BulkUpload.objects.claim(upload.pk, timedelta(seconds=60))
        assert claimed
        return claimed

    def _assert_counts(self, upload: BulkUpload, counts: dict[str, int]) -> None:
        upload.refresh_from_db()
        found = {
            "created": upload.creados,
            "updated": upload.actualizados,
            "unchanged": upload.sin_cambios,
            "rejected": upload.rechazados,
        }
        assert found == {name: counts.get(name, 0) for name in found}, "\n".join(self.told)

    def _products(self) -> dict[str, tuple[str, ...]]:
        found = Product.objects.values_list("id", *FIELDS)
        return {key: (code, name, str(price), category) for key, code, name, price, category in found}


@pytest.mark.parametrize("seed", range(20))
def test_any_sequence(run_import, supplier, settings, seed):
    """`run_import` chooses the writer."""
    settings.BULK_UPLOAD_CHUNK_ROWS = 1 + seed % 3
    sequence = Sequence(supplier, seed)
    for _ in range(STEPS):
        sequence.step()
