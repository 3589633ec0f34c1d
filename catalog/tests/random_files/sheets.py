"""The three sheets, as the random files and their oracle know them."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Final

from catalog.tests.random_files.plan import Column, Created, Plan, Reference

NAMES: Final = ("Guantes de nitrilo", "Jeringa 5 ml", "Ñandú – 15 °C")
# None is like another one, but for the misspelt one: which name is meant is no matter of these files.
CATEGORIES: Final = ("GASAS", "VENDAS", "SUTURAS", "GUANTEZ", "APÓSITOS", "LENTES", "CATÉTERES", "BISTURÍES")
UNADDRESSABLE: Final = (("bulk-upload", "unaddressable_id"), ("A//B", "unaddressable_id"), ("..", "unaddressable_id"))
DEGREES: Final = tuple(map(Decimal, ("-20.0", "2.0", "7.5")))

PRODUCTS: Final = Plan(
    "productos",
    (
        Column("id", "code", ("P1", "P2", "P3", "007", "7", "p1"), width=64, broken=UNADDRESSABLE),
        Column("nombre", "text", NAMES, width=255),
        Column("codigo", "code", ("C1", "C2", "C3", "770", "P2"), width=64),
        Column("categoria", "text", CATEGORIES, width=64, upper=True),
        Column("presentacion", "text", ("Caja x 100", "Unidad"), default="", width=128),
        Column(
            "precio_unitario",
            "decimal",
            tuple(map(Decimal, ("1250.50", "1251.00", "2501.00", "0.00"))),
            highest=9_999_999_999,
        ),
        Column("certificado_sanitario", "text", ("INVIMA 1", "INVIMA 2"), width=255),
        Column("condiciones_almacenamiento", "text", ("Seco", "Nevera"), width=255),
        Column("tiempo_entrega_dias", "integer", (5, 0, 3650), highest=3650),
        Column("stock_minimo", "integer", (10, 20), default=10),
        Column("stock_critico", "integer", (5, 15), default=5),
        Column("requiere_lote", "boolean", (False, True), default=False),
        Column("requiere_vencimiento", "boolean", (True, False), default=True),
        Column(
            "gtin",
            "code",
            ("7701234567897", "96385074", "00012348"),
            default="",
            broken=(("7701234567898", "wrong_check_digit"), ("12348", "not_a_gtin"), ("77-01234567897", "not_a_gtin")),
        ),
        Column("registro_invima", "text", ("INVIMA 2024DM-0012345", "en trámite"), default="", width=255),
        Column("atc", "text", ("A10BA02", "A10B2"), default="", width=64, upper=True),
        Column("registro_vence", "date", (dt.date(2080, 5, 31), dt.date(2020, 1, 1)), default=None),
        Column("temperatura_min", "decimal", DEGREES, default=None, lowest=-100, highest=100),
        Column("temperatura_max", "decimal", DEGREES, default=None, lowest=-100, highest=100),
    ),
    key=("id",),
    row_key=("id",),
    unique="codigo",
    exists="duplicate_product",
    is_owned=True,
    created=Created(
        "categoria",
        known=("GASAS", "GUANTES"),
        most=1,
        warning="new_category",
        too_many="too_many_new_categories",
        similar={"GUANTEZ": "misspelt_category"},
    ),
    not_above=(("stock_critico", "stock_minimo", "critical_above_minimum"),),
    in_order=(("temperatura_min", "temperatura_max", "temperatures_reversed"),),
    odd=(
        ("registro_invima", "en trámite", "unusual_form"),
        ("atc", "A10B2", "unusual_form"),
        ("registro_vence", dt.date(2020, 1, 1), "past_date"),
    ),
    watched="precio_unitario",
    numbered=("id", "codigo"),
)

# Of `LOT` a batch is required, of `EXPIRES` a day; `THEIRS` is another supplier's. A code may be another one's id.
PLAIN, LOT, EXPIRES, THEIRS = "S1", "S2", "S3", "SX"
CODES: Final = {"C-S1": PLAIN, "S3": LOT, "S2": EXPIRES, "C-SX": THEIRS}
# The last one is closed: its name is not suggested, and rows may still name it.
WAREHOUSES: Final = ("BOG_CENTRAL", "MED_NORTE", "CERRADA")

STOCK: Final = Plan(
    "existencias",
    (
        Column("producto_id", "code", (PLAIN, LOT, EXPIRES, THEIRS, "NADA"), default=None, width=64),
        Column("producto_codigo", "code", (*CODES, "NADA"), default=None, width=64),
        Column("bodega", "code", (*WAREHOUSES, "BOG-CENTRAL", "ZZZ"), width=64, upper=True),
        Column("lote", "code", ("1", "01", "B"), default="", width=64),
        Column("cantidad", "integer", (0, 1, 2)),
        Column("fecha_vencimiento", "date", (dt.date(2027, 3, 31), dt.date(2030, 1, 1)), default=None),
        Column("condiciones", "text", ("Nevera", "Seco"), default="", width=255),
    ),
    key=("producto_id", "producto_codigo", "bodega", "lote"),
    row_key=("producto", "bodega", "lote"),
    numbered=("lote",),
    exists="stock_exists",
    exactly_one=("producto_id", "producto_codigo"),
    references={
        "producto": Reference(
            {"producto_id": {key: key for key in (PLAIN, LOT, EXPIRES, THEIRS)}, "producto_codigo": CODES},
            theirs=(THEIRS,),
            unknown="unknown_product",
            other_owner="other_supplier_product",
        ),
        "bodega": Reference(
            {"bodega": {code: code for code in WAREHOUSES}},
            unknown="unknown_warehouse",
            similar={"BOG-CENTRAL": "similar_warehouse"},
        ),
    },
    needs=(
        ("lote", "lot_required", "producto", (LOT,)),
        ("fecha_vencimiento", "expiry_required", "producto", (EXPIRES,)),
    ),
)

SUPPLIERS: Final = Plan(
    "proveedores",
    (
        Column("codigo", "code", ("A1", "a1", "007", "7", "Ñ-1"), width=32),
        Column("nombre", "text", NAMES, width=255),
        Column("nit", "code", ("900000101-0", "1"), default="", width=32),
        Column(
            "contacto_email",
            "text",
            ("a@b.example", "c@d.example"),
            default="",
            width=254,
            broken=(("a@b", "wrong_form"), ("a@b.example, c@d.example", "wrong_form")),
        ),
        Column("contacto_nombre", "text", ("Luz", "Ana"), default="", width=255),
        Column("telefono", "text", ("+57 601", "1"), default="", width=64),
        Column("direccion", "text", ("Carrera 15 # 93-60, Bogotá", "Calle 1"), default="", width=255),
        Column(
            "pais",
            "text",
            ("CO", "EC"),
            default="",
            width=2,
            upper=True,
            broken=(("C", "wrong_form"), ("C1", "wrong_form")),
        ),
        Column("activo", "boolean", (True, False), default=True),
    ),
    key=("codigo",),
    row_key=("codigo",),
    exists="supplier_exists",
    is_sent_by_suppliers=False,
    numbered=("codigo",),
)

PLANS: Final = (PRODUCTS, STOCK, SUPPLIERS)
