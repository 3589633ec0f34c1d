"""Which ids a product can have: those that can be written into its address, ``…/items/<id>``.

One rule for the sheet, the API and the admin. Knows no Django; the guarded reader uses it too.
"""

from __future__ import annotations

from typing import Final

# Addresses below ``items/`` that are no product's: `test_item_ids.py` compares them with the routes.
RESERVED: Final = frozenset(["bulk-upload"])
# What stands behind an id in the address of something about the product.
RESERVED_END: Final = "/history"
# Clients and proxies resolve these before a request is sent on.
_NO_SEGMENTS: Final = frozenset(["", ".", ".."])


def is_addressable(product_id: str) -> bool:
    """Whether the product can be asked for by its address.

    An id may hold slashes, but none at its ends nor two in a row: servers take those away.

    >>> is_addressable("A/1"), is_addressable("A/"), is_addressable("A/../B"), is_addressable("bulk-upload")
    (True, False, False, False)
    >>> is_addressable("A/history"), is_addressable("A/history/1")
    (False, True)
    """
    if "/" not in product_id:
        return product_id not in RESERVED and product_id not in _NO_SEGMENTS
    return _NO_SEGMENTS.isdisjoint(product_id.split("/")) and not product_id.endswith(RESERVED_END)


def are_addressable(ids: list[str]) -> bool:
    """Whether all of `ids` are: quick for ids without slashes."""
    if "/" in "".join(ids):
        return all(map(is_addressable, ids))
    return RESERVED.isdisjoint(ids) and _NO_SEGMENTS.isdisjoint(ids)
