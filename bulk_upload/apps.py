from django.apps import AppConfig
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _

from bulk_upload.supplier_group import create_supplier_group


class BulkUploadConfig(AppConfig):
    name = "bulk_upload"
    verbose_name = _("Carga masiva")

    def ready(self) -> None:
        from bulk_upload import checks  # noqa: F401  # registers the system checks

        # After the permissions of this app and of those that are installed before it.
        post_migrate.connect(create_supplier_group, sender=self)
