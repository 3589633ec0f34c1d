"""WSGI entry point for gunicorn."""

import os

from django.core.wsgi import get_wsgi_application
from structlog.stdlib import get_logger

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "medisupply.settings")

django_application = get_wsgi_application()

import medisupply.urls  # noqa: E402, F401  # with the admin and the API: the first request would wait for them
from medisupply.environment import unknown  # noqa: E402  # it needs what the settings read from `.env`
from medisupply.web.bodies import WatchedBodies  # noqa: E402  # it needs the settings

# The system checks say so to whoever starts a command; the web has none.
for sentence in unknown.sentences():
    get_logger(__name__).warning("A variable is not known: docs/configuracion.md has all", text=sentence)

application = WatchedBodies(django_application)
