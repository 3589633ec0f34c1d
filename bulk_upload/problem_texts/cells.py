"""What can be wrong with one cell."""

from __future__ import annotations

from typing import Final

from django.utils.translation import gettext_lazy as _

from bulk_upload.problem_texts.problem_text import ProblemText

CELL_TEXTS: Final[dict[str, ProblemText]] = {
    "required_blank": ProblemText(
        _("Campo obligatorio vacío"),
        _("El campo obligatorio «{columna}» está vacío: escriba un valor."),
    ),
    "too_long": ProblemText(
        _("Texto demasiado largo"),
        _("El texto de «{columna}» tiene {largo} caracteres y caben {maximo}: acórtelo."),
    ),
    "control_characters": ProblemText(
        _("Caracteres invisibles"),
        _("El valor de «{columna}» contiene caracteres invisibles de control ({caracter}): escríbalo de nuevo a mano."),
    ),
    "invisible_characters": ProblemText(
        _("Caracteres invisibles en un código"),
        _(
            "«{columna}» contiene un carácter invisible ({caracter}, en el lugar {lugar}), y dos códigos que se ven "
            "iguales serían dos distintos: escríbalo de nuevo a mano."
        ),
    ),
    "lost_characters": ProblemText(
        _("Letras perdidas"),
        _(
            "En «{columna}» hay una letra que otro programa perdió («�», en el lugar {lugar}): escriba el valor otra "
            "vez."
        ),
    ),
    "unaddressable_id": ProblemText(
        _("Id que no sirve en una dirección"),
        _(
            "El id «{valor}» no se puede usar en una dirección web: no puede ser «bulk-upload», empezar ni terminar "
            "en «/», terminar en «/history», ni tener entre barras una parte vacía, «.» o «..». Use otro id."
        ),
    ),
    "excel_error": ProblemText(
        _("Error de la hoja de cálculo"),
        _(
            "La celda de «{columna}» muestra el error {valor} de la hoja de cálculo: corrija la fórmula o el ancho "
            "de la columna, o escriba el valor."
        ),
    ),
    "digits_lost": ProblemText(
        _("Número con dígitos perdidos"),
        _(
            "El número de «{columna}» tiene más de 15 dígitos y la hoja de cálculo ya perdió los últimos: dé formato "
            "de texto a la columna y escriba el valor otra vez."
        ),
    ),
    "scientific_notation": ProblemText(
        _("Código en notación científica"),
        _(
            "«{columna}» está en notación científica ({valor}) y se perdieron dígitos: dé formato de texto a la "
            "columna y escriba el valor completo."
        ),
    ),
    "date_in_text": ProblemText(
        _("Fecha donde va un texto"),
        _(
            "La hoja de cálculo convirtió «{columna}» en una fecha ({valor}): dé formato de texto a la celda y "
            "escriba el valor otra vez."
        ),
    ),
    "boolean_in_text": ProblemText(
        _("Valor lógico donde va un texto"),
        _(
            "«{columna}» contiene un valor lógico ({valor}) en lugar de texto: dé formato de texto a la celda y "
            "escriba el valor otra vez."
        ),
    ),
    "formula_without_result": ProblemText(
        _("Fórmula sin resultado"),
        _(
            "La celda de «{columna}» contiene una fórmula sin resultado: abra el archivo en Excel, guárdelo y súbalo "
            "otra vez."
        ),
    ),
    "merged_cell": ProblemText(
        _("Celda combinada"),
        _(
            "La celda de «{columna}» está combinada con otra y su valor no es seguro: separe las celdas combinadas y "
            "escriba el valor en cada una."
        ),
    ),
    "hidden_by_format": ProblemText(
        _("Valor oculto por el formato"),
        _(
            "El formato de la celda de «{columna}» oculta o redondea su valor ({valor}): dé formato de texto a la "
            "celda y escriba el texto que debe guardarse."
        ),
    ),
    "percent_number": ProblemText(
        _("Porcentaje donde va un número"),
        _(
            "La celda de «{columna}» muestra un porcentaje (su valor es {valor}): escriba el número sin formato de "
            "porcentaje."
        ),
    ),
    "not_a_number": ProblemText(
        _("No es un número"),
        _("«{columna}» debe ser un número, como 1250 o 1250.50; se encontró «{valor}»."),
    ),
    "ambiguous_number": ProblemText(
        _("Número ambiguo"),
        _("«{valor}» en «{columna}» puede leerse de dos maneras: escriba {entero} o {decimal}."),
    ),
    "ambiguous_integer": ProblemText(
        _("Número ambiguo"),
        _(
            "«{valor}» en «{columna}» puede leerse de dos maneras: escriba un número entero sin puntos ni comas, "
            "como {entero}."
        ),
    ),
    "not_an_integer": ProblemText(
        _("No es un número entero"),
        _("«{columna}» debe ser un número entero, sin decimales, como 1250; se encontró «{valor}»."),
    ),
    "too_many_decimals": ProblemText(
        _("Demasiados decimales"),
        _("«{columna}» admite hasta {decimales} decimales; se encontró «{valor}»: redondéelo."),
    ),
    "below_minimum": ProblemText(
        _("Por debajo del mínimo"),
        _("«{columna}» debe ser {minimo} o más; se encontró «{valor}»."),
    ),
    "above_maximum": ProblemText(
        _("Por encima del máximo"),
        _("«{columna}» debe ser {maximo} o menos; se encontró «{valor}»."),
    ),
    "not_a_boolean": ProblemText(
        _("No es «sí» ni «no»"),
        _("«{columna}» debe ser «sí» o «no»; se encontró «{valor}»."),
    ),
    "not_a_date": ProblemText(
        _("No es una fecha"),
        _("«{columna}» debe ser una fecha completa, como 2027-03-31 o 31/03/2027; se encontró «{valor}»."),
    ),
    "two_digit_year": ProblemText(
        _("Año de dos cifras"),
        _("El año de «{valor}» en «{columna}» tiene solo dos cifras: escriba las cuatro, como en 31/03/2027."),
    ),
    "impossible_date": ProblemText(
        _("Día que no existe"),
        _(
            "«{valor}» en «{columna}» no es un día del calendario: escriba día, mes y año en ese orden, como "
            "31/03/2027, o año, mes y día, como 2027-03-31."
        ),
    ),
    "serial_number_date": ProblemText(
        _("Fecha sin formato de fecha"),
        _(
            "«{columna}» contiene el número {valor}, que puede ser una fecha sin formato: dé formato de fecha a la "
            "celda y revise el día, o escriba la fecha, como 2027-03-31."
        ),
    ),
    "date_out_of_range": ProblemText(
        _("Fecha fuera de los límites"),
        _("La fecha de «{columna}» debe estar entre {minimo} y {maximo}; se encontró «{valor}»: revise el año."),
    ),
    "date_with_time": ProblemText(
        _("Fecha con hora"),
        _("«{columna}» contiene una fecha con hora («{valor}»): escriba solo la fecha, como 2027-03-31."),
    ),
}

# What only a value of JSON can be.
JSON_TEXTS: Final[dict[str, ProblemText]] = {
    "not_a_value": ProblemText(
        _("No es un valor"),
        _("«{columna}» debe ser un texto, un número o un valor lógico."),
    ),
}
