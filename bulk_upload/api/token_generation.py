"""The generation of what `token_access` keeps: changes of tokens, users, memberships and suppliers begin a new one.

Every process listens for such changes, also one that answers no request: nothing of REST framework's views is loaded.
"""

from __future__ import annotations

import uuid
from typing import Any, Final

from django.apps import apps
from django.conf import settings
from django.db import transaction
from django.db.models.signals import m2m_changed, post_delete, post_save
from rest_framework.authtoken.models import Token

from bulk_upload.owners import owners
from medisupply.backends import shared_cache

GENERATION: Final = "token-access:generation"


def forget_all(**signal: Any) -> None:
    """Begin a new generation, now and (for who reads in between) once more when the change is committed."""
    if signal.get("update_fields") == frozenset(["last_login"]):
        return
    new_generation()
    if transaction.get_connection().in_atomic_block:
        transaction.on_commit(new_generation)


def connect() -> None:
    """Listen to everything that changes what a token may see."""
    user = apps.get_model(settings.AUTH_USER_MODEL)
    owner = owners().model
    for model in (Token, user, owner):
        for signal in (post_save, post_delete):
            signal.connect(forget_all, sender=model, dispatch_uid=f"forget-access-{model.__name__}")
    for field in owner._meta.many_to_many:
        m2m_changed.connect(forget_all, sender=field.remote_field.through, dispatch_uid="forget-access-members")


def new_generation() -> str:
    generation = uuid.uuid4().hex
    shared_cache.write(GENERATION, generation, None)
    return generation
