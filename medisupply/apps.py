from django.apps import AppConfig
from django.contrib.admin.apps import AdminConfig


class MediSupplyConfig(AppConfig):
    name = "medisupply"
    verbose_name = "MediSupply"

    def ready(self) -> None:
        from medisupply import checks, tokens  # noqa: F401  # the checks register themselves

        tokens.connect()


class MediSupplyAdminConfig(AdminConfig):
    default_site = "medisupply.admin_site.MediSupplyAdminSite"
