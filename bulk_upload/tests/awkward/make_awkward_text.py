"""Makes the awkward CSV files of this folder, and says what a careful person expects of each.

    python -m bulk_upload.tests.awkward.make_awkward_text

What is expected was written down first, from what the file shows to a person who opens it. The files are kept in
the repository; `test_oracle.py` imports each of them into an empty catalogue.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from bulk_upload.tests.helpers.oracle import HEADER, Line

FOLDER = Path(__file__).parent

GLOVES: list[Any] = [
    *("PROD001", "Guantes de nitrilo talla M", "007", "PROTECCIÓN", "Caja x 100", "1250.50", "INVIMA 2024DM-1"),
    *("Lugar seco 15-30 °C", 5, 20, 8, True, False),
]
SYRINGE: list[Any] = [
    *("PROD002", "Jeringa 5 ml pequeña", "7701234567897", "JERINGAS", "Unidad", "300.00", "INVIMA 2024DM-2"),
    *("Ambiente", 5, 10, 5, False, True),
]


@dataclass
class Expected:
    """A file, and what must come of it: rows as the catalogue holds them, or the reason why it is refused.

    `numbers` are the rows of the sheet that `lines` stand in. `warnings` are those of the file as a whole.
    """

    content: bytes
    lines: list[Line] = field(default_factory=list)
    numbers: list[int] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    refused: str = ""
    params: dict[str, Any] = field(default_factory=dict)


def gloves(**changes: Any) -> list[Any]:
    return [changes.get(name, value) for name, value in zip(HEADER, GLOVES, strict=True)]


def syringe(**changes: Any) -> list[Any]:
    return [changes.get(name, value) for name, value in zip(HEADER, SYRINGE, strict=True)]


def shown(value: Any) -> str:
    """As it stands in the file."""
    return ("sí" if value else "no") if isinstance(value, bool) else str(value)


def text(*rows: list[Any], header: list[str] = HEADER, separator: str = ";", end: str = "\r\n") -> str:
    return "".join(separator.join(map(shown, row)) + end for row in [header, *rows])


def renamed(**names: str) -> list[str]:
    return [names.get(name, name) for name in HEADER]


def good(*rows: list[Any]) -> list[Line]:
    return [Line(list(row)) for row in rows]


def bad(row: list[Any], *codes: str, unreadable: str = "") -> Line:
    return Line(list(row), list(codes), set(unreadable.split()))


def read(content: str, *lines: Line, encoding: str = "utf-8", start: int = 2, warnings: str = "") -> Expected:
    numbers = list(range(start, start + len(lines)))
    return Expected(content.encode(encoding), list(lines), numbers, warnings.split())


def refused(content: bytes | str, code: str, **params: Any) -> Expected:
    return Expected(content if isinstance(content, bytes) else content.encode(), refused=code, params=params)


def quotes() -> dict[str, Expected]:
    opened = text(gloves(), gloves(id="P2", nombre='"Tubo de 3/4', codigo="2"), syringe(), separator=",")
    closing = ",".join(map(shown, gloves(id="P4", nombre='Tubo 9"', codigo="4"))) + "\r\n"
    elsewhere = text(gloves(presentacion='"Caja 5'), syringe(), separator=",")
    lines = "Incluye:\r\nguantes, gorro, bata, polainas, gafas, careta, tapabocas, jabón, gel, gasa, venda, hilo, aguja"
    one_line = lines.replace("\r\n", " ")
    return {
        "quote_closed_by_an_inch_mark.csv": refused(opened + closing, "unclosed_quote", linea=3),
        "quote_closed_in_another_column.csv": refused(elsewhere + closing, "unclosed_quote", linea=2),
        "list_in_several_lines.csv": read(
            text(gloves(presentacion=f'"{lines}"'), syringe(), separator=","),
            *good(gloves(presentacion=one_line), syringe()),
        ),
        "inches_in_quotes.csv": read(
            text(gloves(nombre='"Tubo 3/4"" x 9"""'), syringe(nombre='Tubo 9"')),
            *good(gloves(nombre='Tubo 3/4" x 9"'), syringe(nombre='Tubo 9"')),
        ),
    }


