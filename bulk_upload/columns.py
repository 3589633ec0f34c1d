"""The sheet's columns as data: the one declaration that drives header matching, validation, the
template, the documentation and the API.

To add a column: declare it here, add the field of the same name to `catalog.models.Product`, and make
the migration. This module knows no Django; the guarded reader uses it too.
"""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from typing import Final, Literal

from bulk_upload.texts import Text
from bulk_upload.values import (
    Parser,
    Value,
    code_parser,
    decimal_parser,
    id_parser,
    integer_parser,
    parse_boolean,
    text_parser,
)

Kind = Literal["code", "text", "decimal", "integer", "boolean", "date"]

# PostgreSQL's integer, the column type of the stock fields.
LARGEST_INTEGER: Final = 2_147_483_647


@dataclass(frozen=True, slots=True)
class Column:
    """One column of the sheet.

    `name` is the header, the product's field and the JSON key. `synonyms` are other headers, matched
    without regard to case, accents, spaces, ``_``, ``-``, question marks and units in brackets. `fallbacks` are
    headers that name the column only when no other one does. `default` is what a new product gets for
    a blank optional cell; an update leaves what the product has. `minimum` and `maximum` bound
    numbers, `earliest` and `latest` dates, `max_length` (in characters) text, which is kept in capitals if it is
    `upper`. `example` is a valid cell.
    """

    name: str
    kind: Kind
    required: bool
    rule: Text
    example: str | int | bool | float
    parse: Parser
    synonyms: tuple[str, ...] = ()
    default: Value = ""
    max_length: int | None = None
    minimum: int | None = None
    maximum: int | None = None
    upper: bool = False
    fallbacks: tuple[str, ...] = ()
    earliest: datetime.date | None = None
    latest: datetime.date | None = None


def _text(
    name: str,
    maximum: int,
    rule: Text,
    example: str,
    *synonyms: str,
    required: bool = True,
    upper: bool = False,
    fallbacks: tuple[str, ...] = (),
) -> Column:
    return Column(
        name,
        "text",
        required,
        rule,
        example,
        text_parser(maximum, upper=upper),
        synonyms,
        max_length=maximum,
        upper=upper,
        fallbacks=fallbacks,
    )


def _code(name: str, maximum: int, rule: Text, example: str, *synonyms: str) -> Column:
    parse = id_parser(maximum) if name == "id" else code_parser(maximum)
    return Column(name, "code", True, rule, example, parse, synonyms, max_length=maximum)


def _integer(name: str, maximum: int, rule: Text, example: int, *synonyms: str, default: int | None = None) -> Column:
    return Column(
        name,
        "integer",
        default is None,
        rule,
        example,
        integer_parser(0, maximum),
        synonyms,
        default=default or 0,
        minimum=0,
        maximum=maximum,
    )


def _boolean(name: str, default: bool, rule: Text, example: str, *synonyms: str) -> Column:
    return Column(name, "boolean", False, rule, example, parse_boolean, synonyms, default=default)


