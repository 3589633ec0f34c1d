"""What can be wrong with a mapping: by itself, or with the file that it is for."""

from __future__ import annotations

from typing import Final

from django.utils.translation import gettext_lazy as _

from bulk_upload.problem_texts.problem_text import ProblemText

# Said before the file is accepted.
MAPPING_TEXTS: Final[dict[str, ProblemText]] = {
    "mapping_not_json": ProblemText(
        _("Correspondencia ilegible"),
        _("La correspondencia de columnas no es un objeto JSON: revise comillas, comas y llaves."),
    ),
    "mapping_too_large": ProblemText(
        _("Correspondencia demasiado grande"),
        _("La correspondencia de columnas ocupa más de {maximo} KB: deje solo las columnas del archivo."),
    ),
    "mapping_repeated_key": ProblemText(
        _("Clave repetida en la correspondencia"),
        _("La clave «{clave}» está dos veces en la correspondencia de columnas: deje una sola."),
    ),
    "mapping_wrong_form": ProblemText(
        _("Correspondencia con otra forma"),
        _(
            "La correspondencia de columnas no tiene la forma esperada en «{lugar}»: use las claves hoja, "
            "fila_encabezado, columnas, constantes, orden_fecha y decimal."
        ),
    ),
    "mapping_bad_character": ProblemText(
        _("Carácter que no se admite"),
        _("La correspondencia de columnas tiene un carácter que no se admite en «{lugar}»: bórrelo."),
    ),
    "mapping_unknown_target": ProblemText(
        _("Columna que no existe"),
        _("La columna «{destino}» no existe en esta hoja. Sus columnas son: {columnas}."),
    ),
    "mapping_target_twice": ProblemText(
        _("Dos columnas para una"),
        _("Las columnas «{primera}» y «{segunda}» del archivo van a la misma columna, «{destino}»: deje una sola."),
    ),
    "mapping_constant_refused": ProblemText(
        _("Valor constante que no se admite"),
        _("El valor constante «{valor}» no se admite en «{columna}». {motivo}"),
    ),
    "mapping_constant_of_key": ProblemText(
        _("Valor constante en la clave"),
        _("«{columna}» debe ser distinta en cada fila: no admite un valor constante."),
    ),
    "mapping_not_a_date": ProblemText(
        _("Orden de fecha en otra columna"),
        _("«{columna}» no es una columna de fechas: quítela de «orden_fecha»."),
    ),
    "mapping_not_a_number": ProblemText(
        _("Signo decimal en otra columna"),
        _("«{columna}» no es una columna de números: quítela de «decimal»."),
    ),
}

# Said when the file is read: why it cannot be imported so.
MAPPED_FILE_TEXTS: Final[dict[str, ProblemText]] = {
    "mapping_sheet_missing": ProblemText(
        _("La hoja elegida no está"),
        _("El archivo no tiene una hoja visible «{hoja}». Sus hojas son: {hojas}."),
    ),
    "mapping_row_missing": ProblemText(
        _("La fila elegida no es un encabezado"),
        _("En la hoja «{hoja}» la fila {fila}, elegida como encabezado, no existe o está vacía: elija otra."),
    ),
    "mapping_column_missing": ProblemText(
        _("La columna elegida no está"),
        _(
            "El archivo no tiene la columna «{columna}» de la correspondencia en la hoja «{hoja}», fila {fila}: revise "
            "el encabezado o la correspondencia."
        ),
    ),
    "mapping_column_ambiguous": ProblemText(
        _("Encabezado repetido"),
        _("El encabezado «{columna}» está en {celdas}: nombre la columna por su letra en la correspondencia."),
    ),
    "mapping_same_column": ProblemText(
        _("Columna nombrada dos veces"),
        _("«{primera}» y «{segunda}» son la misma columna del archivo ({celda}): déjela una sola vez."),
    ),
    "mapping_constant_beside_column": ProblemText(
        _("Valor constante y columna a la vez"),
        _("«{columna}» tiene un valor constante y también una columna del archivo ({celda}): deje uno de los dos."),
    ),
}
