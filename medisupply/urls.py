"""Every address of the site. The API answers under both of its path families."""

from __future__ import annotations

from django.contrib import admin
from django.urls import include, path, re_path

from medisupply import health

urlpatterns = [
    re_path(r"^health/?$", health.health, name="health"),
    re_path(r"^health/ready/?$", health.ready, name="ready"),
    # Monitors of the system that this one replaces still ask here.
    re_path(r"^api/v1/inventory/health/?$", health.health),
    path("admin/", admin.site.urls),
    path("api/v1/catalog/", include("bulk_upload.urls")),
    path("api/catalog/", include(("bulk_upload.urls", "bulk_upload"), namespace="short")),
]

handler404 = "medisupply.errors.not_found"
handler500 = "medisupply.errors.server_error"
