"""Which encoding a CSV is in: read right when it is certain, refused with what to do when it is not."""

from __future__ import annotations

import io

import pytest

from bulk_upload.reading.child.csv_encoding import guess_encoding
from bulk_upload.sheet.problems import FileProblem
from bulk_upload.tests.awkward.reading import read
from bulk_upload.tests.helpers.csv_files import LINE, csv_file, refusal

SPANISH = "Guía de señal, refrigeración, jeringa pequeña, catéter, algodón, «CAFÉ», PROTECCIÓN, MÁSCARA, PAÑAL, ÚTIL\n"


def guess(content: bytes) -> str:
    return guess_encoding(io.BytesIO(content))


def encoded(text: str, encoding: str) -> bytes:
    return text.encode(encoding, "replace")


@pytest.mark.parametrize("encoding", ["cp1252", "mac_roman", "cp850"])
@pytest.mark.parametrize("text", [SPANISH, SPANISH.upper(), SPANISH.title()])
def test_spanish_is_recognised_in_each_encoding(encoding, text):
    assert guess(encoded(text, encoding)) == encoding


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        ("Gu’a se–al", "mac_roman"),
        ("Refrigeraci¢n", "cp850"),
        ("PROTECCIàN", "cp850"),
        ("Jeringa 5 ml «Ñandú»", "cp1252"),
        ("Crème brûlée, Hôpital", "cp1252"),
        ("Müller, KÖRPER", "cp1252"),
        ("«CAFÉ»", "cp1252"),
        ("-20 °C", "cp1252"),
        ("Bistur¡", "cp850"),
        ("Caf\u017d", "mac_roman"),
        ("bebé, menú", "cp1252"),
        ("“Guante” N° 5… 10 m²", "cp1252"),
        ("L’Oréal, d’Agua, señal", "cp1252"),
    ],
)
def test_what_windows_1252_would_show_tells_the_encoding(text, encoding):
    assert guess(text.encode("cp1252")) == encoding


def test_a_sign_that_may_also_be_a_letter_is_not_guessed():
    with pytest.raises(FileProblem) as caught:
        guess("Men’s".encode("cp1252"))
    assert caught.value.code == "unclear_encoding"
    assert caught.value.params == {"ejemplo": "n’s", "otro": "nís"}


def test_one_wrong_byte_in_a_file_of_utf_8_is_named_by_line_and_byte(tmp_path):
    path = csv_file(tmp_path, LINE, LINE)
    path.write_bytes(path.read_bytes() + b"X1,Ja\xf1\n")
    problem = refusal(path)
    assert (problem.code, problem.params) == ("broken_utf_8", {"linea": 4, "lugar": 6, "octeto": "F1"})


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_a_wrong_byte_far_down_has_its_line(tmp_path, end):
    path = csv_file(tmp_path, *[LINE] * 20_000, end=end)
    path.write_bytes(path.read_bytes() + "señal ".encode() + b"\xe9" + end.encode())
    assert refusal(path).params == {"linea": 20_002, "lugar": 8, "octeto": "E9"}


def test_a_character_cut_off_at_the_end_of_the_file_is_named(tmp_path):
    path = csv_file(tmp_path, LINE)
    path.write_bytes(path.read_bytes() + b"X1,\xc3")
    assert refusal(path).params == {"linea": 3, "lugar": 4, "octeto": "C3"}


@pytest.mark.parametrize("encoding", ["cp1252", "mac_roman", "cp850"])
def test_a_guessed_encoding_is_a_warning_with_an_example(tmp_path, encoding):
    line = LINE.replace("Guantes", "Señal").replace("–", "-")
    table = read(csv_file(tmp_path, line, encoding=encoding)).table
    assert table.encoding == encoding
    (warning,) = table.warnings
    assert (warning.codigo, warning.fila, warning.warning) == ("guessed_encoding", 0, True)
    assert warning.params["ejemplo"] == "Señal de nitrilo talla M"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_an_encoding_that_is_certain_is_no_warning(tmp_path, encoding):
    assert read(csv_file(tmp_path, LINE, encoding=encoding)).table.warnings == ()
