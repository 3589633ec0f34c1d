"""A supplier that looks first: it plans, applies, imports and undoes, one thing after another, beside a plain model."""

from __future__ import annotations

import random
import time
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal

from django.db import connection

from bulk_upload.tests.helpers.history_model import Model, Outcome, Row
from bulk_upload.tests.helpers.oracle import AT, Line
from bulk_upload.tests.helpers.serving import multipart
from dev.chaos import truth
from dev.chaos.client import STATUS_PATH, UPLOAD_PATH
from dev.chaos.lists import file_of, product
from dev.chaos.program import Program
from dev.chaos.report import Report

Operation = Literal["import", "plan", "apply", "undo"]

# Products of one planner, and how many rows its lists have.
PRODUCTS: Final = 400
ROWS: Final = (20, 300)
CATEGORIES: Final = 4
# Seconds of a round after which it begins nothing new.
ROUND: Final = 30


@dataclass
class Step:
    """An upload: of `rows`, or `of` another one, which it applies or undoes."""

    task_id: str
    operation: Operation
    rows: Sequence[Row] = ()
    replace: bool = False
    of: str = ""


class Planner(Program):
    """Begins nothing before what it has sent has ended: what its catalogue must be is known at any moment."""

    def __init__(self, number: int, token: str, ports: Sequence[int], chance: random.Random) -> None:
        super().__init__(number, token, ports, chance)
        self.model = Model()
        # What each upload that has ended must have counted, by its counters' names.
        self.expected: dict[str, dict[str, int]] = {}
        self.uploads: list[Step] = []
        # Plans that wait to be applied, and what each plan says.
        self._plans: list[Step] = []
        self._outcomes: dict[str, list[Outcome]] = {}
        self._undoable: list[str] = []
        self._open: Step | None = None

    def send_round(
        self, lists: int, accepted: list[tuple[str, str]], report: Report, rows: tuple[int, int] = ROWS
    ) -> None:
        """Some steps, until one does not end in time: the next round begins with it. Its lists are of `ROWS`."""
        self.uploads, until = [], time.monotonic() + ROUND
        try:
            while time.monotonic() < until and len(self.uploads) < 3 * lists and self._open is None:
                step = self._begin(report)
                if step is None:
                    return
                accepted.append((self.code, step.task_id))
                self.uploads.append(step)
                self._open = step
                while time.monotonic() < until and not self.catch_up():
                    time.sleep(0.3)
        finally:
            connection.close()  # this thread's

    def catch_up(self) -> bool:
        """Let the model do what the last step did, once it has ended well."""
        if self._open is None:
            return True
        row = truth.upload(self._open.task_id)
        if row is None or row["status"] != "completed":
            return False
        self.expected[self._open.task_id] = self._take(self._open)
        self._open = None
        return True

    # --- What it asks for ---

    def _begin(self, report: Report) -> Step | None:
        doing = self._chance.choices(("import", "plan", "apply", "undo"), (3, 3, 3, 2))[0]
        if doing == "apply" and self._plans:
            plan = self._plans.pop(self._chance.randrange(len(self._plans)))
            return self._follow(plan, "apply", report)
        if doing == "undo" and self._undoable:
            task_id = self._undoable.pop(self._chance.randrange(len(self._undoable)))
            return self._follow(Step(task_id, "import"), "undo", report)
        return self._send(report, is_plan=doing in ("plan", "apply"))

    def _send(self, report: Report, *, is_plan: bool) -> Step | None:
        rows, replace = self._rows(), self._chance.random() < 0.8
        content = file_of([Line(_cells(self.number, row)) for row in rows], "csv")
        body, content_type = multipart([("file", f"plan{self._sent}.csv", content)])
        key = uuid.UUID(int=self._chance.getrandbits(128)).hex
        options = f"reemplazar_duplicados={str(replace).lower()}&solo_validar={str(is_plan).lower()}"
        status, answer = self.until_answered(
            "POST",
            f"{UPLOAD_PATH}?proveedor_id={self.code}&{options}",
            body,
            {"Content-Type": content_type, "Idempotency-Key": key},
            report,
        )
        self._sent += 1
        if status != 202:
            report.differ("not accepted", f"{self.code}: {status} {answer}")
            return None
        report.add(uploads=1, rows=len(rows), plans=int(is_plan))
        return Step(answer["task_id"], "plan" if is_plan else "import", rows, replace)

    def _follow(self, base: Step, operation: Operation, report: Report) -> Step | None:
        """Apply a plan, or undo an upload. Of an answer that was lost the second one says that it is done already."""
        path = f"{STATUS_PATH}{base.task_id}/{operation}"
        status, answer = self.until_answered("POST", path, b"", {}, report)
        known = truth.based_on(base.task_id)
        is_done = status == 409 and answer["code"] in ("plan_applied", "already_undone")
        if known is None or not (status == 202 or is_done):
            report.differ(f"{operation} refused", f"{self.code} {base.task_id}: {status} {answer}")
            return None
        report.add(uploads=1, **{"applications" if operation == "apply" else "undos": 1})
        return Step(known, operation, base.rows, base.replace, base.task_id)

    def _rows(self) -> list[Row]:
        chance, count = self._chance, self._chance.randint(*ROWS)
        ids = chance.sample(range(PRODUCTS), count)
        codes = dict(zip(ids, ids, strict=True))
        for one, other in zip(ids[::40], ids[20::40], strict=False):  # the code of another product
            codes[one], codes[other] = other, one
        code = f"78{self.number:02d}"
        return [
            Row(
                f"S{self.number}-{n:05d}",
                f"{code}{codes[n]:07d}",
                f"Producto {n} ({chance.randrange(3)})",
                f"{chance.randrange(1, 5)}.50",
                f"PLANES {self.number} {chance.randrange(CATEGORIES)}",
            )
            for n in ids
        ]

    # --- What the model does ---

    def _take(self, step: Step) -> dict[str, int]:
        """Do it in the model, too; returns what the upload must have counted."""
        if step.operation == "plan":
            outcomes = self.model.plan(list(step.rows), replacing=step.replace)
            counted = _counted([outcome[0] for outcome in outcomes])
            if counted["creados"] + counted["actualizados"]:  # else there is nothing to apply
                self._plans.append(step)
                self._outcomes[step.task_id] = outcomes
            return counted
        if step.operation == "undo":
            before = len(self.model.items)
            taken, kept = self.model.undo(step.of)
            removed = before - len(self.model.items)
            return {"total": taken + kept, "actualizados": taken, "eliminados": removed, "rechazados": kept}
        plan = self._outcomes.pop(step.of, None)
        counts = self.model.run(list(step.rows), step.task_id, replacing=step.replace, plan=plan)
        if counts["created"] + counts["updated"]:
            self._undoable.append(step.task_id)
        return _counted([name for name, count in counts.items() for _ in range(count)])


def _counted(kinds: Sequence[str]) -> dict[str, int]:
    names = {"created": "creados", "updated": "actualizados", "unchanged": "sin_cambios", "rejected": "rechazados"}
    return {"total": len(kinds), **{name: kinds.count(kind) for kind, name in names.items()}, "eliminados": 0}


def _cells(number: int, row: Row) -> list[Any]:
    """The row of the file: what the model does not know is the same in every list."""
    cells = product(number, int(row.id[-5:]), row.precio_unitario)
    for name, value in zip(("codigo", "nombre", "precio_unitario", "categoria"), row.values(), strict=True):
        cells[AT[name]] = value
    return cells
