"""The sheet of products: nineteen columns, each with the name of the product's field."""

from __future__ import annotations

from typing import Final

from bulk_upload.sheet.bilingual_text import Text
from bulk_upload.sheet.columns import (
    BooleanColumn,
    CodeColumn,
    DateColumn,
    DecimalColumn,
    GtinColumn,
    IntegerColumn,
    TextColumn,
)
from bulk_upload.sheet.cross_column_rules import NotAbove
from bulk_upload.sheet.declaration import Sheet
from bulk_upload.sheet.value_rules import NotPast, UsualForm
from bulk_upload.sheet.value_shapes import gtin, matching

# Registrations as INVIMA's minutes write them: the year and the class (2024DM, or PFM2011), in those from before 2000 a
# letter alone (M-014188); then the number, and which renewal it is. Blanks, colons and points stand anywhere. Cosmetics
# and food have forms of their own.
INVIMA: Final = (
    r"(?i:(?:INVIMA[\s:.]*)?(?:"
    r"(?:[12][0-9]{3}\s*[A-Z]{1,4}[\s:.–-]*[0-9]{4,8}"
    r"|[A-Z]{1,4}\s*[12][0-9]{3}[\s:.–-]+[0-9]{4,8}"
    r"|[A-Z][\s:.–-]*[0-9]{5,8})(?:[\s–-]*R[\s–-]*[0-9]{1,2})?"
    r"|NSO[A-Z]?\s*[0-9]{4,6}\s*[–-]\s*[0-9]{2}\s*[A-Z]{2,3}"
    r"|[RNP]SA[\s–-]*[0-9]{4,8}\s*[–-]\s*[0-9]{4}))"
)
# From the anatomical group down to the substance: A, A10, A10B, A10BA, A10BA02.
ATC: Final = "[ABCDGHJLMNPRSV](?:[0-9]{2}(?:[A-Z](?:[A-Z](?:[0-9]{2})?)?)?)?"

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
            shape=gtin,
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
            shape=matching(INVIMA),
            rule=Text("Registro o certificado sanitario.", "Sanitary registration or certificate."),
            example="INVIMA 2024DM-0012345",
            synonyms=[
                "registro_sanitario",
                "certificado",
                "sanitary_certificate",
                "health_certificate",
            ],
            # What lists called it before there was a column of that name.
            fallbacks=["registro_invima"],
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
        GtinColumn(
            "gtin",
            required=False,
            rule=Text(
                "GTIN de la unidad que se vende: 8, 12, 13 o 14 dígitos, con su dígito de control.",
                "GTIN of the unit that is sold: 8, 12, 13 or 14 digits, with its check digit.",
            ),
            example="7701234567897",
            synonyms=["codigo_gtin", "numero_gtin", "gtin_code"],
            fallbacks=["gtin_8", "gtin_12", "gtin_13", "gtin_14"],
        ),
        TextColumn(
            "registro_invima",
            255,
            required=False,
            shape=matching(INVIMA),
            rule=Text(
                "Registro sanitario del INVIMA; se advierte si su forma no es la usual.",
                "Sanitary registration of INVIMA; a warning when its form is not a usual one.",
            ),
            example="INVIMA 2024DM-0012345",
            synonyms=["numero_registro_invima", "numero_de_registro_invima", "invima", "invima_registration"],
        ),
        TextColumn(
            "atc",
            64,
            required=False,
            upper=True,
            shape=matching("[A-Z][0-9]{2}[A-Z]{2}[0-9]{2}"),
            rule=Text(
                "Código ATC de cualquier nivel (A10, A10BA02), en mayúsculas; se advierte si no lo parece.",
                "ATC code of any level (A10, A10BA02), in upper case; a warning when it does not look like one.",
            ),
            example="A10BA02",
            synonyms=["codigo_atc", "clasificacion_atc", "atc_code"],
        ),
        DateColumn(
            "registro_vence",
            required=False,
            rule=Text(
                "Día en que vence el registro sanitario: 2035-05-31, 31/05/2035 o 31-may-2035; se advierte si ya pasó.",
                "Day on which the registration ends: 2035-05-31, 31/05/2035 or 31-may-2035; a warning when it is past.",
            ),
            example="2035-05-31",
            synonyms=[
                *("vencimiento_registro", "vencimiento_del_registro", "fecha_vencimiento_registro", "vence_registro"),
                *("fecha_de_vencimiento_del_registro", "vencimiento_registro_sanitario", "vencimiento_registro_invima"),
                *("vencimiento_invima", "vence_invima", "registro_invima_vence", "registration_expiry"),
            ],
        ),
        DecimalColumn(
            "temperatura_min",
            4,
            1,
            required=False,
            minimum=-100,
            maximum=100,
            rule=Text(
                "Temperatura mínima de almacenamiento, en °C, de -100 a 100, con un decimal.",
                "Lowest temperature of storage, in °C, from -100 to 100, with one decimal.",
            ),
            example=2,
            synonyms=["temperatura_minima", "temp_min", "temp_minima", "minimum_temperature"],
        ),
        DecimalColumn(
            "temperatura_max",
            4,
            1,
            required=False,
            minimum=-100,
            maximum=100,
            rule=Text(
                "Temperatura máxima de almacenamiento, en °C; no puede ser menor que la mínima.",
                "Highest temperature of storage, in °C; not below the lowest one.",
            ),
            example=8,
            synonyms=["temperatura_maxima", "temp_max", "temp_maxima", "maximum_temperature"],
        ),
    ],
    key=["id"],
    unique=["codigo"],
    checks=[
        NotAbove("stock_critico", "stock_minimo", code="critical_above_minimum", names=("critico", "minimo")),
        UsualForm("registro_invima", INVIMA, example="INVIMA 2024DM-0012345"),
        UsualForm("atc", ATC, example="A10BA02"),
        NotPast("registro_vence"),
        NotAbove(
            "temperatura_min",
            "temperatura_max",
            code="temperatures_reversed",
            names=("minima", "maxima"),
            rejects=True,
        ),
    ],
)
