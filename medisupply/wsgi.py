"""WSGI entry point for gunicorn."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "medisupply.settings")

django_application = get_wsgi_application()

import medisupply.urls  # noqa: E402, F401  # with the admin and the API: the first request would wait for them
from medisupply.web.bodies import WatchedBodies  # noqa: E402  # it needs the settings

application = WatchedBodies(django_application)
