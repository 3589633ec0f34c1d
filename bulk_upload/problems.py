"""Every error and warning of an upload: its code, and its text in Spanish and English.

Problems are stored as a code with parameters and become text only when somebody reads them, so both
languages always work. The texts are `str.format` templates; a template may use only the parameters
that the code's producer gives. This module knows no Django: the guarded reader uses it too.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

Params = Mapping[str, str | int]

VALUE_SHOWN: Final = 60


class FileProblem(Exception):
    """The whole file cannot be imported. It will not help to try again: the file must change.

    `code` is a key of `FILE_PROBLEMS`; `params` are the values of its template.
    """

    def __init__(self, code: str, **params: str | int) -> None:
        super().__init__(code, params)
        self.code = code
        self.params = params


class CellProblem(Exception):
    """A value cannot be taken as it stands. `code` is a key of `ROW_PROBLEMS`."""

    def __init__(self, code: str, **params: str | int) -> None:
        super().__init__(code, params)
        self.code = code
        self.params = params


@dataclass(frozen=True, slots=True)
class Text:
    """What a person reads, in both languages."""

    es: str
    en: str

    def in_language(self, language: str, params: Params) -> str:
        template = self.en if language.startswith("en") else self.es
        return template.format_map(_Shown(params))


class _Shown(dict[str, object]):
    """Parameters for a template; one that an older release did not store shows as an ellipsis."""

    def __missing__(self, key: str) -> str:
        return "…"


ROW_PROBLEMS: Final[dict[str, Text]] = {
    "required_blank": Text(
        "El campo obligatorio «{columna}» está vacío: escriba un valor.",
        "The required field “{columna}” is empty: write a value.",
    ),
    "too_long": Text(
        "El texto de «{columna}» tiene {largo} caracteres y caben {maximo}: acórtelo.",
        "The text of “{columna}” has {largo} characters and {maximo} fit: shorten it.",
    ),
    "control_characters": Text(
        "El valor de «{columna}» contiene caracteres invisibles de control ({caracter}): escríbalo de nuevo a mano.",
        "The value of “{columna}” holds invisible control characters ({caracter}): type it again by hand.",
    ),
    "invisible_characters": Text(
        "«{columna}» contiene un carácter invisible ({caracter}, en el lugar {lugar}), y dos códigos que se ven "
        "iguales serían dos productos: escríbalo de nuevo a mano.",
        "“{columna}” holds an invisible character ({caracter}, at place {lugar}), and two codes that look the same "
        "would be two products: type it again by hand.",
    ),
    "lost_characters": Text(
        "En «{columna}» hay una letra que otro programa perdió («�», en el lugar {lugar}): escriba el valor otra vez.",
        "In “{columna}” stands a letter that another program has lost (“�”, at place {lugar}): write the value again.",
    ),
    "unaddressable_id": Text(
        "El id «{valor}» no se puede usar en una dirección web: no puede ser «bulk-upload», empezar ni terminar en "
        "«/», ni tener entre barras una parte vacía, «.» o «..». Use otro id.",
        "The id “{valor}” cannot be used in a web address: it can neither be “bulk-upload”, nor begin or end with “/”, "
        "nor have an empty part, “.” or “..” between slashes. Use another id.",
    ),
    "excel_error": Text(
        "La celda de «{columna}» muestra el error {valor} de la hoja de cálculo: corrija la fórmula o el ancho de la "
        "columna, o escriba el valor.",
        "The cell of “{columna}” shows the spreadsheet's error {valor}: correct the formula or the column's width, or "
        "write the value.",
    ),
    "digits_lost": Text(
        "El número de «{columna}» tiene más de 15 dígitos y la hoja de cálculo ya perdió los últimos: dé formato de "
        "texto a la columna y escriba el valor otra vez.",
        "The number of “{columna}” has more than 15 digits and the spreadsheet has already lost the last ones: format "
        "the column as text and write the value again.",
    ),
    "scientific_notation": Text(
        "«{columna}» está en notación científica ({valor}) y se perdieron dígitos: dé formato de texto a la columna y "
        "escriba el valor completo.",
        "“{columna}” is in scientific notation ({valor}) and digits were lost: format the column as text and write the "
        "whole value.",
    ),
    "date_in_text": Text(
        "La hoja de cálculo convirtió «{columna}» en una fecha ({valor}): dé formato de texto a la celda y escriba el "
        "valor otra vez.",
        "The spreadsheet turned “{columna}” into a date ({valor}): format the cell as text and write the value again.",
    ),
    "boolean_in_text": Text(
        "«{columna}» contiene un valor lógico ({valor}) en lugar de texto: dé formato de texto a la celda y escriba el "
        "valor otra vez.",
        "“{columna}” holds a logical value ({valor}) instead of text: format the cell as text and write the value "
        "again.",
    ),
    "formula_without_result": Text(
        "La celda de «{columna}» contiene una fórmula sin resultado: abra el archivo en Excel, guárdelo y súbalo otra "
        "vez.",
        "The cell of “{columna}” contains a formula without a result: open the file in Excel, save it and upload it "
        "again.",
    ),
    "merged_cell": Text(
        "La celda de «{columna}» está combinada con otra y su valor no es seguro: separe las celdas combinadas y "
        "escriba el valor en cada una.",
        "The cell of “{columna}” is merged with another one and its value is not certain: unmerge the cells and write "
        "the value in each of them.",
    ),
    "hidden_by_format": Text(
        "El formato de la celda de «{columna}» oculta o redondea su valor ({valor}): dé formato de texto a la celda y "
        "escriba el texto que debe guardarse.",
        "The format of the cell of “{columna}” hides or rounds its value ({valor}): format the cell as text and write "
        "the text that should be kept.",
    ),
    "percent_number": Text(
        "La celda de «{columna}» muestra un porcentaje (su valor es {valor}): escriba el número sin formato de "
        "porcentaje.",
        "The cell of “{columna}” shows a percentage (its value is {valor}): write the number without percent format.",
    ),
    "not_a_number": Text(
        "«{columna}» debe ser un número, como 1250 o 1250.50; se encontró «{valor}».",
        "“{columna}” must be a number, such as 1250 or 1250.50; found “{valor}”.",
    ),
    "ambiguous_number": Text(
        "«{valor}» en «{columna}» puede leerse de dos maneras: escriba {entero} o {decimal}.",
        "“{valor}” in “{columna}” can be read in two ways: write {entero} or {decimal}.",
    ),
    "ambiguous_integer": Text(
        "«{valor}» en «{columna}» puede leerse de dos maneras: escriba un número entero sin puntos ni comas, como "
        "{entero}.",
        "“{valor}” in “{columna}” can be read in two ways: write a whole number without points or commas, such as "
        "{entero}.",
    ),
    "not_an_integer": Text(
        "«{columna}» debe ser un número entero, sin decimales, como 1250; se encontró «{valor}».",
        "“{columna}” must be a whole number, without decimals, such as 1250; found “{valor}”.",
    ),
    "too_many_decimals": Text(
        "«{columna}» admite hasta {decimales} decimales; se encontró «{valor}»: redondéelo.",
        "“{columna}” takes up to {decimales} decimals; found “{valor}”: round it.",
    ),
    "below_minimum": Text(
        "«{columna}» debe ser {minimo} o más; se encontró «{valor}».",
        "“{columna}” must be {minimo} or more; found “{valor}”.",
    ),
    "above_maximum": Text(
        "«{columna}» debe ser {maximo} o menos; se encontró «{valor}».",
        "“{columna}” must be {maximo} or less; found “{valor}”.",
    ),
    "not_a_boolean": Text(
        "«{columna}» debe ser «sí» o «no»; se encontró «{valor}».",
        "“{columna}” must be “yes” or “no”; found “{valor}”.",
    ),
    "extra_cells": Text(
        "La fila tiene {celdas} valores y el encabezado {columnas}: si un texto contiene el separador «{separador}», "
        "póngalo entre comillas.",
        "The row has {celdas} values and the header {columnas}: if a text holds the separator “{separador}”, put it in "
        "double quotes.",
    ),
    "duplicate_in_file": Text(
        "El {columna} «{valor}» ya aparece en la fila {fila_anterior} de este archivo: deje una sola de las dos filas.",
        "The {columna} “{valor}” already stands in row {fila_anterior} of this file: keep only one of the two rows.",
    ),
    "duplicate_product": Text(
        "Ya existe un producto con {columna} «{valor}»: quite la fila, o suba el archivo con la opción de reemplazar "
        "duplicados.",
        "A product with {columna} “{valor}” exists already: remove the row, or upload the file with the option to "
        "replace duplicates.",
    ),
    "code_conflict": Text(
        "El código «{valor}» pertenece a otro producto ({otro}), no a «{id}»: revise cuál de los dos es el correcto.",
        "The code “{valor}” belongs to another product ({otro}), not to “{id}”: check which of the two is right.",
    ),
    "other_supplier": Text(
        "El {columna} «{valor}» ya lo usa un producto de otro proveedor: use otro {columna}.",
        "The {columna} “{valor}” is already used by a product of another supplier: use another {columna}.",
    ),
    "superseded": Text(
        "El producto con {columna} «{valor}» cambió después de recibirse esta lista y no se sobrescribió: si los "
        "valores de esta fila deben valer, envíela otra vez.",
        "The product with {columna} “{valor}” was changed after this list was received and was not overwritten: if the "
        "values of this row should hold, send it again.",
    ),
    "too_many_new_categories": Text(
        "La categoría «{categoria}» no existe, y este archivo ya creó {maximo} categorías nuevas, que es lo máximo: "
        "use una que exista, o pida a MediSupply que la cree.",
        "The category “{categoria}” does not exist, and this file has already created {maximo} new categories, which "
        "is the most: use one that exists, or ask MediSupply to create it.",
    ),
    "misspelt_category": Text(
        "La categoría «{categoria}» no existe, y este archivo ya creó {maximo} categorías nuevas, que es lo máximo. "
        "¿Quiso decir «{parecida}»?",
        "The category “{categoria}” does not exist, and this file has already created {maximo} new categories, which "
        "is the most. Did you mean “{parecida}”?",
    ),
    "refused_by_database": Text(
        "La base de datos rechazó esta fila: revise sus valores o súbala otra vez; si se repite, avise a MediSupply.",
        "The database refused this row: check its values or upload it again; if it happens again, tell MediSupply.",
    ),
}

WARNINGS: Final[dict[str, Text]] = {
    "unknown_column": Text(
        "La columna «{columna}» no se conoce y se ignoró.",
        "The column “{columna}” is not known and was ignored.",
    ),
    "unnamed_column": Text(
        "La columna {letra} tiene valores pero no encabezado y se ignoró.",
        "Column {letra} has values but no header and was ignored.",
    ),
    "guessed_encoding": Text(
        "El CSV no está en UTF-8 y se leyó como {codificacion}: revise que «{ejemplo}» esté bien escrito. Si no lo "
        "está, guárdelo como «CSV UTF-8» y súbalo otra vez.",
        "The CSV is not in UTF-8 and was read as {codificacion}: check that “{ejemplo}” is written correctly. If it is "
        "not, save it as “CSV UTF-8” and upload it again.",
    ),
    "new_category": Text(
        "La categoría «{categoria}» no existía y se creó: revise que esté bien escrita.",
        "The category “{categoria}” did not exist and was created: check its spelling.",
    ),
    "critical_above_minimum": Text(
        "El stock crítico ({critico}) es mayor que el stock mínimo ({minimo}).",
        "The critical stock ({critico}) is greater than the minimum stock ({minimo}).",
    ),
    "id_kept": Text(
        "El código «{valor}» es del producto «{id}»: se actualizó ese producto y conserva su id.",
        "The code “{valor}” is of product “{id}”: that product was updated and keeps its id.",
    ),
}

FILE_PROBLEMS: Final[dict[str, Text]] = {
    "empty_file": Text(
        "El archivo no tiene filas de datos debajo del encabezado: agregue sus productos y súbalo otra vez.",
        "The file has no data rows below its header: add your products and upload it again.",
    ),
    "no_header": Text(
        "Ninguna hoja visible tiene una fila de encabezados conocida: use la plantilla, cuya primera fila nombra las "
        "columnas (id, nombre, codigo…).",
        "No visible sheet has a known header row: use the template, whose first row names the columns (id, nombre, "
        "codigo…).",
    ),
    "no_header_in_csv": Text(
        "El archivo no tiene una fila de encabezados conocida: use la plantilla, cuya primera fila nombra las columnas "
        "(id, nombre, codigo…).",
        "The file has no known header row: use the template, whose first row names the columns (id, nombre, codigo…).",
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

TEXTS: Final[dict[str, Text]] = {**ROW_PROBLEMS, **WARNINGS, **FILE_PROBLEMS}


def text_of(code: str, params: Params, language: str) -> str:
    """The sentence for `code` in `language` (``"en…"`` is English, everything else Spanish)."""
    text = TEXTS.get(code)
    return text.in_language(language, params) if text else code


def shown(value: object) -> str:
    """`value` as it is shown in a message: one line, printable, at most `VALUE_SHOWN` characters."""
    text = str(value)
    # Cut first: a cell may hold 32,767 characters.
    text, end = (text, "") if len(text) <= VALUE_SHOWN else (text[: VALUE_SHOWN - 1], "…")
    return (text if text.isprintable() else "".join(c if c.isprintable() else "�" for c in text)) + end
