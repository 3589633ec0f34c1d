"""A supplier's own list: as an ERP exports it, with headers that nothing knows."""

from __future__ import annotations

from typing import Final

HEADER: Final = "Ref.;Detalle;EAN;Linea;Valor;Reg. San.;Cuidados;Plazo;Obs\n"
MAPPING: Final = {
    "columnas": {
        "Ref.": "id",
        "Detalle": "nombre",
        "EAN": "codigo",
        "Linea": "categoria",
        "Valor": "precio_unitario",
        "Reg. San.": "certificado_sanitario",
        "Cuidados": "condiciones_almacenamiento",
        "Plazo": "tiempo_entrega_dias",
        "Obs": None,
    }
}


def erp_list(*numbers: int, price: str = "1.250,50", header: str = HEADER) -> bytes:
    lines = [
        f"PROD{n:05d};Guantes de nitrilo {n};77012{n:08d};GUANTES;{price};INVIMA 2024DM-001;Lugar seco;5;nuevo\n"
        for n in numbers
    ]
    return (header + "".join(lines)).encode()
