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
    "temperatures_reversed": ProblemText(
        _("Temperatura mínima mayor que la máxima"),
        _("La temperatura mínima ({minima} °C) es mayor que la máxima ({maxima} °C): revise las dos."),
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

STOCK_PROBLEMS: Final[dict[str, ProblemText]] = {
    "unknown_product": ProblemText(
        _("Producto que no existe"),
        _("No existe un producto con {columna} «{valor}»: revíselo, o cargue antes el producto."),
    ),
    "other_supplier_product": ProblemText(
        _("Existencias de un producto de otro proveedor"),
        _("El producto con {columna} «{valor}» es de otro proveedor: quite la fila."),
    ),
    "unknown_warehouse": ProblemText(
        _("Bodega que no existe"),
        _("No existe la bodega «{valor}»: escriba el código de una que exista."),
    ),
    "similar_warehouse": ProblemText(
        _("Bodega mal escrita"),
        _("No existe la bodega «{valor}». ¿Quiso decir «{parecida}»?"),
    ),
    "lot_required": ProblemText(
        _("Falta el lote"),
        _("El producto «{producto}» se controla por lote: escriba un valor en «{columna}»."),
    ),
    "expiry_required": ProblemText(
        _("Falta la fecha de vencimiento"),
        _("El producto «{producto}» tiene fecha de vencimiento: escríbala en «{columna}»."),
    ),
    "stock_exists": ProblemText(
        _("Las existencias ya están registradas"),
        _(
            "Ya hay existencias de {columna} «{valor}» en esa bodega y ese lote: quite la fila, o suba el archivo con "
            "la opción de reemplazar duplicados."
        ),
    ),
}

SUPPLIER_PROBLEMS: Final[dict[str, ProblemText]] = {
    "supplier_exists": ProblemText(
        _("El proveedor ya existe"),
        _(
            "Ya existe un proveedor con {columna} «{valor}»: quite la fila, o suba el archivo con la opción de "
            "reemplazar duplicados."
        ),
    ),
}
