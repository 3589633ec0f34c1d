"""A mapping that does not fit the sheet is refused by name; one that is hostile costs nothing."""

from __future__ import annotations

import json
from typing import Any

import pytest

from bulk_upload.sheet.mapping import NO_MAPPING, SheetMapping
from bulk_upload.sheet.mapping_checks import MOST_BYTES, checked_mapping, read_mapping
from bulk_upload.sheet.problems import MappingProblem
from catalog.sheets.products import PRODUCTS

FULL: dict[str, Any] = {
    "hoja": "Lista",
    "fila_encabezado": 4,
    "columnas": {"Cód. Art.": "codigo", "Obs": None, "C": "nombre"},
    "constantes": {"certificado_sanitario": "N/A", "registro_vence": "12/31/2035"},
    "orden_fecha": {"registro_vence": "mda"},
    "decimal": {"precio_unitario": ",", "stock_minimo": "."},
}


def problem_of(text: str) -> tuple[str, dict[str, str | int]]:
    with pytest.raises(MappingProblem) as problem:
        read_mapping(text, PRODUCTS)
    return problem.value.code, problem.value.params


def test_the_wire_form_comes_back_as_it_was():
    mapping = read_mapping(json.dumps(FULL), PRODUCTS)
    assert mapping.wire() == FULL
    assert SheetMapping.of(mapping.wire()) == mapping
    assert (NO_MAPPING.wire(), NO_MAPPING.fingerprint, SheetMapping.of({})) == ({}, "", NO_MAPPING)


def test_the_order_of_keys_makes_no_other_mapping():
    one = read_mapping('{"columnas": {"A": "id", "B": null}}', PRODUCTS)
    other = read_mapping('{"columnas": {"B": null, "A": "id"}}', PRODUCTS)
    assert one.fingerprint == other.fingerprint != NO_MAPPING.fingerprint


@pytest.mark.parametrize(
    ("changes", "code", "params"),
    [
        ({"columnas": {"Precio": "precios"}}, "mapping_unknown_target", {"destino": "precios"}),
        ({"constantes": {"precios": "1"}}, "mapping_unknown_target", {"destino": "precios"}),
        ({"orden_fecha": {"fecha": "dma"}}, "mapping_unknown_target", {"destino": "fecha"}),
        ({"columnas": {"A": "id", "Código": "id"}}, "mapping_target_twice", {"primera": "A", "segunda": "Código"}),
        ({"columnas": {"Código": "id", "codigo ": None}}, "mapping_repeated_key", {"clave": "codigo "}),
        (
            {"columnas": {"A": "atc"}, "constantes": {"atc": "A10"}},
            "mapping_constant_beside_column",
            {"columna": "atc"},
        ),
        ({"constantes": {"id": "P1"}}, "mapping_constant_of_key", {"columna": "id"}),
        ({"constantes": {"codigo": "007"}}, "mapping_constant_of_key", {"columna": "codigo"}),
        ({"constantes": {"precio_unitario": "caro"}}, "mapping_constant_refused", {"valor": "caro"}),
        ({"constantes": {"presentacion": " "}}, "mapping_constant_refused", {"columna": "presentacion"}),
        ({"orden_fecha": {"nombre": "dma"}}, "mapping_not_a_date", {"columna": "nombre"}),
        ({"decimal": {"nombre": ","}}, "mapping_not_a_number", {"columna": "nombre"}),
        ({"decimal": {"precio_unitario": ";"}}, "mapping_wrong_form", {"lugar": "decimal[...]"}),
        ({"orden_fecha": {"registro_vence": "adm"}}, "mapping_wrong_form", {"lugar": "orden_fecha[...]"}),
        ({"columnas": {"A": 7}}, "mapping_wrong_form", {"lugar": "columnas[...]"}),
        ({"columnas": {"x" * 201: "id"}}, "mapping_wrong_form", {"lugar": "columnas"}),
        ({"fila_encabezado": -1}, "mapping_wrong_form", {"lugar": "fila_encabezado"}),
        ({"fila_encabezado": 10**30}, "mapping_wrong_form", {"lugar": "fila_encabezado"}),
        ({"columns": {}}, "mapping_wrong_form", {"lugar": "columns"}),
        ({"hoja": "a\x00"}, "mapping_bad_character", {"lugar": "hoja"}),
        ({"columnas": {"\ud800": "id"}}, "mapping_bad_character", {"lugar": "columnas"}),
        ({"constantes": {"nombre": "a\x1b[31m"}}, "mapping_bad_character", {"lugar": "constantes"}),
    ],
)
def test_what_does_not_fit_is_said_by_name(changes, code, params):
    found, said = problem_of(json.dumps(changes))
    assert found == code
    assert said.items() >= params.items()


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "mapping_not_json"),
        ("[]", "mapping_not_json"),
        ("{'columnas': {}}", "mapping_not_json"),
        ('{"fila_encabezado": NaN}', "mapping_not_json"),
        ("[" * 50_000, "mapping_not_json"),
        ('{"hoja":' * 5_000 + "1" + "}" * 5_000, "mapping_not_json"),
        ('{"columnas": {"A": "id", "A": "nombre"}}', "mapping_repeated_key"),
        (json.dumps({"hoja": "x" * MOST_BYTES}), "mapping_too_large"),
        ("{" + " " * MOST_BYTES + "}", "mapping_too_large"),
        (json.dumps({"hoja": "\ud800" * 30_000}), "mapping_too_large"),
    ],
)
def test_what_is_no_mapping_is_refused_before_it_costs_anything(text, code):
    assert problem_of(text)[0] == code


def test_a_decoded_mapping_is_held_to_the_same_limits():
    too_large = {"columnas": {f"{number:0200}": None for number in range(500)}}
    with pytest.raises(MappingProblem) as problem:
        checked_mapping(too_large, PRODUCTS)
    assert problem.value.code == "mapping_too_large"


def test_a_constant_is_read_by_what_the_mapping_says_of_its_column():
    day = {"constantes": {"registro_vence": "12/31/2035"}}
    assert problem_of(json.dumps(day))[0] == "mapping_constant_refused"
    assert read_mapping(json.dumps({**day, "orden_fecha": {"registro_vence": "mda"}}), PRODUCTS)


def test_a_formula_or_markup_is_a_text_like_any_other():
    text = '=HYPERLINK("http://x","<script>alert(1)</script>")'
    mapping = read_mapping(json.dumps({"columnas": {text: None}, "constantes": {"presentacion": text}}), PRODUCTS)
    assert mapping.constantes["presentacion"] == text
