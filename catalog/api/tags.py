"""The groups of operations in the schema. ASCII: generators of clients make modules of them."""

from typing import Final

MASTER_DATA: Final = "Datos maestros"
WAREHOUSES: Final = "Bodegas"
