"""The sheet of suppliers, which MediSupply's own people fill in."""

from __future__ import annotations

from typing import Final

from bulk_upload.sheet.bilingual_text import Text
from bulk_upload.sheet.columns import BooleanColumn, CodeColumn, TextColumn
from bulk_upload.sheet.declaration import Sheet

SUPPLIERS: Final = Sheet(
    "proveedores",
    __name__,
    title=Text("Proveedores", "Suppliers"),
    row_title=Text("proveedor", "supplier"),
    columns=[
        CodeColumn(
            "codigo",
            32,
            rule=Text("Código único del proveedor.", "Unique code of the supplier."),
            example="PROV001",
            synonyms=["codigo_proveedor", "codigo_del_proveedor", "proveedor_id", "supplier_code", "code"],
        ),
        TextColumn(
            "nombre",
            255,
            rule=Text("Nombre o razón social.", "Name or registered name."),
            example="Suministros Clínicos Frailejón S.A.S.",
            synonyms=["razon_social", "nombre_proveedor", "nombre_del_proveedor", "proveedor", "name", "supplier_name"],
        ),
        CodeColumn(
            "nit",
            32,
            required=False,
            rule=Text("NIT, con su dígito de verificación.", "Tax number, with its check digit."),
            example="900000101-0",
            synonyms=["numero_de_nit", "identificacion_tributaria", "tax_id"],
        ),
        TextColumn(
            "contacto_email",
            254,
            required=False,
            pattern=r"[^\s@,;]+@[^\s@,;.]+(?:\.[^\s@,;.]+)+",
            rule=Text("Correo de contacto, uno solo.", "E-mail address of the contact, one only."),
            example="catalogo@frailejon.example",
            synonyms=["correo", "correo_electronico", "email", "e_mail", "contact_email"],
        ),
        TextColumn(
            "contacto_nombre",
            255,
            required=False,
            rule=Text("Persona de contacto.", "Person to contact."),
            example="Luz Marina Ospina",
            synonyms=["contacto", "nombre_contacto", "nombre_del_contacto", "contact", "contact_name"],
        ),
        TextColumn(
            "telefono",
            64,
            required=False,
            rule=Text("Teléfono.", "Telephone."),
            example="+57 601 5550101",
            synonyms=["telefono_contacto", "celular", "phone", "telephone"],
        ),
        TextColumn(
            "direccion",
            255,
            required=False,
            rule=Text("Dirección.", "Address."),
            example="Carrera 15 # 93-60, Bogotá",
            synonyms=["domicilio", "address"],
        ),
        TextColumn(
            "pais",
            2,
            required=False,
            upper=True,
            pattern="[A-Z]{2}",
            rule=Text("País, con su código ISO de dos letras.", "Country, by its ISO code of two letters."),
            example="CO",
            synonyms=["codigo_pais", "country"],
        ),
        BooleanColumn(
            "activo",
            default=True,
            rule=Text("Si el proveedor está activo: sí o no.", "Whether the supplier is active: yes or no."),
            synonyms=["habilitado", "active", "enabled"],
        ),
    ],
    key=["codigo"],
)
