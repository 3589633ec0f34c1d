"""What an import came to, in a form that two runs can be compared by; and a file worth disturbing."""

from __future__ import annotations

import functools
from typing import Any

from bulk_upload.models import BulkUpload, RowError
from bulk_upload.tests.helpers.rows import csv_bytes, row
from catalog.models import Category, Product, Supplier

VALUES = [field.attname for field in Product._meta.fields if field.attname not in ("created_at", "updated_at")]


@functools.cache
def eventful_file(rows: int, start: int = 1) -> bytes:
    """A CSV with new rows, updates, unchanged rows, errors, repetitions and new categories.

    `start` is the number of its first product: files that do not overlap name different products.
    """
    return csv_bytes(_eventful(n) for n in range(start, start + rows))


def _eventful(n: int) -> dict[str, Any]:
    # Each file has categories of its own, whichever of two is imported first.
    category = f"CATEGORIA {n // 5000}"
    if n % 31 == 0:
        return row(n, categoria=category, nombre="", precio_unitario="1.250")
    if n % 47 == 0:
        return row(n, categoria=category, codigo=row(n - 1)["codigo"])
    if n % 53 == 0:
        return row(n - 2, categoria=category)
    return row(n, categoria=category, nombre=f"Nuevo nombre {n}" if n % 2 else row(n)["nombre"])


def prepare_catalogue(rows: int, supplier: Supplier, start: int = 1) -> None:
    """A third of the file's products exist already, some of them nearly as in the file."""
    Category.objects.get_or_create(nombre="CATEGORIA 0")
    products = []
    for n in range(start, start + rows, 3):
        values = {**row(n), "requiere_lote": True, "requiere_vencimiento": False}
        values["categoria_id"] = "CATEGORIA 0"
        del values["categoria"]
        products.append(Product(**values, proveedor=supplier))
    Product.objects.bulk_create(products, batch_size=1000)


def clear() -> None:
    """Forget every upload, product and category."""
    RowError.objects.all().delete()
    BulkUpload.objects.all().delete()
    Product.objects.all().delete()
    Category.objects.all().delete()


def outcome(upload: BulkUpload) -> dict[str, Any]:
    """Everything that must be equal, whatever happened on the way."""
    upload.refresh_from_db()
    author = {"created_by_upload": upload.pk, "changed_by_upload": upload.pk, "change_number": upload.number}
    names = ("status", "total", "creados", "actualizados", "sin_cambios", "rechazados", "duplicados", "sin_procesar")
    names += ("cambios_grandes_de_precio",)
    problems = upload.row_errors.values_list("severity", "fila", "columna", "codigo", "params", "valor")
    changes = upload.row_changes.values_list("fila", "producto", "cambios", "precio_grande")
    return {
        "counts": {name: getattr(upload, name) for name in names},
        "lists": (upload.productos_creados, upload.productos_actualizados),
        "problems": [(*problem[:4], sorted(problem[4].items()), problem[5]) for problem in problems],
        "changes": [(*change[:2], sorted(change[2].items()), change[3]) for change in changes],
        "products": [
            tuple(
                "this upload" if value == author.get(name) else value
                for name, value in zip(VALUES, values, strict=True)
            )
            for values in Product.objects.filter(proveedor=upload.proveedor_id).order_by("pk").values(*VALUES)
        ],
    }


def ended(*uploads: BulkUpload) -> bool:
    """Whether all of them have."""
    keys = [upload.pk for upload in uploads]
    return BulkUpload.objects.filter(pk__in=keys, completed_at__isnull=False).count() == len(keys)
