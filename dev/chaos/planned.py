"""Whether the uploads and the products of planners are what their model says."""

from __future__ import annotations

from collections.abc import Sequence

from dev.chaos import truth
from dev.chaos.planner import Planner
from dev.chaos.report import Report


def compare(planners: Sequence[Planner], report: Report) -> None:
    """Everything must have ended."""
    for planner in planners:
        if not planner.catch_up():
            report.differ(
                "a planner's upload did not end well", planner.uploads[-1].task_id if planner.uploads else "?"
            )
            continue
        _compare_uploads(planner, report)
        _compare_products(planner, report)


def _compare_uploads(planner: Planner, report: Report) -> None:
    for step in planner.uploads:
        row, expected = truth.upload(step.task_id) or {}, planner.expected[step.task_id]
        found = {name: row.get(name) for name in expected}
        if found != expected:
            wrong = {name: (found[name], value) for name, value in expected.items() if found[name] != value}
            report.differ(f"counters of {step.operation}", f"{planner.code} {step.task_id}: is, must be: {wrong}")


def _compare_products(planner: Planner, report: Report) -> None:
    """Values, version and author of each product; and no category but those that are in use or older."""
    columns = ("codigo", "nombre", "precio_unitario", "categoria_id", "version", "changed_by_upload")
    found = {key: tuple(row[name] for name in columns) for key, row in truth.products(planner.code).items()}
    expected = {key: (*item.values(), item.version, item.by) for key, item in planner.model.items.items()}
    for key in sorted(found.keys() | expected.keys()):
        if found.get(key) != expected.get(key):
            report.differ("products of a planner", f"{key}: {found.get(key)}, not {expected.get(key)}")
    names = truth.categories(f"PLANES {planner.number} ")
    if names != planner.model.categories.keys():
        report.differ("categories of a planner", f"{sorted(names)}, not {sorted(planner.model.categories)}")
