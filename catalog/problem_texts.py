"""Problems and warnings of the catalogue's sheets alone."""

from __future__ import annotations

from typing import Final

from django.utils.translation import gettext_lazy as _

from bulk_upload.problem_texts import ProblemText

PRODUCT_PROBLEMS: Final[dict[str, ProblemText]] = {
    "duplicate_product": ProblemText(
        _("El producto ya existe"),
        _(
            "Ya existe un producto con {columna} «{valor}»: quite la fila, o suba el archivo con la opción de "
            "reemplazar duplicados."
        ),
    ),
    "too_many_new_categories": ProblemText(
        _("Demasiadas categorías nuevas"),
        _(
            "La categoría «{categoria}» no existe, y este archivo ya creó {maximo} categorías nuevas, que es lo "
            "máximo: use una que exista, o pida a MediSupply que la cree."
        ),
    ),
    "misspelt_category": ProblemText(
        _("Categoría mal escrita"),
        _(
            "La categoría «{categoria}» no existe, y este archivo ya creó {maximo} categorías nuevas, que es lo "
            "máximo. ¿Quiso decir «{parecida}»?"
        ),
    ),
}

PRODUCT_WARNINGS: Final[dict[str, ProblemText]] = {
    "new_category": ProblemText(
        _("Categoría nueva"),
        _("La categoría «{categoria}» no existía y se creó: revise que esté bien escrita."),
    ),
    "critical_above_minimum": ProblemText(
        _("Stock crítico mayor que el mínimo"),
        _("El stock crítico ({critico}) es mayor que el stock mínimo ({minimo})."),
    ),
}
