"""Every address of the site but `/health`: see `medisupply.health`. The API answers under both of its path families."""

from __future__ import annotations

from django.contrib import admin
from django.urls import include, path, re_path
from django.views.generic import RedirectView
from django.views.i18n import set_language

from medisupply import login
from medisupply.api import errors, schema_pages

admin.autodiscover()

urlpatterns = [
    path("", RedirectView.as_view(pattern_name="admin:index"), name="home"),
    path("admin/", admin.site.urls),
    path("idioma/", set_language, name="set_language"),
    re_path(r"^api/schema/?$", schema_pages.SchemaView.as_view(), name="schema"),
    re_path(r"^api/docs/?$", schema_pages.DocsView.as_view(url_name="schema"), name="docs"),
    re_path(r"^api/v1/auth/token/?$", login.TokenView.as_view(), name="token"),
    path("api/v1/catalog/", include("bulk_upload.urls")),
    path("api/v1/catalog/", include("catalog.urls")),
    path("api/v1/", include("catalog.warehouse_urls")),
    path("api/v1/", include("catalog.supplier_urls")),
    # What `status_url` says, and older clients use.
    path("api/catalog/", include(("bulk_upload.urls", "bulk_upload"), namespace="short")),
    path("api/catalog/", include(("catalog.urls", "catalog"), namespace="short-catalog")),
    path("api/", include(("catalog.warehouse_urls", "warehouses"), namespace="short-warehouses")),
    path("api/", include(("catalog.supplier_urls", "supplier_upload"), namespace="short-supplier-upload")),
    re_path(r"^api(?:/|$)", errors.api_not_found),
]

handler400 = "medisupply.api.errors.bad_request"
handler403 = "medisupply.api.errors.forbidden"
handler404 = "medisupply.api.errors.not_found"
handler500 = "medisupply.api.errors.server_error"
