"""Whether uploads and products are what the oracle says, for one supplier after another."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Any, Final

from bulk_upload.tests.helpers.oracle import HEADER, History, Oracle, Sender, kept, repetitions
from dev.chaos import truth
from dev.chaos.client import Client, Upload
from dev.chaos.lists import has_constant_price
from dev.chaos.report import Report

COUNTERS: Final = ("creados", "actualizados", "sin_cambios", "rechazados", "duplicados")
LISTED: Final = 1000
FIRST_ROW: Final = 2


class Outcome:
    """The oracle's catalogue through all rounds.

    Of steady and careful suppliers everything is known. A restless one's retries begin at any moment, so of its
    products only the values are known: those of its last list that dealt with the product's row.
    """

    def __init__(self, report: Report) -> None:
        self._report = report
        self._oracle = Oracle(0)
        # By supplier and product: the number of that list, its task and its values.
        self._latest: dict[str, dict[str, tuple[int, str, list[Any]]]] = {}

    def follow(self, clients: Sequence[Client]) -> None:
        """Let the oracle take the rows that were dealt with since the last time. Everything must have ended."""
        for client in clients:
            for upload in client.uploads:
                row = truth.upload(upload.task_id)
                if row is None:
                    self._report.differ("upload lost", f"{upload.task_id}: accepted, and not in the database")
                    continue
                self._take(client, upload, row)

    def compare(self, clients: Sequence[Client]) -> None:
        for client in clients:
            rows = {upload.task_id: row for upload in client.uploads if (row := truth.upload(upload.task_id))}
            self._compare_order(client, rows)
            for upload in client.uploads:
                if upload.task_id in rows:
                    self._compare_upload(client, upload, rows[upload.task_id])
            found = truth.products(client.code)
            if client.habit == "restless":
                self._compare_latest(client, found)
            else:
                self._compare_products(client, found)

    # --- What the oracle takes ---

    def _take(self, client: Client, upload: Upload, row: dict[str, Any]) -> None:
        stop = len(upload.lines) if row["status"] == "completed" else max(row["next_row"] - FIRST_ROW, 0)
        sender = Sender(client.code, upload.task_id, row["number"])
        if client.habit == "restless":
            self._take_latest(sender, upload, stop)
        else:
            self._oracle.take(
                upload.lines,
                replace=upload.replace,
                sender=sender,
                start=upload.taken,
                stop=stop,
                account=upload.account,
            )
        upload.taken = stop

    def _take_latest(self, sender: Sender, upload: Upload, stop: int) -> None:
        latest = self._latest.setdefault(sender.supplier, {})
        seen: dict[str, set[str]] = {"id": set(), "codigo": set()}
        for line in upload.lines[:stop]:
            if [*repetitions(line, seen)] or line.codes:
                continue
            key = line.cells[0]
            if key not in latest or latest[key][0] <= sender.number:
                latest[key] = (sender.number, sender.upload, kept(line.cells))

    # --- Uploads ---

    def _compare_upload(self, client: Client, upload: Upload, row: dict[str, Any]) -> None:
        errors = [error for error in truth.row_errors(upload.task_id) if error[3] == "error"]
        total = len(upload.lines) if row["next_row"] else 0
        expected: dict[str, Any] = {"total": total, "sin_procesar": total - upload.taken if total else 0}
        found = {name: row[name] for name in (*expected, *COUNTERS)}
        if client.habit == "restless":
            processed = found["creados"] + found["actualizados"] + found["sin_cambios"] + found["rechazados"]
            expected |= {"processed": upload.taken}
            found |= {"processed": processed}
        else:
            expected |= {name: getattr(upload.account, name) for name in COUNTERS}
            self._compare_errors(upload, errors)
            for name in ("productos_creados", "productos_actualizados"):
                expected[name] = getattr(upload.account, name)[:LISTED]
                found[name] = row[name]
        for name, value in expected.items():
            if found[name] != value:
                text = f"{client.code} {upload.task_id} ({row['status']}): {name} {str(found[name])[:60]}"
                self._report.differ("upload's counters", f"{text}, not {str(value)[:60]}")

    def _compare_errors(self, upload: Upload, errors: list[tuple[int, str, str, str]]) -> None:
        found = sorted((fila, codigo) for fila, _, codigo, _ in errors)
        expected = sorted(upload.account.codes)
        if found != expected:
            both = set(found) ^ set(expected)
            kind = "row errors" if both else "row errors, doubled"
            self._report.differ(kind, f"{upload.task_id}: {len(found)}, not {len(expected)}: {sorted(both)[:3]}")

    def _compare_order(self, client: Client, rows: dict[str, dict[str, Any]]) -> None:
        """Accepted in the order of sending, and imported in it."""
        for first, second in pairwise(client.uploads):
            one, two = rows.get(first.task_id), rows.get(second.task_id)
            if one is None or two is None:
                continue
            if one["number"] >= two["number"]:
                self._report.differ("order of acceptance", f"{client.code}: {first.task_id} after {second.task_id}")
            undisturbed = not first.retried and one["status"] == two["status"] == "completed"
            if undisturbed and not second.retried and one["completed_at"] > two["started_at"]:
                self._report.differ("order of import", f"{client.code}: {second.task_id} began before the end of one")

    # --- Products ---

    def _compare_products(self, client: Client, found: dict[str, dict[str, Any]]) -> None:
        mine = {key for key, owner in self._oracle.owner.items() if owner == client.code}
        for key in sorted(mine | found.keys()):
            expected = self._expected(key) if key in mine else None
            there = list(found[key].values()) if key in found else None
            if there != expected:
                self._report.differ(f"products of a {client.habit} supplier", f"{key}: {_shown(there, expected)}")
                self._adopt(client, key, found.get(key))

    def _expected(self, key: str) -> list[Any]:
        history = self._oracle.history[key]
        return [*self._oracle.cells[key], history.version, history.created_by, history.changed_by]

    def _compare_latest(self, client: Client, found: dict[str, dict[str, Any]]) -> None:
        latest = self._latest.get(client.code, {})
        for key in sorted(latest.keys() | found.keys()):
            there = found.get(key)
            if there is None or key not in latest:
                self._report.differ(
                    "products of a restless supplier", f"{key}: {'missing' if there is None else 'not in any list'}"
                )
                latest.pop(key, None)
                continue
            number, task_id, cells = latest[key]
            values = list(there.values())[: len(HEADER)]
            if values != cells:
                self._report.differ("an older list won", f"{key}: {_shown(values, cells)}, of {task_id}")
                latest[key] = (number, there["changed_by_upload"], values)
            elif not has_constant_price(key) and there["changed_by_upload"] != task_id:
                self._report.differ("changed by", f"{key}: {there['changed_by_upload']}, not {task_id}")

    def _adopt(self, client: Client, key: str, there: dict[str, Any] | None) -> None:
        """Count a difference once: go on from what the database has."""
        oracle = self._oracle
        if key in oracle.cells:
            oracle.id_of.pop(oracle.cells[key][2], None)
        if there is None:
            for known in (oracle.cells, oracle.owner, oracle.history):
                known.pop(key, None)
            return
        values = list(there.values())
        history = oracle.history.setdefault(key, History())
        history.version, history.created_by, history.changed_by = values[len(HEADER) :]
        oracle.cells[key], oracle.owner[key] = values[: len(HEADER)], client.code
        oracle.id_of[values[2]] = key


def _shown(there: list[Any] | None, expected: list[Any] | None) -> str:
    if there is None or expected is None:
        return f"{'there' if there else 'missing'}, not {'there' if expected else 'expected'}"
    pairs = [f"{one}, not {two}" for one, two in zip(there, expected, strict=False) if one != two]
    return "; ".join(pairs)
