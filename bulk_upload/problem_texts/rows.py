"""What can be wrong with a whole row, and what is only warned about."""

from __future__ import annotations

from typing import Final

from django.utils.translation import gettext_lazy as _

from bulk_upload.problem_texts.problem_text import ProblemText

# Rows of any sheet.
ROW_TEXTS: Final[dict[str, ProblemText]] = {
    "extra_cells": ProblemText(
        _("Más valores que columnas"),
        _(
            "La fila tiene {celdas} valores y el encabezado {columnas}: si un texto contiene el separador "
            "«{separador}», póngalo entre comillas."
        ),
    ),
    "duplicate_in_file": ProblemText(
        _("Repetido en el archivo"),
        _(
            "El {columna} «{valor}» ya aparece en la fila {fila_anterior} de este archivo: deje una sola de las dos "
            "filas."
        ),
    ),
    "code_conflict": ProblemText(
        _("El código es de otro producto"),
        _(
            "El código «{valor}» pertenece a otro producto ({otro}), no a «{id}»: revise cuál de los dos es el "
            "correcto."
        ),
    ),
    "other_supplier": ProblemText(
        _("Producto de otro proveedor"),
        _("El {columna} «{valor}» ya lo usa un producto de otro proveedor: use otro {columna}."),
    ),
    "superseded": ProblemText(
        _("Lo que existe cambió después"),
        _(
            "Lo que existe con {columna} «{valor}» cambió después de recibirse esta lista y no se sobrescribió: si los "
            "valores de esta fila deben valer, envíela otra vez."
        ),
    ),
    "refused_by_database": ProblemText(
        _("Rechazado por la base de datos"),
        _(
            "La base de datos rechazó esta fila: revise sus valores o súbala otra vez; si se repite, avise a "
            "MediSupply."
        ),
    ),
}

# Rows of sheets whose declaration says so: see `SheetImport.problem_codes`.
DECLARED_TEXTS: Final[dict[str, ProblemText]] = {
    "wrong_form": ProblemText(
        _("Forma equivocada"),
        _("«{columna}» debe tener la forma de «{ejemplo}»; se encontró «{valor}»."),
    ),
    "not_a_gtin": ProblemText(
        _("No es un GTIN"),
        _(
            "«{columna}» debe ser un GTIN de 8, 12, 13 o 14 dígitos, sin espacios ni guiones; se encontró «{valor}». "
            "Si se perdieron ceros a la izquierda, dé formato de texto a la columna y escríbalo completo."
        ),
    ),
    "wrong_check_digit": ProblemText(
        _("Dígito de control equivocado"),
        _(
            "El último dígito de «{valor}» en «{columna}» no corresponde a los demás: compare el número con el del "
            "empaque y escríbalo otra vez."
        ),
    ),
    "already_exists": ProblemText(
        _("Ya existe"),
        _(
            "Ya existe una fila con {columna} «{valor}»: quítela del archivo, o súbalo con la opción de reemplazar "
            "duplicados."
        ),
    ),
    "named_before": ProblemText(
        _("Ya se nombró en el archivo"),
        _(
            "Otra fila de este archivo ya se refiere a lo mismo que {columna} «{valor}»: deje una sola de las dos "
            "filas."
        ),
    ),
    "unknown_reference": ProblemText(
        _("No existe"),
        _("No existe «{valor}» de la columna «{columna}»: escriba uno que exista."),
    ),
    "similar_reference": ProblemText(
        _("No existe, pero hay uno parecido"),
        _("No existe «{valor}» de la columna «{columna}». ¿Quiso decir «{parecida}»?"),
    ),
    "other_owner": ProblemText(
        _("Es de otro proveedor"),
        _("«{valor}» de la columna «{columna}» es de otro proveedor: escriba uno de este."),
    ),
    "several_of": ProblemText(
        _("Varias columnas donde va una"),
        _("Solo una de estas columnas puede tener valor, y la fila llena varias: {columnas}."),
    ),
    "none_of": ProblemText(
        _("Falta una de varias columnas"),
        _("Una de estas columnas debe tener valor, y la fila las deja vacías: {columnas}."),
    ),
}

