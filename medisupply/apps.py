from typing import Any

from django.apps import AppConfig, apps
from django.contrib.admin import autodiscover
from django.contrib.admin.apps import SimpleAdminConfig
from django.contrib.admin.checks import check_admin_app, check_dependencies
from django.core import checks
from django.db.models.signals import post_migrate


class MediSupplyConfig(AppConfig):
    name = "medisupply"
    verbose_name = "MediSupply"

    def ready(self) -> None:
        from medisupply import checks  # noqa: F401  # registers the system checks
        from medisupply.supplier_group import create_supplier_group

        # After the permissions of all apps.
        post_migrate.connect(create_supplier_group, sender=apps.get_app_config("bulk_upload"))


class MediSupplyAdminConfig(SimpleAdminConfig):
    """Its pages are loaded by `medisupply.urls` and by the checks; a worker, which shows none, starts without them."""

    default_site = "medisupply.admin_site.MediSupplyAdminSite"

    def ready(self) -> None:
        checks.register(check_dependencies, checks.Tags.admin)
        checks.register(check_admin, checks.Tags.admin)


def check_admin(app_configs: Any, **kwargs: Any) -> list[checks.CheckMessage]:
    autodiscover()
    return check_admin_app(app_configs, **kwargs)
