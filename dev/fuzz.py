"""`python -m dev.fuzz`: mutants of the awkward files through the reader, for MINUTES, as SEED says.

A mutant must be read or refused in words. A finding is anything else: an exception that is no `FileProblem`, a child
that was killed from outside, more than `SLOW` seconds. Its file is kept in run/fuzz.
"""

from __future__ import annotations

import random
import re
import resource
import sys
import tempfile
import time
import zipfile
from collections import Counter
from pathlib import Path
from typing import Final

from structlog.testing import capture_logs

from bulk_upload.checking.tables import Limits
from bulk_upload.reading.files import Readers
from bulk_upload.sheet.problem_codes import FILE_PROBLEMS
from bulk_upload.sheet.problems import FileProblem
from catalog.sheets.products import PRODUCTS
from dev.variables import minutes_and_seed
from medisupply.environment.refusal import in_words

ROOT: Final = Path(__file__).resolve().parents[1]
SEEDS: Final = ROOT / "bulk_upload/tests/awkward"
ENDINGS: Final = (".xlsx", ".csv", ".xls", ".xlsb", ".ods", ".zip")
KEPT: Final = ROOT / "run/fuzz"
# Seconds, also on a machine that has much else to do; a hang is longer.
SLOW: Final = 60
LIMITS: Final = Limits(cpu_seconds=20)
# Bytes that mean something to a parser.
TOKENS: Final = (
    *(b"\0", b'"', b"'", b"<", b">", b"&", b";", b",", b"\t", b"\r\n", b"\xff\xfe", b"\xc3", b"\xef\xbb\xbf"),
    *(b"]]>", b"<![CDATA[", b"<!--", b"<!DOCTYPE x>", b' t="e"', b' t="s"', b' s="9"', b"<f>1</f>", b"<v/>", b"&#0;"),
    *(b"_x000D_", b"=1+1", b"1E+99", b"-0", b"NaN", b"XFD1048576", b"1:1", b"A1:XFD1048576"),
)
NUMBERS: Final = (
    b"0",
    b"-1",
    b"1",
    b"2",
    b"255",
    b"16384",
    b"1048576",
    b"1048577",
    b"4294967295",
    b"99999999999999999999",
)
_ELEMENT: Final = re.compile(rb"<(\w+)[^<>]*?(?:/>|>.{0,400}?</\1>)", re.DOTALL)
_NUMBER: Final = re.compile(rb"\d+")


def main() -> int:
    with in_words():
        minutes, seed = minutes_and_seed()
    print(f"SEED={seed} MINUTES={minutes:g}", flush=True)
    fuzz = Fuzz(seed)
    ends = time.monotonic() + minutes * 60
    try:
        while time.monotonic() < ends:
            fuzz.step()
    finally:
        fuzz.close()
        print(fuzz.report(), flush=True)
    return 1 if fuzz.findings else 0


