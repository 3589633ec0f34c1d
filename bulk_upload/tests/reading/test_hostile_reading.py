"""Files that attack the reader, or just look like it: refused in words, in seconds, in bounded memory."""

from __future__ import annotations

import resource
import struct
import tempfile
import time
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bulk_upload.checking.tables import Limits
from bulk_upload.reading.child.zip_package import MAX_PARTS
from bulk_upload.sheet.problem_codes import FILE_PROBLEMS
from bulk_upload.sheet.problems import FileProblem
from bulk_upload.tests.awkward import raw_workbook as raw
from bulk_upload.tests.awkward.make_awkward import HEADER, product
from bulk_upload.tests.awkward.reading import READERS, read
from bulk_upload.tests.helpers.hostile_workbooks import START, stuffed, workbook

SECONDS = 10
AWKWARD = Path(__file__).parents[1] / "awkward"
COMPOUND_FILE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


@pytest.fixture(autouse=True)
def in_seconds() -> Iterator[None]:
    started = time.monotonic()
    yield
    assert time.monotonic() - started < 30 * SECONDS  # a hang, not a busy machine


def refusal(path: Path, limits: Limits | None = None) -> FileProblem:
    started = time.monotonic()
    with pytest.raises(FileProblem) as problem:
        read(path, limits)
    assert time.monotonic() - started < SECONDS
    assert problem.value.code in FILE_PROBLEMS
    return problem.value


def test_two_cells_in_opposite_corners(tmp_path):
    problem = refusal(workbook(tmp_path, '<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'))
    assert (problem.code, problem.params["columna"]) == ("too_many_columns", "XFD")


def test_two_cells_in_the_corners_of_what_is_allowed(tmp_path):
    problem = refusal(workbook(tmp_path, '<row r="1048576"><c r="IV1048576"><v>1</v></c></row>'))
    assert (problem.code, problem.params["celda"]) == ("far_cell", "IV1048576")


def test_memory_is_bounded_by_the_limit(tmp_path):
    shared = "".join(f"<si><t>{f'{n:x}~'.join(map(str, range(6_000)))}</t></si>" for n in range(2_000))
    path = workbook(tmp_path, "", sharedStrings=f'<sst xmlns="{raw.MAIN}">{shared}</sst>')
    assert refusal(path, Limits(memory_bytes=100 * 1024 * 1024)).code == "too_big_to_read"
    READERS.close()
    # Kilobytes, of the largest child so far of those whose parent was waited for.
    assert resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss < 1.3e6


def test_cpu_is_bounded_by_the_limit(tmp_path):
    rows = "".join(raw.inline_row(n, map(str, product(id=f"P{n}"))) for n in range(3, 40_000))
    assert refusal(workbook(tmp_path, rows * 4), Limits(cpu_seconds=1)).code == "too_big_to_read"


def test_a_zip_that_expands_a_thousand_times(tmp_path):
    path = stuffed(tmp_path / "bomb.xlsx", raw.SHEET, 64, START.encode(), b" ", raw.SHEET_END.encode())
    problem = refusal(path)
    assert (problem.code, problem.params["tamano"]) == ("suspicious_zip", 64)


def test_a_shared_text_of_512_megabytes(tmp_path):
    path = stuffed(tmp_path / "text.xlsx", "xl/sharedStrings.xml", 512, b"<sst><si><t>", b"A", b"</t></si></sst>")
    assert refusal(path).code == "suspicious_zip"


def test_parts_that_share_their_bytes(tmp_path):
    path = workbook(tmp_path, "")
    with zipfile.ZipFile(path) as archive:
        infos = archive.infolist()
    with zipfile.ZipFile(path, "a") as archive:
        for number in range(20):
            twin = zipfile.ZipInfo(f"xl/media/{number}.xml")
            for field in ("CRC", "compress_size", "file_size", "header_offset", "compress_type"):
                setattr(twin, field, getattr(infos[-1], field))
            archive.filelist.append(twin)
            archive.NameToInfo[twin.filename] = twin
        archive._didModify = True
    assert refusal(path).code == "damaged_file"


def test_two_parts_of_one_name(tmp_path):
    path = workbook(tmp_path, "")
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr(raw.SHEET.upper(), raw.SHEET_START + raw.SHEET_END)
    assert refusal(path).code == "damaged_file"