def encodings() -> dict[str, Expected]:
    plain = text(gloves(), syringe())
    coffee = gloves(nombre="«CAFÉ»", categoria="GASAS")
    capitals = [gloves(nombre="ALGODÓN", categoria="PROTECCIÓN"), syringe(nombre="PAÑAL")]
    mens = text(gloves(nombre="Men’s", categoria="GASAS", condiciones_almacenamiento="Seco", requiere_lote=False))
    wrong = plain.encode().replace("pequeña".encode(), b"peque\xf1a")
    return {
        "one_byte_of_windows_1252.csv": refused(wrong, "broken_utf_8", linea=3, lugar=27, octeto="F1"),
        "mac_roman.csv": read(plain, *good(gloves(), syringe()), encoding="mac_roman", warnings="guessed_encoding"),
        "dos_850.csv": read(plain, *good(gloves(), syringe()), encoding="cp850", warnings="guessed_encoding"),
        "dos_850_capitals.csv": read(text(*capitals), *good(*capitals), encoding="cp850", warnings="guessed_encoding"),
        "windows_1252_in_guillemets.csv": read(
            text(coffee, syringe()), *good(coffee, syringe()), encoding="cp1252", warnings="guessed_encoding"
        ),
        "one_apostrophe_of_windows.csv": refused(mens.encode("cp1252"), "unclear_encoding", ejemplo="n’s", otro="nís"),
        "end_of_file_of_dos.csv": read(plain + "\x1a", *good(gloves(), syringe())),
    }


def headers_that_are_known() -> dict[str, Expected]:
    asked = renamed(
        requiere_lote="¿Requiere lote?",
        stock_minimo="Stock mínimo (unidades)",
        requiere_vencimiento="Requiere vencimiento (S/N)",
    )
    units = renamed(
        nombre="Nombre del producto",
        tiempo_entrega_dias="Tiempo de entrega (días)",
        precio_unitario="Precio unitario (COP)",
    )
    invisible = renamed(id="\u200eid", stock_minimo="stock\u200b_minimo\u00ad", codigo="\u00a0código\ufeff")
    named = {
        "question_marks_in_the_header.csv": asked,
        "units_in_the_header.csv": units,
        "invisible_in_the_header.csv": invisible,
        "description_for_the_name.csv": renamed(nombre="Descripción"),
    }
    return {
        name: read(text(gloves(), syringe(), header=header), *good(gloves(), syringe()))
        for name, header in named.items()
    }


def headers_that_are_not_known() -> dict[str, Expected]:
    both = text([*gloves(), "caja azul"], [*syringe(), "estéril"], header=[*HEADER, "Descripción"])
    erp = [*HEADER[:9], "lote", "vencimiento", "observaciones", "stock"]
    defaults = {"stock_minimo": 10, "stock_critico": 5, "requiere_lote": False, "requiere_vencimiento": True}
    unnamed = [*HEADER, ""]
    return {
        "description_beside_the_name.csv": read(both, *good(gloves(), syringe()), warnings="unknown_column"),
        "batch_and_date_of_an_erp.csv": read(
            text([*GLOVES[:9], "L2301", "31/12/2027", "frágil", 40], header=erp),
            *good(gloves(**defaults)),
            warnings="unknown_column unknown_column unknown_column unknown_column",
        ),
        "first_header_is_pk.csv": read(
            text(["1", *gloves()], ["2", *syringe()], header=["PK", *HEADER]),
            *good(gloves(), syringe()),
            warnings="unknown_column",
        ),
        "values_without_a_header.csv": read(
            text([*gloves(), "x"], [*syringe(), ""], header=unnamed),
            *good(gloves(), syringe()),
            warnings="unnamed_column",
        ),
        "empty_columns_without_a_header.csv": read(
            text([*gloves(), ""], [*syringe(), " "], header=unnamed), *good(gloves(), syringe())
        ),
    }


def headers_that_are_refused() -> dict[str, Expected]:
    return {
        "misspelt_optional_header.csv": refused(
            text(gloves(), header=renamed(stock_minimo="Stok mínimo")),
            "similar_columns",
            hoja="CSV",
            fila=1,
            parecidas="«Stok mínimo» → stock_minimo",
        ),
        "price_in_dollars.csv": refused(
            text(gloves(), header=renamed(precio_unitario="Precio (USD)")),
            "missing_columns_similar",
            hoja="CSV",
            fila=1,
            columnas="precio_unitario",
            parecidas="«Precio (USD)» → precio_unitario",
        ),
        "unknown_header_with_semicolons.csv": refused(
            '"ref";"detalle"\n"A1";"Tubo, de 3/4"\n"A2";"Guante"\n', "no_header"
        ),
    }


