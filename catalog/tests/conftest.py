"""What the tests of the catalogue share with those of the uploads: a supplier, and imports for it."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import User
from django.test import Client

from bulk_upload.tests.conftest import (  # noqa: F401 - fixtures
    _aws,
    _readers,
    accept,
    api,
    aws,
    other_supplier,
    run_import,
    supplier,
    user,
    worker,
)


@pytest.fixture
def person(admin_user: User) -> Client:
    """A superuser who is signed in and reads Spanish."""
    client = Client(headers={"accept-language": "es"})
    client.force_login(admin_user)
    return client
