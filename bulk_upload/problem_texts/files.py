"""Why a whole file cannot be imported."""

from __future__ import annotations

from typing import Final

from django.utils.translation import gettext_lazy as _

from bulk_upload.problem_texts.mapping import MAPPED_FILE_TEXTS
from bulk_upload.problem_texts.problem_text import ProblemText

FILE_TEXTS: Final[dict[str, ProblemText]] = {
    "empty_file": ProblemText(
        _("Archivo sin filas"),
        _("El archivo no tiene filas de datos debajo del encabezado: agregue sus filas y súbalo otra vez."),
    ),
    "no_header": ProblemText(
        _("Sin encabezados conocidos"),
        _(
            "No se encontró una fila de encabezados conocida: use la plantilla, cuya primera fila nombra las "
            "columnas ({primeras}…)."
        ),
    ),
    "missing_columns": ProblemText(
        _("Faltan columnas obligatorias"),
        _("Faltan columnas obligatorias en la hoja «{hoja}», fila {fila}: {columnas}."),
    ),
    "missing_columns_similar": ProblemText(
        _("Faltan columnas obligatorias"),
        _("Faltan columnas obligatorias en la hoja «{hoja}», fila {fila}: {columnas}. ¿Quiso decir {parecidas}?"),
    ),
    "similar_columns": ProblemText(
        _("Encabezados parecidos a los conocidos"),
        _(
            "En la hoja «{hoja}», fila {fila}, hay encabezados que casi son los de una columna opcional. ¿Quiso "
            "decir {parecidas}? Escriba ese nombre, o uno distinto si la columna es otra cosa."
        ),
    ),
    "duplicate_column": ProblemText(
        _("Columna repetida"),
        _(
            "La columna «{columna}» está dos veces en la fila {fila}: «{primera}» ({celda1}) y «{segunda}» "
            "({celda2}). Deje una sola."
        ),
    ),
    "several_sheets": ProblemText(
        _("Varias hojas con datos"),
        _(
            "Varias hojas visibles tienen datos: {hojas}. Deje solo una, u oculte las demás, y súbalo otra vez; "
            "o suba cada hoja como un archivo."
        ),
    ),
    "far_cell": ProblemText(
        _("Valor suelto lejos de los datos"),
        _(
            "La hoja «{hoja}» tiene un valor suelto en la celda {celda}, lejos de los datos: borre la celda "
            "{celda} y súbala otra vez."
        ),
    ),
    "damaged_file": ProblemText(
        _("Archivo dañado"),
        _(
            "El archivo está dañado o incompleto y no se puede leer: ábralo en Excel, guárdelo de nuevo como .xlsx y "
            "súbalo otra vez."
        ),
    ),
    "not_a_workbook": ProblemText(
        _("No es una hoja de cálculo"),
        _("El contenido del archivo no es una hoja de cálculo: guárdelo como .xlsx y súbalo otra vez."),
    ),
    "old_workbook": ProblemText(
        _("Libro de un Excel muy antiguo"),
        _(
            "El libro es de una versión de Excel anterior a Excel 5 (1993), que no se admite: ábralo, guárdelo como "
            ".xlsx y súbalo otra vez."
        ),
    ),
    "encrypted_file": ProblemText(
        _("Libro con contraseña"),
        _(
            "El libro está protegido con contraseña: quítele la contraseña en Excel (Archivo › Información › "
            "Proteger libro) y súbalo otra vez."
        ),
    ),
    "suspicious_zip": ProblemText(
        _("Tamaño anormal al abrirse"),
        _(
            "El archivo se expande a un tamaño anormal ({tamano} MB) y no se abrió: guárdelo de nuevo como .xlsx "
            "desde Excel y súbalo otra vez."
        ),
    ),
    "zip_without_sheet": ProblemText(
        _("Zip sin hoja de cálculo"),
        _(
            "El .zip no contiene ninguna hoja de cálculo: comprima un solo archivo .csv, .xlsx, .xls, .xlsb u .ods, o "
            "súbalo sin comprimir."
        ),
    ),
    "zip_with_several": ProblemText(
        _("Zip con varios archivos"),
        _(
            "El .zip contiene {cantidad} archivos ({archivos}) y se admite uno solo: comprima y suba cada hoja por "
            "separado."
        ),
    ),
    "zip_with_folder": ProblemText(
        _("Zip con carpetas"),
        _(
            "El archivo «{archivo}» está dentro de una carpeta del .zip, lo que no se admite: comprima el archivo "
            "mismo, sin su carpeta, o súbalo sin comprimir."
        ),
    ),
    "zip_in_zip": ProblemText(
        _("Zip dentro de otro"),
        _("El .zip contiene otro .zip («{archivo}»), que no se abre: comprima la hoja de cálculo una sola vez."),
    ),
    "zip_under_password": ProblemText(
        _("Zip con contraseña"),
        _(
            "El archivo «{archivo}» está protegido con contraseña dentro del .zip: comprímalo sin contraseña, o "
            "súbalo sin comprimir."
        ),
    ),
    "zip_of_other_method": ProblemText(
        _("Zip con otra compresión"),
        _(
            "El archivo «{archivo}» está comprimido en el .zip con un método que no se admite: comprímalo con el "
            "método común (Deflate), o súbalo sin comprimir."
        ),
    ),
    "too_many_parts": ProblemText(
        _("Demasiadas partes internas"),
        _(
            "El libro tiene {partes} partes internas (hojas, imágenes, dibujos…) y se admiten {maximo}: copie solo "
            "los datos a un libro nuevo y súbalo."
        ),
    ),
    "too_many_columns": ProblemText(
        _("Demasiadas columnas"),
        _(
            "La hoja «{hoja}» usa celdas hasta la columna {columna} y se admiten {maximo} columnas: borre las "
            "columnas sobrantes (también las que parecen vacías) y súbala otra vez."
        ),
    ),
    "too_many_rows": ProblemText(
        _("Demasiadas filas"),
        _("El archivo tiene más de {maximo} filas de datos: divídalo en varios archivos."),
    ),
    "too_big_to_read": ProblemText(
        _("Demasiado grande para leerse"),
        _("El archivo necesita demasiada memoria o tiempo para leerse: divídalo en varios archivos más pequeños."),
    ),
    "nul_bytes": ProblemText(
        _("Bytes nulos en el CSV"),
        _(
            "El archivo CSV contiene bytes nulos (línea {linea}): no es texto o está dañado. Guárdelo como «CSV "
            "UTF-8» y súbalo otra vez."
        ),
    ),
    "line_too_long": ProblemText(
        _("Línea demasiado larga"),
        _(
            "La línea {linea} del CSV es demasiado larga (más de {maximo} caracteres): revise que cada fila esté "
            "en su propia línea."
        ),
    ),
    "unclosed_quote": ProblemText(
        _("Comilla sin cerrar"),
        _(
            "En el CSV hay una comilla que se abre en la línea {linea} y no se cierra bien: revise las comillas "
            'dobles de esa línea (una pulgada dentro de un texto entre comillas se escribe con dos: "").'
        ),
    ),
    "undecodable_text": ProblemText(
        _("Texto que no corresponde a su codificación"),
        _(
            "El texto del CSV no corresponde a su codificación ({codificacion}): guárdelo como «CSV UTF-8» y súbalo "
            "otra vez."
        ),
    ),
    "broken_utf_8": ProblemText(
        _("Carácter dañado"),
        _(
            "El CSV está en UTF-8, pero la línea {linea} tiene un carácter dañado (byte {octeto}, en la posición "
            "{lugar} de la línea): corríjalo, guarde el archivo como «CSV UTF-8» y súbalo otra vez."
        ),
    ),
    "unclear_encoding": ProblemText(
        _("Codificación dudosa"),
        _(
            "No se puede saber en qué codificación está el CSV: las mismas letras pueden ser «{ejemplo}» o «{otro}». "
            "Guárdelo como «CSV UTF-8» y súbalo otra vez."
        ),
    ),
    "file_missing": ProblemText(
        _("El archivo ya no está"),
        _("El archivo ya no está en el almacén de cargas: súbalo otra vez."),
    ),
    "file_replaced": ProblemText(
        _("El archivo ya no es el recibido"),
        _("El archivo del almacén de cargas ya no es el que se recibió, así que no se importó: súbalo otra vez."),
    ),
    "state_damaged": ProblemText(
        _("El avance de la carga se dañó"),
        _(
            "Lo que el sistema sabía del avance de esta carga se dañó, así que no puede continuar. Las filas ya "
            "importadas se conservan: suba el archivo otra vez."
        ),
    ),
    "undo_expired": ProblemText(
        _("Lo que la carga hizo ya no se conserva"),
        _(
            "Lo que la carga cambió ya no se conserva, así que no se puede terminar de deshacer. Lo que ya se deshizo "
            "queda así."
        ),
    ),
    "plan_expired": ProblemText(
        _("El plan ya no se conserva"),
        _(
            "El plan venció y ya no se conserva, así que no se puede terminar de aplicar. Lo ya aplicado queda así: "
            "envíe el archivo otra vez para hacer un plan nuevo."
        ),
    ),
    "attempts_exhausted": ProblemText(
        _("Intentos agotados"),
        _(
            "La carga se intentó {intentos} veces sin lograr terminarla por una falla pasajera del sistema. Las "
            "filas ya importadas se conservan; reintente la carga más tarde."
        ),
    ),
    **MAPPED_FILE_TEXTS,
}
