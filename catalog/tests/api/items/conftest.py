"""The API of products is tested with the clients and uploads of the engine's tests."""

from bulk_upload.tests.conftest import *  # noqa: F403 - fixtures
from bulk_upload.tests.conftest import _aws  # noqa: F401 - fixtures
