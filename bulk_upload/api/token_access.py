"""What a token may see, kept in the cache for a minute: a client that polls costs no query.

An entry names the supplier codes of an active user, and carries the generation of `token_generation`: with a new
one it is dropped. Staff are never kept: what they may see follows from permissions and groups, which few polls ask for.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import Any, Final, TypeGuard

from rest_framework.authentication import TokenAuthentication
from rest_framework.request import Request

from bulk_upload.api.token_generation import GENERATION, new_generation
from bulk_upload.owners import VIEW_UPLOADS, owners_for
from medisupply.backends import shared_cache

KEPT_SECONDS: Final = 60


@dataclass(frozen=True, slots=True)
class Poller:
    """Stands for the user of a token whose suppliers came from the cache."""

    pk: int
    suppliers: frozenset[str]
    is_authenticated: bool = True
    is_active: bool = True
    is_anonymous: bool = False


class CachedTokenAuthentication(TokenAuthentication):
    """Token authentication for views that only need to know which suppliers' things may be seen."""

    def authenticate_credentials(self, key: str) -> Any:
        name = f"token-access:{hashlib.sha256(key.encode()).hexdigest()}"
        found = shared_cache.read([GENERATION, name])
        generation = found.get(GENERATION)
        entry = found.get(name)
        if _is_entry(entry) and generation and entry["generation"] == generation:
            return Poller(entry["user"], frozenset(entry["suppliers"])), key
        # The generation is read before the database: a change in between makes the entry worthless.
        user, token = super().authenticate_credentials(key)
        if not (user.is_staff or user.is_superuser):
            suppliers = list(owners_for(user, VIEW_UPLOADS).values_list("pk", flat=True))
            if not generation:
                generation = new_generation()
            entry = {"generation": generation, "user": user.pk, "suppliers": suppliers}
            shared_cache.write(name, entry, KEPT_SECONDS)
            return Poller(user.pk, frozenset(suppliers)), key
        return user, token


def may_see(request: Request, supplier: str) -> bool:
    """Whether the request's user may see the uploads of `supplier`."""
    user: Any = request.user
    if isinstance(user, Poller):
        return supplier in user.suppliers
    return bool(owners_for(user, VIEW_UPLOADS).filter(pk=supplier).exists())


def _is_entry(value: Any) -> TypeGuard[dict[str, Any]]:
    """Whether a value of the cache is one that was written here."""
    if (
        not isinstance(value, dict)
        or not isinstance(value.get("generation"), str)
        or type(value.get("user")) is not int
    ):
        return False
    suppliers = value.get("suppliers")
    return isinstance(suppliers, list) and all(isinstance(code, str) for code in suppliers)
