from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class BulkUploadConfig(AppConfig):
    name = "bulk_upload"
    verbose_name = _("Carga masiva")

    def ready(self) -> None:
        from bulk_upload import checks  # noqa: F401  # registers the system checks
