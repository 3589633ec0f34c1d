"""What the CSV reader finds out by itself, and what it refuses with the line to look at."""

from __future__ import annotations

import csv

import pytest

from bulk_upload.checking.tables import Limits
from bulk_upload.reading.child.csv_dialect import detect_dialect
from bulk_upload.tests.awkward.make_awkward import HEADER
from bulk_upload.tests.awkward.reading import read
from bulk_upload.tests.helpers.csv_files import LINE, csv_file, refusal
from catalog.sheets.products import PRODUCTS


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_the_delimiter_is_the_one_that_the_header_uses(delimiter):
    sample = "Catálogo; de, productos | 2026\n" + delimiter.join(HEADER) + "\na,b;c|d\te;f;g;h\n"
    assert detect_dialect(sample, PRODUCTS).delimiter == delimiter


def test_a_header_in_quotes_is_a_header():
    assert detect_dialect(";".join(f'"{name}"' for name in HEADER), PRODUCTS).delimiter == ";"


def test_without_a_known_header_the_delimiter_is_the_one_that_divides_the_rows():
    assert detect_dialect("uno;dos;tres", PRODUCTS).delimiter == ";"
    assert detect_dialect("uno;dos\n1,5;2,5\n3,5;4,5\n", PRODUCTS).delimiter == ";"
    assert detect_dialect("uno", PRODUCTS).delimiter == ","


def test_rows_have_the_numbers_of_the_spreadsheet(tmp_path):
    two_lines = LINE.replace("Guantes de nitrilo talla M", '"Guantes\nde nitrilo"')
    assert read(csv_file(tmp_path, LINE, "", two_lines, LINE)).numbers == [2, 4, 5]


def test_short_and_long_rows_come_as_they_are(tmp_path):
    short, long = read(csv_file(tmp_path, "A,B", LINE + ",de más")).rows
    assert short == (2, ["A", "B", *[None] * 12])
    assert long == (3, [*next(csv.reader([LINE])), "de más"])


def test_an_unclosed_quote_names_the_line_where_it_opens(tmp_path):
    opened = LINE.replace("Guantes", '"Guantes')
    problem = refusal(csv_file(tmp_path, LINE, opened, *[LINE] * 5))
    assert (problem.code, problem.params) == ("unclosed_quote", {"linea": 3})


def test_an_unclosed_quote_in_a_long_file_is_found_without_reading_it_all(tmp_path):
    opened = LINE.replace("Guantes", '"Guantes')
    problem = refusal(csv_file(tmp_path, *[LINE] * 10, opened, *[LINE] * 20_000))
    assert (problem.code, problem.params) == ("unclosed_quote", {"linea": 12})


def test_an_unclosed_quote_after_a_cell_of_several_lines_names_its_own_line(tmp_path):
    two_lines = '"A\nB","Guantes' + LINE
    problem = refusal(csv_file(tmp_path, LINE, two_lines, LINE))
    assert (problem.code, problem.params) == ("unclosed_quote", {"linea": 4})


def test_a_quote_that_swallows_rows_up_to_the_next_quote_is_noticed(tmp_path):
    """Well-formed to every parser, and four products would be lost without a word."""
    inches = LINE.replace("Guantes", '"Tubo de 3/4')
    closing = LINE.replace("Guantes de nitrilo talla M", 'Tubo de 3/4"')
    problem = refusal(csv_file(tmp_path, inches, LINE, LINE, LINE, closing))
    assert (problem.code, problem.params) == ("unclosed_quote", {"linea": 2})


def test_text_after_a_closing_quote_is_refused(tmp_path):
    problem = refusal(csv_file(tmp_path, LINE.replace("Guantes", '"Guantes" ')))
    assert (problem.code, problem.params) == ("unclosed_quote", {"linea": 2})


def test_a_quote_within_a_text_is_just_a_quote(tmp_path):
    rows = read(csv_file(tmp_path, LINE.replace("Guantes de", 'Tubo 3/4" de')))
    assert rows.column("nombre") == ['Tubo 3/4" de nitrilo talla M']


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_nul_bytes_name_their_line(tmp_path, end):
    problem = refusal(csv_file(tmp_path, LINE, LINE, LINE.replace("G", "\0"), end=end))
    assert (problem.code, problem.params) == ("nul_bytes", {"linea": 4})


def test_a_byte_that_windows_1252_does_not_know_is_not_guessed(tmp_path):
    path = tmp_path / "productos.csv"
    path.write_bytes(csv_file(tmp_path, LINE, encoding="cp1252").read_bytes() + b"\x81\n")
    assert refusal(path).params == {"codificacion": "Windows-1252"}


