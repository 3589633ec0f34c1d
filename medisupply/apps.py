from django.apps import AppConfig
from django.contrib.admin.apps import AdminConfig


class MediSupplyConfig(AppConfig):
    name = "medisupply"
    verbose_name = "MediSupply"

    def ready(self) -> None:
        from medisupply.api import tokens

        tokens.connect()


class MediSupplyAdminConfig(AdminConfig):
    default_site = "medisupply.admin_site.MediSupplyAdminSite"
