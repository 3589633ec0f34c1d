"""The sheet of products: thirteen columns, each with the name of the product's field."""

from __future__ import annotations

from typing import Final

from bulk_upload.sheet.bilingual_text import Text
from bulk_upload.sheet.columns import BooleanColumn, CodeColumn, DecimalColumn, IntegerColumn, TextColumn
from bulk_upload.sheet.cross_column_rules import NotAbove
from bulk_upload.sheet.declaration import Sheet

PRODUCTS: Final = Sheet(
    "productos",
    __name__,
    title=Text("Productos", "Products"),
    row_title=Text("producto", "product"),
    columns=[
        CodeColumn(
            "id",
            64,
            addressable=True,
            rule=Text("Identificador único del producto.", "Unique identifier of the product."),
            example="PROD001",
            synonyms=["id_producto", "id_del_producto", "producto_id", "identificador", "product_id"],
        ),
        TextColumn(
            "nombre",
            255,
            rule=Text("Nombre del producto.", "Name of the product."),
            example="Guantes de nitrilo talla M",
            synonyms=["nombre_producto", "nombre_del_producto", "producto", "name", "product_name"],
            fallbacks=["descripcion", "descripcion_producto", "descripcion_del_producto", "description"],
        ),
        CodeColumn(
            "codigo",
            64,
            rule=Text(
                "Código o código de barras, único entre todos los productos. Se guarda exacto: 007 sigue siendo 007.",
                "Code or barcode, unique among all products. It is kept exactly: 007 stays 007.",
            ),
            example="7701234567897",
            synonyms=[
                "codigo_producto",
                "codigo_del_producto",
                "codigo_de_barras",
                "codigo_barras",
                "sku",
                "code",
                "product_code",
                "barcode",
            ],
        ),
        TextColumn(
            "categoria",
            64,
            upper=True,
            rule=Text(
                "Categoría; se guarda en mayúsculas y, si no existe, se crea con una advertencia.",
                "Category; it is kept in upper case and, when unknown, created with a warning.",
            ),
            example="PROTECCION PERSONAL",
            synonyms=["categoria_producto", "categoria_del_producto", "category"],
        ),
        TextColumn(
            "presentacion",
            128,
            required=False,
            rule=Text("Presentación comercial.", "Commercial presentation."),
            example="Caja x 100 unidades",
            synonyms=["presentacion_comercial", "presentacion_del_producto", "presentation", "packaging"],
        ),
        DecimalColumn(
            "precio_unitario",
            12,
            2,
            rule=Text(
                "Precio por unidad, cero o más, con hasta dos decimales: 1250, 1250.50, 1.250,50 o $ 1,250.50.",
                "Price of one unit, zero or more, with up to two decimals: 1250, 1250.50, 1.250,50 or $ 1,250.50.",
            ),
            example=42500.5,
            synonyms=["precio", "precio_por_unidad", "valor_unitario", "unit_price", "price"],
        ),
        TextColumn(
            "certificado_sanitario",
            255,
            rule=Text("Registro o certificado sanitario.", "Sanitary registration or certificate."),
            example="INVIMA 2024DM-0012345",
            synonyms=[
                "registro_sanitario",
                "registro_invima",
                "certificado",
                "sanitary_certificate",
                "health_certificate",
            ],
        ),
        TextColumn(
            "condiciones_almacenamiento",
            255,
            rule=Text("Cómo se almacena el producto.", "How the product is stored."),
            example="Lugar seco, 15–30 °C",
            synonyms=[
                "condiciones_de_almacenamiento",
                "condicion_de_almacenamiento",
                "almacenamiento",
                "storage_conditions",
                "storage",
            ],
        ),
        IntegerColumn(
            "tiempo_entrega_dias",
            maximum=3650,
            rule=Text("Días que tarda la entrega, de 0 a 3650.", "Days that the delivery takes, from 0 to 3650."),
            example=5,
            synonyms=[
                "tiempo_de_entrega_dias",
                "tiempo_entrega",
                "tiempo_de_entrega",
                "dias_entrega",
                "dias_de_entrega",
                "plazo_entrega",
                "plazo_de_entrega",
                "plazo_de_entrega_dias",
                "delivery_time_days",
                "delivery_days",
                "lead_time_days",
            ],
        ),
        IntegerColumn(
            "stock_minimo",
            default=10,
            rule=Text("Existencias mínimas.", "Minimum stock."),
            example=20,
            synonyms=["existencias_minimas", "minimum_stock", "min_stock", "stock_min"],
        ),
        IntegerColumn(
            "stock_critico",
            default=5,
            rule=Text(
                "Existencias críticas; se advierte si superan las mínimas.",
                "Critical stock; a warning when it is above the minimum.",
            ),
            example=8,
            synonyms=["existencias_criticas", "critical_stock"],
        ),
        BooleanColumn(
            "requiere_lote",
            default=False,
            rule=Text(
                "Si el producto se controla por lote: sí o no.", "Whether the product is tracked by batch: yes or no."
            ),
            synonyms=[
                "requiere_lotes",
                "maneja_lote",
                "controla_lote",
                "requires_batch",
                "requires_lot",
                "batch_required",
            ],
        ),
        BooleanColumn(
            "requiere_vencimiento",
            default=True,
            rule=Text("Si el producto tiene fecha de vencimiento: sí o no.", "Whether the product expires: yes or no."),
            synonyms=[
                "requiere_fecha_vencimiento",
                "requiere_fecha_de_vencimiento",
                "maneja_vencimiento",
                "controla_vencimiento",
                "tiene_vencimiento",
                "requires_expiration",
                "requires_expiry",
                "expiry_required",
            ],
        ),
    ],
    key=["id"],
    unique=["codigo"],
    checks=[NotAbove("stock_critico", "stock_minimo", code="critical_above_minimum", names=("critico", "minimo"))],
)