COLUMNS: Final[tuple[Column, ...]] = (
    _code(
        "id",
        64,
        Text(
            "Identificador del producto, único entre todos los proveedores.",
            "Identifier of the product, unique among all suppliers.",
        ),
        "PROD001",
        "id_producto",
        "id_del_producto",
        "producto_id",
        "identificador",
        "product_id",
    ),
    _text(
        "nombre",
        255,
        Text("Nombre del producto.", "Name of the product."),
        "Guantes de nitrilo talla M",
        "nombre_producto",
        "nombre_del_producto",
        "producto",
        "name",
        "product_name",
        fallbacks=("descripcion", "descripcion_producto", "descripcion_del_producto", "description"),
    ),
    _code(
        "codigo",
        64,
        Text(
            "Código o código de barras, único entre todos los proveedores. Se guarda exacto: 007 sigue siendo 007.",
            "Code or barcode, unique among all suppliers. It is kept exactly: 007 stays 007.",
        ),
        "7701234567897",
        "codigo_producto",
        "codigo_del_producto",
        "codigo_de_barras",
        "codigo_barras",
        "sku",
        "code",
        "product_code",
        "barcode",
    ),
    _text(
        "categoria",
        64,
        Text(
            "Categoría; se guarda en mayúsculas y, si no existe, se crea con una advertencia.",
            "Category; it is kept in upper case and, when unknown, created with a warning.",
        ),
        "PROTECCION PERSONAL",
        "categoria_producto",
        "categoria_del_producto",
        "category",
        upper=True,
    ),
    _text(
        "presentacion",
        128,
        Text("Presentación comercial.", "Commercial presentation."),
        "Caja x 100 unidades",
        "presentacion_comercial",
        "presentacion_del_producto",
        "presentation",
        "packaging",
        required=False,
    ),
    Column(
        "precio_unitario",
        "decimal",
        True,
        Text(
            "Precio por unidad, cero o más, con hasta dos decimales: 1250, 1250.50, 1.250,50 o $ 1,250.50.",
            "Price of one unit, zero or more, with up to two decimals: 1250, 1250.50, 1.250,50 or $ 1,250.50.",
        ),
        42500.50,
        decimal_parser(12, 2),
        ("precio", "precio_por_unidad", "valor_unitario", "unit_price", "price"),
        minimum=0,
        maximum=9_999_999_999,
    ),
    _text(
        "certificado_sanitario",
        255,
        Text("Registro o certificado sanitario.", "Sanitary registration or certificate."),
        "INVIMA 2024DM-0012345",
        "registro_sanitario",
        "registro_invima",
        "certificado",
        "sanitary_certificate",
        "health_certificate",
    ),
    _text(
        "condiciones_almacenamiento",
        255,
        Text("Cómo se almacena el producto.", "How the product is stored."),
        "Lugar seco, 15–30 °C",
        "condiciones_de_almacenamiento",
        "condicion_de_almacenamiento",
        "almacenamiento",
        "storage_conditions",
        "storage",
    ),
    _integer(
        "tiempo_entrega_dias",
        3650,
        Text("Días que tarda la entrega, de 0 a 3650.", "Days that the delivery takes, from 0 to 3650."),
        5,
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
    ),
    _integer(
        "stock_minimo",
        LARGEST_INTEGER,
        Text("Existencias mínimas.", "Minimum stock."),
        20,
        "existencias_minimas",
        "minimum_stock",
        "min_stock",
        "stock_min",
        default=10,
    ),
    _integer(
        "stock_critico",
        LARGEST_INTEGER,
        Text(
            "Existencias críticas; se advierte si superan las mínimas.",
            "Critical stock; a warning when it is above the minimum.",
        ),
        8,
        "existencias_criticas",
        "critical_stock",
        default=5,
    ),
    _boolean(
        "requiere_lote",
        False,
        Text("Si el producto se controla por lote: sí o no.", "Whether the product is tracked by batch: yes or no."),
        "sí",
        "requiere_lotes",
        "maneja_lote",
        "controla_lote",
        "requires_batch",
        "requires_lot",
        "batch_required",
    ),
    _boolean(
        "requiere_vencimiento",
        True,
        Text("Si el producto tiene fecha de vencimiento: sí o no.", "Whether the product expires: yes or no."),
        "sí",
        "requiere_fecha_vencimiento",
        "requiere_fecha_de_vencimiento",
        "maneja_vencimiento",
        "controla_vencimiento",
        "tiene_vencimiento",
        "requires_expiration",
        "requires_expiry",
        "expiry_required",
    ),
)

# Two columns that corrected-row workbooks add to the supplier's own. The import ignores their cells, but
# for the first one's, which say which row of the original file a row corrects. Its header also holds the
# original upload's task id: ``_fila_original 5b1e…``.
ORIGINAL_ROW: Final = "_fila_original"
ROW_PROBLEMS: Final = "_errores"

NAMES: Final[tuple[str, ...]] = tuple(column.name for column in COLUMNS)
INDEX: Final[dict[str, int]] = {name: index for index, name in enumerate(NAMES)}
