"""What can be wrong with a cell or a row, and what is only warned about."""

from __future__ import annotations

from typing import Final

from bulk_upload.texts import Text

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
    "not_a_date": Text(
        "«{columna}» debe ser una fecha completa, como 2027-03-31 o 31/03/2027; se encontró «{valor}».",
        "“{columna}” must be a whole date, such as 2027-03-31 or 31/03/2027; found “{valor}”.",
    ),
    "two_digit_year": Text(
        "El año de «{valor}» en «{columna}» tiene solo dos cifras: escriba las cuatro, como en 31/03/2027.",
        "The year of “{valor}” in “{columna}” has only two digits: write all four, as in 31/03/2027.",
    ),
    "impossible_date": Text(
        "«{valor}» en «{columna}» no es un día del calendario: escriba día, mes y año en ese orden, como 31/03/2027, "
        "o año, mes y día, como 2027-03-31.",
        "“{valor}” in “{columna}” is no day of the calendar: write day, month and year in this order, such as "
        "31/03/2027, or year, month and day, such as 2027-03-31.",
    ),
    "serial_number_date": Text(
        "«{columna}» contiene el número {valor}, que puede ser una fecha sin formato: dé formato de fecha a la celda y "
        "revise el día, o escriba la fecha, como 2027-03-31.",
        "“{columna}” holds the number {valor}, which may be a date without its format: format the cell as a date and "
        "check the day, or write the date, such as 2027-03-31.",
    ),
    "date_out_of_range": Text(
        "La fecha de «{columna}» debe estar entre {minimo} y {maximo}; se encontró «{valor}»: revise el año.",
        "The date of “{columna}” must be between {minimo} and {maximo}; found “{valor}”: check the year.",
    ),
    "date_with_time": Text(
        "«{columna}» contiene una fecha con hora («{valor}»): escriba solo la fecha, como 2027-03-31.",
        "“{columna}” holds a date with a time (“{valor}”): write only the date, such as 2027-03-31.",
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
    "sheet_passed_over": Text(
        "La hoja «{hoja}» no se leyó, porque le faltan columnas obligatorias o las repite.",
        "Sheet “{hoja}” was not read, since it lacks required columns or has one twice.",
    ),
    "sheet_without_header": Text(
        "La hoja «{hoja}» no se leyó, porque no tiene la fila de encabezados. Si tiene productos, póngalos debajo de "
        "los de la hoja que se leyó.",
        "Sheet “{hoja}” was not read, since it has no header row. If it holds products, put them below those of the "
        "sheet that was read.",
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
