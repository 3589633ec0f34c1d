"""Which files a run needs."""

from __future__ import annotations

from typing import Final

from benchmarks.files import Format, Recipe, Variant
from benchmarks.options import HUGE, Options

# The file that most people send, and how often it is tried at each turn.
SMALL_ROWS, SMALL_RUNS = 300, 5
FORMATS: Final[tuple[Format, ...]] = ("xlsx", "csv")
VARIANTS: Final[tuple[Variant, ...]] = ("fresh", "changed", "defects")


def recipes(options: Options) -> list[Recipe]:
    """All of them; the largest CSV without defects, for it would show nothing that the workbook does not."""
    return [
        Recipe(rows, file_format, variant)
        for rows in options.sizes
        for file_format in FORMATS
        for variant in VARIANTS
        if not (rows >= HUGE and file_format == "csv" and variant == "defects")
    ]


def one_for_each_supplier(options: Options) -> list[Recipe]:
    """Small files, each with products of its own."""
    files, rows = options.many
    return [Recipe(rows, "xlsx", first=number * rows) for number in range(files)]