def test_thousands_of_parts(tmp_path):
    path = workbook(tmp_path, "")
    with zipfile.ZipFile(path, "a") as archive:
        for number in range(MAX_PARTS):
            archive.writestr(f"xl/media/{number}.png", b"")
    assert refusal(path).code == "too_many_parts"


@pytest.mark.parametrize(
    "dtd",
    [
        '<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>',
        '<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]>',
    ],
)
@pytest.mark.parametrize("part", ["sharedStrings", "sheet", "xl/workbook.xml", "[Content_Types].xml"])
def test_xml_entities(tmp_path, dtd, part):
    row = raw.inline_row(3, ["&a;"]) if part == "sheet" else '<row r="3"><c r="A3" t="s"><v>0</v></c></row>'
    shared = f'<sst xmlns="{raw.MAIN}"><si><t>&a;</t></si></sst>'
    content = raw.parts(START + row + raw.SHEET_END, sharedStrings=shared)
    name = {"sheet": raw.SHEET, "sharedStrings": "xl/sharedStrings.xml"}.get(part, part)
    declaration, rest = content[name].split("?>", 1) if "?>" in content[name] else ("", content[name])
    content[name] = (declaration and declaration + "?>") + dtd + rest
    problem = refusal(raw.save(tmp_path / "productos.xlsx", content))
    assert problem.code == "damaged_file"
    assert "root" not in str(problem.params)


@pytest.mark.parametrize("kept", [0, 3, 30, 500, 0.5, 0.99])
def test_a_truncated_zip(tmp_path, kept):
    path = workbook(tmp_path, "")
    whole = path.read_bytes()
    path.write_bytes(whole[: int(kept * len(whole)) if isinstance(kept, float) else kept])
    assert refusal(path).code in ("damaged_file", "not_a_workbook")


def test_a_workbook_under_a_password(tmp_path):
    path = tmp_path / "secret.xlsx"
    path.write_bytes(
        COMPOUND_FILE + bytes(504) + "EncryptionInfo\0EncryptedPackage\0".encode("utf-16-le") + bytes(4096)
    )
    assert refusal(path).code == "encrypted_file"


def test_a_zip_under_a_password(tmp_path):
    path = workbook(tmp_path, "")
    content = bytearray(path.read_bytes())
    entry = content.find(b"PK\x01\x02")
    content[entry + 8 : entry + 10] = struct.pack("<H", 1)
    path.write_bytes(content)
    assert refusal(path).code == "encrypted_file"


@pytest.mark.parametrize(
    "content",
    [
        b"\x89PNG\r\n\x1a\n" + bytes(2000),
        b"id,nombre,codigo\n1,2,3\n",
        b"<html><table><tr><td>id</td></tr></table></html>",
        b"<?php ?>PK\x03\x04" + bytes(100),
    ],
    ids=["png", "csv", "html", "polyglot"],
)
def test_something_else_named_xlsx(tmp_path, content):
    path = tmp_path / "foto.xlsx"
    path.write_bytes(content)
    assert refusal(path).code == "not_a_workbook"


@pytest.mark.parametrize(
    "main_type",
    [
        "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml",
        "application/vnd.ms-excel.sheet.macroEnabled.main+xml",
    ],
)
def test_another_office_document_named_xlsx(tmp_path, main_type):
    content = raw.parts(START + raw.SHEET_END) | {"[Content_Types].xml": raw.content_types(main_type)}
    assert refusal(raw.save(tmp_path / "carta.xlsx", content)).code == "not_a_workbook"


@pytest.mark.parametrize("missing", ["_rels/.rels", "xl/workbook.xml", "xl/_rels/workbook.xml.rels", raw.SHEET])
def test_a_workbook_without_one_of_its_parts(tmp_path, missing):
    content = raw.parts(START + raw.SHEET_END)
    del content[missing]
    assert refusal(raw.save(tmp_path / "productos.xlsx", content)).code == "damaged_file"


def test_a_text_that_is_not_in_the_list_of_texts(tmp_path):
    assert refusal(workbook(tmp_path, '<row r="3"><c r="A3" t="s"><v>99</v></c></row>')).code == "damaged_file"


