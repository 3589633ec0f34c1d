"""Pages of a long table."""

from __future__ import annotations

from typing import Any, Final

from django.core.paginator import Page, Paginator
from django.db.models import QuerySet

from bulk_upload.plans.shown_rows import PlanPages

PAGE_ROWS: Final = 50


class CountedPaginator(Paginator[Any]):
    """A paginator that is told how many there are: they have been counted already."""

    def __init__(self, rows: QuerySet[Any] | PlanPages, count: int) -> None:
        super().__init__(rows, PAGE_ROWS)  # type: ignore[arg-type]  # it needs no more than slices
        self.count = count


def page_numbers(page: Page[Any]) -> list[int | str]:
    """The numbers below the table, with ellipses."""
    return list(page.paginator.get_elided_page_range(page.number, on_each_side=2, on_ends=1))
