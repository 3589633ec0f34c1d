from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules
from django.utils.translation import gettext_lazy as _


class BulkUploadConfig(AppConfig):
    name = "bulk_upload"
    verbose_name = _("Carga masiva")

    def ready(self) -> None:
        from bulk_upload import checks, declaration_checks  # noqa: F401  # they register themselves
        from bulk_upload.api import token_generation

        token_generation.connect()

        # Each app declares its sheets there: see `bulk_upload.imports`.
        autodiscover_modules("imports")