def test_16384_columns_in_a_workbook(tmp_path):
    cells = "".join(f'<c r="{letters}3"><v>1</v></c>' for letters in ["N", "IV", "IW", "ZZ", "AAA", "XFD"])
    problem = refusal(workbook(tmp_path, f'<row r="3">{cells}</row>'))
    assert (problem.code, problem.params["columna"]) == ("too_many_columns", "IW")


def test_2000000_rows_in_a_workbook(tmp_path):
    rows = "".join(f'<row r="{n}"><c r="A{n}"><v>{n}</v></c></row>' for n in range(3, 2_000_000))
    assert refusal(workbook(tmp_path, rows)).code == "too_many_rows"


def test_more_rows_in_a_workbook_than_the_limit(tmp_path):
    rows = "".join(raw.inline_row(n, map(str, product(id=f"P{n}"))) for n in range(3, 13))
    path = workbook(tmp_path, rows)
    assert refusal(path, Limits(max_rows=10)).params == {"maximo": 10}
    assert read(path, Limits(max_rows=11)).table.total == 11


def test_nul_bytes_in_a_csv(tmp_path):
    path = tmp_path / "productos.csv"
    path.write_bytes(b"id,nombre,codigo\n1,a\0b,2\n")
    assert (refusal(path).code, refusal(path).params) == ("nul_bytes", {"linea": 2})


@pytest.mark.parametrize("content", [b"A", b"A,", b'"A\r\n', "ñ".encode()], ids=["text", "cells", "quoted", "accents"])
def test_a_line_of_50_megabytes_in_a_csv(tmp_path, content):
    path = tmp_path / "productos.csv"
    with path.open("wb") as file:
        file.write(",".join(HEADER).encode() + b"\n")
        for _ in range(50):
            file.write(content * (1024 * 1024 // len(content)))
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    assert refusal(path).code in ("line_too_long", "unclosed_quote")
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 40_000


def test_16384_columns_in_a_csv(tmp_path):
    path = tmp_path / "productos.csv"
    path.write_text(",".join([*HEADER, *(f"c{n}" for n in range(16_384))]) + "\n1,2,3\n")
    assert refusal(path).code == "too_many_columns"


def test_2000000_rows_in_a_csv(tmp_path):
    path = tmp_path / "productos.csv"
    with path.open("w") as file:
        file.write(",".join(HEADER) + "\n")
        for start in range(0, 2_000_000, 1000):
            file.write("".join(f"P{n},a,{n},c,,1,d,e,1,,,,\n" for n in range(start, start + 1000)))
    assert refusal(path).code == "too_many_rows"


DAMAGE = st.tuples(
    st.floats(0, 1),  # where
    st.integers(0, 20),  # how many bytes go
    st.sampled_from([b"", b"\0", b'"', b"<", b"&", b"]]>", b"<!--", b' t="e"', b"\r\n", b"\xff"])
    | st.binary(max_size=8),
)


def damaged(content: bytes, damages: list[tuple[float, int, bytes]]) -> bytes:
    for where, gone, new in damages:
        place = int(where * len(content))
        content = content[:place] + new + content[place + gone :]
    return content


def is_read_or_refused(path: Path) -> bool:
    try:
        read(path)
    except FileProblem as problem:
        return problem.code in FILE_PROBLEMS
    return True


@given(st.sampled_from(["semicolons.csv", "quoted_newlines.csv", "utf_16.csv", "windows_1252.csv"]), st.lists(DAMAGE))
@settings(max_examples=200)
def test_a_csv_damaged_anywhere_is_read_or_refused(name, damages):
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, name)
        path.write_bytes(damaged((AWKWARD / name).read_bytes(), damages))
        assert is_read_or_refused(path)


@given(st.sampled_from(["by_openpyxl.xlsx", "number_formatted_codes.xlsx", "new_errors.xlsx"]), st.data())
@settings(max_examples=40)
def test_a_workbook_damaged_anywhere_is_read_or_refused(name, data):
    with zipfile.ZipFile(AWKWARD / name) as archive:
        content = {part: archive.read(part) for part in archive.namelist()}
    part = data.draw(st.sampled_from(sorted(content)))
    content[part] = damaged(content[part], data.draw(st.lists(DAMAGE, min_size=1, max_size=3)))
    with tempfile.TemporaryDirectory() as folder:
        assert is_read_or_refused(raw.save(Path(folder, name), content))
