"""The accounts of `manage.py bootstrap --demo`, whose passwords everybody knows: where they still open a door."""

from __future__ import annotations

from typing import Final

from django.contrib.auth.hashers import check_password
from django.contrib.auth.models import User
from rest_framework.authtoken.models import Token

# The password is the name.
DEMO_ADMIN: Final = "admin"
# user name (also the password), supplier, API token
DEMO_SUPPLIERS: Final = (
    ("proveedor", "PROV001", "demo-token-prov001"),
    ("proveedor2", "PROV002", "demo-token-prov002"),
)


def open_demo_accounts() -> list[str]:
    """Names of active users who can log in with a password or token of the demonstration.

    Two queries; a password is hashed only for users of these names. Raises `DatabaseError`.
    """
    names = [DEMO_ADMIN, *(name for name, _, _ in DEMO_SUPPLIERS)]
    users = User.objects.filter(username__in=names, is_active=True)
    by_password = {user.username for user in users if check_password(user.username, user.password)}
    keys = [key for _, _, key in DEMO_SUPPLIERS]
    tokens = Token.objects.filter(key__in=keys, user__is_active=True)
    return sorted(by_password | set(tokens.values_list("user__username", flat=True)))


def sentence(names: list[str]) -> str:
    return (
        f"The database has demo accounts whose passwords or tokens everybody knows: {', '.join(names)}. Delete them in "
        "the admin, or give them other passwords (manage.py changepassword) and tokens (manage.py drf_create_token -r)."
    )
