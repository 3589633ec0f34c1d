"""WSGI entry point for gunicorn."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "medisupply.settings")

django_application = get_wsgi_application()

from medisupply.web.bodies import WatchedBodies  # noqa: E402  # it needs the settings

application = WatchedBodies(django_application)
