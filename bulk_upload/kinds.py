"""What a person calls each kind of row problem, in a few words: the headings of a result."""

from __future__ import annotations

from typing import Final

from django.utils.translation import gettext_lazy as _
from django_stubs_ext import StrPromise

KINDS: Final[dict[str, StrPromise]] = {
    "required_blank": _("Campo obligatorio vacío"),
    "too_long": _("Texto demasiado largo"),
    "control_characters": _("Caracteres invisibles"),
    "invisible_characters": _("Caracteres invisibles en un código"),
    "lost_characters": _("Letras perdidas"),
    "unaddressable_id": _("Id que no sirve en una dirección"),
    "excel_error": _("Error de la hoja de cálculo"),
    "digits_lost": _("Número con dígitos perdidos"),
    "scientific_notation": _("Código en notación científica"),
    "date_in_text": _("Fecha donde va un texto"),
    "boolean_in_text": _("Valor lógico donde va un texto"),
    "formula_without_result": _("Fórmula sin resultado"),
    "merged_cell": _("Celda combinada"),
    "hidden_by_format": _("Valor oculto por el formato"),
    "percent_number": _("Porcentaje donde va un número"),
    "not_a_number": _("No es un número"),
    "ambiguous_number": _("Número ambiguo"),
    "ambiguous_integer": _("Número ambiguo"),
    "not_an_integer": _("No es un número entero"),
    "too_many_decimals": _("Demasiados decimales"),
    "below_minimum": _("Por debajo del mínimo"),
    "above_maximum": _("Por encima del máximo"),
    "not_a_boolean": _("No es «sí» ni «no»"),
    "not_a_date": _("No es una fecha"),
    "two_digit_year": _("Año de dos cifras"),
    "impossible_date": _("Día que no existe"),
    "serial_number_date": _("Fecha sin formato de fecha"),
    "date_out_of_range": _("Fecha fuera de los límites"),
    "date_with_time": _("Fecha con hora"),
    "extra_cells": _("Más valores que columnas"),
    "duplicate_in_file": _("Repetido en el archivo"),
    "duplicate_product": _("El producto ya existe"),
    "code_conflict": _("El código es de otro producto"),
    "other_supplier": _("Producto de otro proveedor"),
    "superseded": _("El producto cambió después"),
    "too_many_new_categories": _("Demasiadas categorías nuevas"),
    "misspelt_category": _("Categoría mal escrita"),
    "refused_by_database": _("Rechazado por la base de datos"),
    "unknown_column": _("Columna desconocida"),
    "unnamed_column": _("Columna sin encabezado"),
    "guessed_encoding": _("Codificación supuesta"),
    "sheet_passed_over": _("Hoja que no se leyó"),
    "sheet_without_header": _("Hoja sin encabezados que no se leyó"),
    "new_category": _("Categoría nueva"),
    "critical_above_minimum": _("Stock crítico mayor que el mínimo"),
    "id_kept": _("El producto conserva su id"),
}


def kind_title(code: str) -> str:
    """The heading for problems with `code`; a code of another release stands for itself."""
    return str(KINDS.get(code, code))