# Warnings of such sheets.
DECLARED_WARNING_TEXTS: Final[dict[str, ProblemText]] = {
    "unusual_form": ProblemText(
        _("Forma poco común"),
        _("«{valor}» en «{columna}» no tiene la forma usual, como «{ejemplo}»: revise que esté bien escrito."),
    ),
    "past_date": ProblemText(
        _("Fecha que ya pasó"),
        _("La fecha de «{columna}» ({valor}) ya pasó: revísela, y escriba la nueva si se renovó."),
    ),
}

WARNING_TEXTS: Final[dict[str, ProblemText]] = {
    "unknown_column": ProblemText(
        _("Columna desconocida"),
        _("La columna «{columna}» no se conoce y se ignoró."),
    ),
    "unnamed_column": ProblemText(
        _("Columna sin encabezado"),
        _("La columna {letra} tiene valores pero no encabezado y se ignoró."),
    ),
    "guessed_encoding": ProblemText(
        _("Codificación supuesta"),
        _(
            "El CSV no está en UTF-8 y se leyó como {codificacion}: revise que «{ejemplo}» esté bien escrito. Si no "
            "lo está, guárdelo como «CSV UTF-8» y súbalo otra vez."
        ),
    ),
    "sheet_passed_over": ProblemText(
        _("Hoja que no se leyó"),
        _("La hoja «{hoja}» no se leyó, porque le faltan columnas obligatorias o las repite."),
    ),
    "sheet_without_header": ProblemText(
        _("Hoja sin encabezados que no se leyó"),
        _(
            "La hoja «{hoja}» no se leyó, porque no tiene la fila de encabezados. Si tiene datos, póngalos "
            "debajo de los de la hoja que se leyó."
        ),
    ),
    "totals_row": ProblemText(
        _("Fila de totales que no se importó"),
        _("La última fila, la {numero}, es de totales («{valor}») y no se importó."),
    ),
    "id_kept": ProblemText(
        _("El producto conserva su id"),
        _("El código «{valor}» es del producto «{id}»: se actualizó ese producto y conserva su id."),
    ),
}

# Rows that an undo keeps.
UNDO_TEXTS: Final[dict[str, ProblemText]] = {
    "kept_changed_by_upload": ProblemText(
        _("Otra carga lo cambió después"),
        _("«{clave}» se deja como está: la carga «{archivo}» lo cambió después."),
    ),
    "kept_changed_by_person": ProblemText(
        _("Una persona lo cambió después"),
        _("«{clave}» se deja como está: una persona lo cambió después ({usuario})."),
    ),
    "kept_referenced": ProblemText(
        _("Hay algo que lo usa"),
        _("«{clave}» no se borra: lo usa al menos un registro de «{que}»."),
    ),
    "kept_removed": ProblemText(
        _("Ya no existe"),
        _("«{clave}» ya no existe: no hay nada que deshacer."),
    ),
    "kept_refused": ProblemText(
        _("La base de datos no lo permite"),
        _(
            "«{clave}» se deja como está: sus valores anteriores ya no caben, por ejemplo porque otro usa ahora su "
            "código."
        ),
    ),
}

# Rows that a plan's application leaves alone.
PLAN_TEXTS: Final[dict[str, ProblemText]] = {
    "changed_since_plan": ProblemText(
        _("Cambió después del plan"),
        _(
            "Lo que esta fila cambiaría ya no es lo que el plan mostró, y se dejó como está: envíe el archivo otra vez "
            "para ver un plan nuevo."
        ),
    ),
}
# Why the change guard has stopped an upload.
GUARD_TEXTS: Final[dict[str, ProblemText]] = {
    "guard_changed_rows": ProblemText(
        _("Cambia demasiadas filas"),
        _("Cambiaría {cambiadas} de {existentes} filas ({porcentaje} %); se admite hasta {maximo} %."),
    ),
    "guard_price": ProblemText(
        _("Cambia demasiado un precio"),
        _("«{columna}» cambiaría {porcentaje} % en la fila {fila}; se admite hasta {maximo} %."),
    ),
    "guard_zero": ProblemText(
        _("Deja precios en cero"),
        _("«{columna}» quedaría en cero en {filas} filas; la primera es la fila {fila}."),
    ),
}