def test_a_broken_character_in_a_file_marked_as_utf_8_is_refused(tmp_path):
    path = tmp_path / "productos.csv"
    path.write_bytes(b"\xef\xbb\xbf" + csv_file(tmp_path, LINE).read_bytes() + b"\xf1\n")
    problem = refusal(path)
    assert (problem.code, problem.params) == ("undecodable_text", {"codificacion": "UTF-8"})


def test_an_accent_far_down_decides_the_encoding_of_the_whole_file(tmp_path):
    path = csv_file(
        tmp_path, *[LINE.replace("í", "i").replace("Ó", "O").replace("–", "-").replace("°", "")] * 9000, "Ñ,"
    )
    path.write_bytes(path.read_text("utf-8").encode("cp1252"))
    reading = read(path)
    assert reading.table.encoding == "cp1252"
    assert reading.column("id")[-1] == "Ñ"


def test_a_cell_of_more_than_128_kib_is_too_long(tmp_path):
    problem = refusal(csv_file(tmp_path, LINE.replace("Guantes", "G" * 140_000)))
    assert (problem.code, problem.params["linea"]) == ("line_too_long", 2)


def test_blank_cells_beyond_the_last_column_are_no_matter(tmp_path):
    assert read(csv_file(tmp_path, LINE + "," * 5000)).table.total == 1


def test_cells_beyond_the_last_column_are_refused(tmp_path):
    problem = refusal(csv_file(tmp_path, LINE + "," * 500 + "x"))
    assert (problem.code, problem.params["columna"]) == ("too_many_columns", "SS")


def test_more_rows_than_allowed_are_refused(tmp_path):
    problem = refusal(csv_file(tmp_path, *[LINE] * 11), Limits(max_rows=10))
    assert (problem.code, problem.params) == ("too_many_rows", {"maximo": 10})
    assert read(csv_file(tmp_path, *[LINE] * 10), Limits(max_rows=10)).table.total == 10


@pytest.mark.parametrize("content", ["", "\n\n", "   ,\u00a0,\n"])
def test_a_file_without_anything_is_empty(tmp_path, content):
    path = tmp_path / "productos.csv"
    path.write_text(content)
    assert refusal(path).code == "empty_file"


def test_a_header_without_rows_is_empty(tmp_path):
    assert refusal(csv_file(tmp_path, "", ",,,")).code == "empty_file"


def test_a_file_without_a_header_says_so(tmp_path):
    path = tmp_path / "productos.csv"
    path.write_text("uno,dos\n1,2\n")
    assert refusal(path).code == "no_header"


def test_a_sound_file_without_a_known_header_is_not_told_of_a_quote(tmp_path):
    path = tmp_path / "productos.csv"
    path.write_text('"ref";"detalle"\n"A1";"Tubo, de 3/4"\n"A2";"Guante"\n')
    assert refusal(path).code == "no_header"


@pytest.mark.parametrize("end", ["\x1a", "\r\n\x1a", "\n" + "\x1a" * 100])
def test_the_mark_that_dos_leaves_at_the_end_is_no_row(tmp_path, end):
    path = csv_file(tmp_path, LINE)
    path.write_bytes(path.read_bytes().rstrip(b"\n") + end.encode())
    reading = read(path)
    assert reading.numbers == [2]
    assert reading.column("requiere_vencimiento") == ["no"]


def test_a_quote_that_an_inch_mark_closes_two_lines_below_is_noticed(tmp_path):
    opened = LINE.replace("Guantes de nitrilo talla M", '"Tubo de 3/4')
    closed = LINE.replace("Guantes de nitrilo talla M", 'Tubo 9"')
    problem = refusal(csv_file(tmp_path, LINE, opened, LINE, closed))
    assert (problem.code, problem.params) == ("unclosed_quote", {"linea": 3})


def test_the_quote_may_open_and_close_in_different_columns(tmp_path):
    opened = LINE.replace("Caja x 100", '"Caja 5')
    closed = LINE.replace("Guantes de nitrilo talla M", 'Tubo 9"')
    assert refusal(csv_file(tmp_path, opened, LINE, closed)).params == {"linea": 2}


def test_the_line_of_the_quote_is_named_below_a_sound_cell_of_several_lines(tmp_path):
    opened = LINE.replace("Guantes de nitrilo talla M", '"Guantes\nde\nnitrilo"').replace("Caja", '"Caja')
    closed = LINE.replace("Guantes de nitrilo talla M", 'Tubo 9"')
    assert refusal(csv_file(tmp_path, opened, LINE, closed)).params == {"linea": 4}


def test_a_list_of_many_things_in_a_cell_of_several_lines_is_no_row(tmp_path):
    things = (
        "Incluye:\nguantes, gorro, bata, polainas, gafas, careta, tapabocas, jabón, alcohol, gasa, venda, hilo, aguja"
    )
    reading = read(csv_file(tmp_path, LINE.replace("Caja x 100", f'"{things}"')))
    assert reading.column("presentacion") == [things]
