"""The sheet of what is stored: one row for each product, warehouse and lot."""

from __future__ import annotations

from typing import Final

from bulk_upload.sheet.bilingual_text import Text
from bulk_upload.sheet.columns import CodeColumn, DateColumn, IntegerColumn, TextColumn
from bulk_upload.sheet.cross_column_rules import ExactlyOneOf
from bulk_upload.sheet.declaration import Sheet
from bulk_upload.sheet.value_shapes import gtin

STOCK: Final = Sheet(
    "existencias",
    __name__,
    title=Text("Existencias", "Stock"),
    row_title=Text("lote en bodega", "lot in a warehouse"),
    columns=[
        CodeColumn(
            "producto_id",
            64,
            required=False,
            rule=Text(
                "Id del producto. Cada fila dice el id o el código del producto, uno de los dos.",
                "Id of the product. Each row says the id or the code of the product, one of the two.",
            ),
            example="PROD001",
            synonyms=["id_producto", "id_del_producto", "product_id"],
        ),
        CodeColumn(
            "producto_codigo",
            64,
            required=False,
            shape=gtin,
            rule=Text(
                "Código o código de barras del producto, si no se dice su id.",
                "Code or barcode of the product, where its id is not said.",
            ),
            example="7701234567897",
            synonyms=[
                *("codigo_producto", "codigo_del_producto", "codigo_de_barras", "codigo_barras", "sku"),
                *("product_code", "barcode"),
            ],
        ),
        CodeColumn(
            "bodega",
            64,
            upper=True,
            rule=Text(
                "Código de la bodega; se guarda en mayúsculas.", "Code of the warehouse; it is kept in upper case."
            ),
            example="BOG_CENTRAL",
            synonyms=["bodega_id", "codigo_bodega", "codigo_de_bodega", "almacen", "warehouse", "warehouse_id"],
        ),
        CodeColumn(
            "lote",
            64,
            required=False,
            rule=Text(
                "Lote del fabricante; obligatorio si el producto se controla por lote.",
                "The manufacturer's batch; required where the product is tracked by batch.",
            ),
            example="L2301",
            synonyms=["numero_lote", "numero_de_lote", "lot", "batch", "batch_number"],
        ),
        IntegerColumn(
            "cantidad",
            rule=Text(
                "Unidades que hay; reemplaza la cantidad anterior.", "Units in store; it replaces the earlier quantity."
            ),
            example=120,
            synonyms=["existencias", "unidades", "stock", "quantity", "units"],
        ),
        DateColumn(
            "fecha_vencimiento",
            required=False,
            rule=Text(
                "Día en que vence: 2027-03-31, 31/03/2027 o 31-mar-2027; obligatoria si el producto vence.",
                "Day on which it expires: 2027-03-31, 31/03/2027 or 31-mar-2027; required where the product expires.",
            ),
            example="2027-03-31",
            synonyms=[
                *("fecha_de_vencimiento", "vencimiento", "vence", "fecha_expiracion", "caducidad"),
                *("expiration_date", "expiry_date", "expiry"),
            ],
        ),
        TextColumn(
            "condiciones",
            255,
            required=False,
            rule=Text("En qué condiciones está guardado.", "The conditions in which it is stored."),
            example="Nevera 2–8 °C",
            synonyms=[
                "condiciones_almacenamiento",
                "condiciones_de_almacenamiento",
                "storage_conditions",
                "conditions",
            ],
        ),
    ],
    key=["producto_id", "producto_codigo", "bodega", "lote"],
    requires=[ExactlyOneOf("producto_id", "producto_codigo")],
)
