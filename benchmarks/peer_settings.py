"""The project's settings, and the peer that is a Django application of its own."""

from medisupply.settings import *  # noqa: F403
from medisupply.settings import INSTALLED_APPS as OURS

INSTALLED_APPS = [*OURS, "import_export"]
