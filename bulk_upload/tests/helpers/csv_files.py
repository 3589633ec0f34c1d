"""CSV files of the product sheet, line by line, and how one is refused."""

from __future__ import annotations

from pathlib import Path

import pytest

from bulk_upload.checking.tables import Limits
from bulk_upload.sheet.problems import FileProblem
from bulk_upload.tests.awkward.make_awkward import HEADER, product
from bulk_upload.tests.awkward.reading import read

LINE = ",".join(map(str, product())).replace("Lugar seco, 15", "Lugar seco 15")


def csv_file(folder: Path, *lines: str, encoding: str = "utf-8", end: str = "\n") -> Path:
    path = folder / "productos.csv"
    path.write_bytes(end.join([",".join(HEADER), *lines, ""]).encode(encoding))
    return path


def refusal(path: Path, limits: Limits | None = None) -> FileProblem:
    with pytest.raises(FileProblem) as problem:
        read(path, limits)
    return problem.value
