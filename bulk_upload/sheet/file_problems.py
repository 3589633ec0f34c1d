"""Why a whole file cannot be imported."""

from __future__ import annotations

from typing import Final

from bulk_upload.sheet.texts import Text

FILE_PROBLEMS: Final[dict[str, Text]] = {
    "empty_file": Text(
        "El archivo no tiene filas de datos debajo del encabezado: agregue sus productos y súbalo otra vez.",
        "The file has no data rows below its header: add your products and upload it again.",
    ),
    "no_header": Text(
        "No se encontró una fila de encabezados conocida: use la plantilla, cuya primera fila nombra las columnas (id, "
        "nombre, codigo…).",
        "No known header row was found: use the template, whose first row names the columns (id, nombre, codigo…).",
    ),
    "missing_columns": Text(
        "Faltan columnas obligatorias en la hoja «{hoja}», fila {fila}: {columnas}.",
        "Required columns are missing in sheet “{hoja}”, row {fila}: {columnas}.",
    ),
    "missing_columns_similar": Text(
        "Faltan columnas obligatorias en la hoja «{hoja}», fila {fila}: {columnas}. ¿Quiso decir {parecidas}?",
        "Required columns are missing in sheet “{hoja}”, row {fila}: {columnas}. Did you mean {parecidas}?",
    ),
    "similar_columns": Text(
        "En la hoja «{hoja}», fila {fila}, hay encabezados que casi son los de una columna opcional. ¿Quiso decir "
        "{parecidas}? Escriba ese nombre, o uno distinto si la columna es otra cosa.",
        "In sheet “{hoja}”, row {fila}, headers are nearly those of an optional column. Did you mean {parecidas}? "
        "Write that name, or a different one if the column is something else.",
    ),
    "duplicate_column": Text(
        "La columna «{columna}» está dos veces en la fila {fila}: «{primera}» ({celda1}) y «{segunda}» ({celda2}). "
        "Deje una sola.",
        "The column “{columna}” stands twice in row {fila}: “{primera}” ({celda1}) and “{segunda}” ({celda2}). Keep "
        "only one.",
    ),
    "several_sheets": Text(
        "Varias hojas visibles tienen productos: {hojas}. Deje solo una, u oculte las demás, y súbalo otra vez; o suba "
        "cada hoja como un archivo.",
        "Several visible sheets hold products: {hojas}. Keep only one, or hide the others, and upload it again; or "
        "upload each sheet as a file.",
    ),
    "far_cell": Text(
        "La hoja «{hoja}» tiene un valor suelto en la celda {celda}, lejos de los productos: borre la celda {celda} y "
        "súbala otra vez.",
        "Sheet “{hoja}” has a stray value in cell {celda}, far from the products: clear cell {celda} and upload it "
        "again.",
    ),
    "damaged_file": Text(
        "El archivo está dañado o incompleto y no se puede leer: ábralo en Excel, guárdelo de nuevo como .xlsx y "
        "súbalo otra vez.",
        "The file is damaged or incomplete and cannot be read: open it in Excel, save it again as .xlsx and upload it "
        "again.",
    ),
    "not_a_workbook": Text(
        "El contenido del archivo no es un libro de Excel (.xlsx): guárdelo como .xlsx y súbalo otra vez.",
        "The file's content is not an Excel workbook (.xlsx): save it as .xlsx and upload it again.",
    ),
    "encrypted_file": Text(
        "El libro está protegido con contraseña: quítele la contraseña en Excel (Archivo › Información › Proteger "
        "libro) y súbalo otra vez.",
        "The workbook is protected by a password: remove it in Excel (File › Info › Protect Workbook) and upload it "
        "again.",
    ),
    "suspicious_zip": Text(
        "El archivo se expande a un tamaño anormal ({tamano} MB) y no se abrió: guárdelo de nuevo como .xlsx desde "
        "Excel y súbalo otra vez.",
        "The file expands to an abnormal size ({tamano} MB) and was not opened: save it again as .xlsx from Excel and "
        "upload it again.",
    ),
    "too_many_parts": Text(
        "El libro tiene {partes} partes internas (hojas, imágenes, dibujos…) y se admiten {maximo}: copie solo los "
        "datos a un libro nuevo y súbalo.",
        "The workbook has {partes} internal parts (sheets, pictures, drawings…) and {maximo} are accepted: copy only "
        "the data to a new workbook and upload that.",
    ),
    "too_many_columns": Text(
        "La hoja «{hoja}» usa celdas hasta la columna {columna} y se admiten {maximo} columnas: borre las columnas "
        "sobrantes (también las que parecen vacías) y súbala otra vez.",
        "Sheet “{hoja}” uses cells up to column {columna} and {maximo} columns are accepted: delete the columns that "
        "are not needed (also those that look empty) and upload it again.",
    ),
    "too_many_rows": Text(
        "El archivo tiene más de {maximo} filas de datos: divídalo en varios archivos.",
        "The file has more than {maximo} data rows: split it into several files.",
    ),
    "too_big_to_read": Text(
        "El archivo necesita demasiada memoria o tiempo para leerse: divídalo en varios archivos más pequeños.",
        "The file needs too much memory or time to be read: split it into several smaller files.",
    ),
    "nul_bytes": Text(
        "El archivo CSV contiene bytes nulos (línea {linea}): no es texto o está dañado. Guárdelo como «CSV UTF-8» y "
        "súbalo otra vez.",
        "The CSV file holds NUL bytes (line {linea}): it is not text or it is damaged. Save it as “CSV UTF-8” and "
        "upload it again.",
    ),
    "line_too_long": Text(
        "La línea {linea} del CSV es demasiado larga (más de {maximo} caracteres): revise que cada producto esté en "
        "su propia línea.",
        "Line {linea} of the CSV is too long (over {maximo} characters): check that each product stands on its own "
        "line.",
    ),
    "unclosed_quote": Text(
        "En el CSV hay una comilla que se abre en la línea {linea} y no se cierra bien: revise las comillas dobles "
        'de esa línea (una pulgada dentro de un texto entre comillas se escribe con dos: "").',
        "In the CSV a quote is opened on line {linea} and not closed properly: check the double quotes of that line "
        "(an "
        'inch mark within a quoted text is written twice: "").',
    ),
    "undecodable_text": Text(
        "El texto del CSV no corresponde a su codificación ({codificacion}): guárdelo como «CSV UTF-8» y súbalo otra "
        "vez.",
        "The CSV's text does not fit its encoding ({codificacion}): save it as “CSV UTF-8” and upload it again.",
    ),
    "broken_utf_8": Text(
        "El CSV está en UTF-8, pero la línea {linea} tiene un carácter dañado (byte {octeto}, en la posición {lugar} "
        "de la línea): corríjalo, guarde el archivo como «CSV UTF-8» y súbalo otra vez.",
        "The CSV is in UTF-8, but line {linea} has a damaged character (byte {octeto}, at position {lugar} of the "
        "line): correct it, save the file as “CSV UTF-8” and upload it again.",
    ),
    "unclear_encoding": Text(
        "No se puede saber en qué codificación está el CSV: las mismas letras pueden ser «{ejemplo}» o «{otro}». "
        "Guárdelo como «CSV UTF-8» y súbalo otra vez.",
        "The encoding of the CSV cannot be told: the same letters can be “{ejemplo}” or “{otro}”. Save it as “CSV "
        "UTF-8” and upload it again.",
    ),
    "file_missing": Text(
        "El archivo ya no está en el almacén de cargas: súbalo otra vez.",
        "The file is no longer in the upload store: upload it again.",
    ),
    "file_replaced": Text(
        "El archivo del almacén de cargas ya no es el que se recibió, así que no se importó: súbalo otra vez.",
        "The file in the upload store is no longer the one that was received, so it was not imported: upload it again.",
    ),
    "attempts_exhausted": Text(
        "La carga se intentó {intentos} veces sin lograr terminarla por una falla pasajera del sistema. Las filas ya "
        "importadas se conservan; reintente la carga más tarde.",
        "The upload was tried {intentos} times and could not be finished because of a passing fault of the system. The "
        "rows already imported are kept; retry the upload later.",
    ),
}
