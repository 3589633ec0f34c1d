"""Addresses that answers name."""

from typing import Final

UPLOADS: Final = "/api/catalog/bulk-upload/"
STATUS: Final = f"{UPLOADS}status/"