class Fuzz:
    """Makes mutants and reads them, and counts what they came to."""

    def __init__(self, seed: int) -> None:
        self.outcomes: Counter[str] = Counter()
        self.deaths: Counter[str] = Counter()
        self.findings: list[str] = []
        self.slowest = 0.0
        self._random = random.Random(seed)  # noqa: S311
        self._seeds = sorted(path for path in SEEDS.rglob("*") if path.suffix in ENDINGS)
        self._readers = Readers()

    def step(self) -> None:
        source = self._random.choice(self._seeds)
        content = mutant(source.read_bytes(), source.suffix, self._random)
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder, f"mutant{source.suffix}")
            path.write_bytes(content)
            began = time.monotonic()
            with capture_logs() as logged:
                outcome = self._read(path, source.suffix[1:])
            seconds = time.monotonic() - began
        # Children that did not end in order.
        self.deaths.update(f"status {line['exit_status']}" for line in logged if "exit_status" in line)
        self.slowest = max(self.slowest, seconds)
        self.outcomes[outcome] += 1
        if outcome not in FILE_PROBLEMS and outcome != "read":
            self._keep(source, content, outcome)
        elif seconds > SLOW:
            self._keep(source, content, f"{seconds:.0f} s")

    def close(self) -> None:
        self._readers.close()

    def report(self) -> str:
        peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss // 1024
        lines = [f"{self.outcomes.total()} mutants; slowest {self.slowest:.1f} s; largest child {peak} MB"]
        lines += [f"{count:8d} {outcome}" for outcome, count in self.outcomes.most_common()]
        lines += [f"{count:8d} children: {death}" for death, count in self.deaths.most_common()]
        lines += [f"finding: {finding}" for finding in self.findings] or ["no findings"]
        return "\n".join(lines)

    def _read(self, path: Path, file_format: str) -> str:
        try:
            with self._readers.reader(LIMITS) as reader:
                table = reader.checked(path, file_format, PRODUCTS, next_row=0, chunk_rows=500)
                for _ in table.batches:
                    pass
        except FileProblem as problem:
            return problem.code
        except Exception as error:  # noqa: BLE001  # what is looked for
            return f"{type(error).__name__}: {error}"
        return "read"

    def _keep(self, source: Path, content: bytes, what: str) -> None:
        KEPT.mkdir(parents=True, exist_ok=True)
        kept = KEPT / f"{len(self.findings)}-{source.name}"
        kept.write_bytes(content)
        self.findings.append(f"{what} ({kept})")


def mutant(content: bytes, suffix: str, rng: random.Random) -> bytes:
    """`content` with some damage: to the bytes of the file, or to a part of a workbook."""
    if suffix == ".csv" or rng.random() < 0.1:
        return damaged(content, rng)
    try:
        with tempfile.TemporaryFile() as file:
            file.write(content)
            with zipfile.ZipFile(file) as archive:
                parts = {name: archive.read(name) for name in archive.namelist()}
    except (zipfile.BadZipFile, RuntimeError):  # the second: under a password
        return damaged(content, rng)
    # Mostly in the sheets.
    names = sorted(parts) + 4 * sorted(name for name in parts if "sheet" in name or name == "content.xml")
    for _ in range(rng.choice([1, 1, 1, 2, 4])):
        name = rng.choice(names)
        parts[name] = changed_xml(parts[name], rng) if rng.random() < 0.7 else damaged(parts[name], rng)
    if rng.random() < 0.03:
        del parts[rng.choice(sorted(parts))]
    with tempfile.TemporaryFile() as file:
        with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
            for name, part in parts.items():
                archive.writestr(name, part)
        file.seek(0)
        return file.read()


def damaged(content: bytes, rng: random.Random) -> bytes:
    """Bytes taken out, put in, or cut off."""
    for _ in range(rng.choice([1, 1, 2, 5])):
        at = rng.randrange(len(content) + 1)
        gone = rng.choice([0, 0, 1, 3, 20])
        new = rng.choice([b"", rng.choice(TOKENS), rng.randbytes(rng.randrange(6))])
        content = content[:at] + new + content[at + gone :]
    return content[: rng.randrange(len(content) + 1)] if rng.random() < 0.1 else content


def changed_xml(content: bytes, rng: random.Random) -> bytes:
    """An element twice, away or elsewhere, or another number."""
    if rng.random() < 0.5 and (numbers := list(_NUMBER.finditer(content))):
        found = rng.choice(numbers)
        return content[: found.start()] + rng.choice(NUMBERS) + content[found.end() :]
    elements = list(_ELEMENT.finditer(content))
    if not elements:
        return damaged(content, rng)
    one, other = rng.choice(elements), rng.choice(elements)
    way = rng.randrange(4)
    if way == 0:
        return content[: one.end()] + one[0] * rng.choice([1, 1, 50]) + content[one.end() :]
    if way == 1:
        return content[: one.start()] + content[one.end() :]
    if way == 2:
        return content[: one.start()] + other[0] + content[one.end() :]
    return content[: one.start()] + one[0].replace(b"<v>", b"<v>" + rng.choice(TOKENS)) + content[one.end() :]


if __name__ == "__main__":
    sys.exit(main())
