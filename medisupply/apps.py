from django.apps import AppConfig, apps
from django.contrib.admin.apps import AdminConfig
from django.db.models.signals import post_migrate


class MediSupplyConfig(AppConfig):
    name = "medisupply"
    verbose_name = "MediSupply"

    def ready(self) -> None:
        from medisupply import checks  # noqa: F401  # registers the system checks
        from medisupply.supplier_group import create_supplier_group

        # After the permissions of all apps.
        post_migrate.connect(create_supplier_group, sender=apps.get_app_config("bulk_upload"))


class MediSupplyAdminConfig(AdminConfig):
    default_site = "medisupply.admin_site.MediSupplyAdminSite"