def texts() -> dict[str, Expected]:
    hidden = [
        gloves(codigo="00\u200b7"),
        syringe(codigo="\u202a7701234567897\u202c"),
        gloves(id="A\u00ad1", codigo="9"),
    ]
    lost = [
        gloves(nombre="Protecci\ufffdn"),
        syringe(codigo="77\ufffd"),
        gloves(id="P3", codigo="3", categoria="GAS\ufffd"),
    ]
    nobody = text(["\u200b"] * 13, gloves(), syringe(nombre="\u200b\u00a0"))
    decomposed = text(
        gloves(categoria="PROTECCIO\u0301N"), syringe(nombre="Jeringa 5 ml peque\u00f1a".replace("ñ", "n\u0303"))
    )
    return {
        "invisible_in_codes.csv": read(
            text(*hidden),
            bad(hidden[0], "invisible_characters", unreadable="codigo"),
            Line(syringe()),
            bad(hidden[2], "invisible_characters", unreadable="id"),
        ),
        "invisible_in_names.csv": read(
            text(gloves(nombre="\u202eGuan\u00adtes de\u200b nitrilo\u200f talla M\u2069"), syringe()),
            *good(gloves(), syringe()),
        ),
        "lost_letters.csv": read(
            text(*lost),
            bad(lost[0], "lost_characters"),
            bad(lost[1], "lost_characters", unreadable="codigo"),
            bad(lost[2], "lost_characters"),
        ),
        "decomposed_accents.csv": read(decomposed, *good(gloves(), syringe())),
        "a_row_of_nothing.csv": Expected(nobody.encode(), [Line(gloves()), bad(syringe(), "required_blank")], [3, 4]),
        "reserved_ids.csv": read(
            text(*(gloves(id=key, codigo=key) for key in ("bulk-upload", "A/", "..", "A/B"))),
            *(
                bad(gloves(id=key, codigo=key), "unaddressable_id", unreadable="id")
                for key in ("bulk-upload", "A/", "..")
            ),
            Line(gloves(id="A/B", codigo="A/B")),
        ),
    }


def wrapped() -> dict[str, Expected]:
    signs = [
        gloves(nombre="=1+1", condiciones_almacenamiento="-20 °C"),
        syringe(nombre="+57 300; @a", presentacion="'x' 1"),
    ]
    exported = text(
        gloves(nombre="'=1+1", condiciones_almacenamiento="'-20 °C"),
        syringe(nombre="\"'+57 300; '@a\"", presentacion="''x' 1"),
    )
    return {
        "zeros_as_a_formula.csv": read(
            text(gloves(codigo='="007"', id='="PROD001"', precio_unitario='="1250.50"'), syringe()),
            *good(gloves(), syringe()),
        ),
        "zeros_with_an_apostrophe.csv": read(
            text(gloves(codigo="'007", tiempo_entrega_dias="'5"), syringe(codigo="'7701234567897")),
            *good(gloves(), syringe()),
        ),
        "exported_by_us.csv": read(exported, *good(*signs)),
        "signs_as_typed.csv": read(
            text(gloves(condiciones_almacenamiento="-20 °C"), syringe(nombre="@marca +1")),
            *good(gloves(condiciones_almacenamiento="-20 °C"), syringe(nombre="@marca +1")),
        ),
    }


def cells() -> dict[str, Expected]:
    spanish = ["#¡CAMPO!", "#¿NOMBRE?", "#NOMBRE?", "#¡VALOR!", "#N/D", "Err:502", "########", "#¡CONEXIÓN!"]
    english = ["#FIELD!", "#NAME?", "#BUSY!", "#ERROR!", "#N/A", "#SPILL!", "#GETTING_DATA", "#BLOCKED!"]

    def broken(errors: list[str]) -> Expected:
        rows = [gloves(id=f"P{n}", codigo=f"C{n}", nombre=error) for n, error in enumerate(errors)]
        rows += [syringe(id="P8", codigo="C8", requiere_lote=errors[0]), syringe(id=errors[1])]
        unreadable = [""] * (len(rows) - 1) + ["id"]
        return read(
            text(*rows), *(bad(row, "excel_error", unreadable=name) for row, name in zip(rows, unreadable, strict=True))
        )

    numbers = [gloves(tiempo_entrega_dias="pronto"), syringe(stock_minimo="1.250")]
    return {
        "errors_in_spanish.csv": broken(spanish),
        "errors_in_english.csv": broken(english),
        "names_with_a_number_sign.csv": read(
            text(gloves(nombre="#3-0"), syringe(nombre="Sutura #N/A")),
            *good(gloves(nombre="#3-0"), syringe(nombre="Sutura #N/A")),
        ),
        "whole_numbers_in_words.csv": read(
            text(*numbers), bad(numbers[0], "not_an_integer"), bad(numbers[1], "ambiguous_integer")
        ),
    }


def expected() -> dict[str, Expected]:
    """What each file of this module must come to, by its name."""
    headers = {**headers_that_are_known(), **headers_that_are_not_known(), **headers_that_are_refused()}
    return {**quotes(), **encodings(), **headers, **texts(), **wrapped(), **cells()}


def main() -> None:
    for name, file in expected().items():
        (FOLDER / name).write_bytes(file.content)


if __name__ == "__main__":
    main()
