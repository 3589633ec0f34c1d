from django.apps import AppConfig


class BulkUploadConfig(AppConfig):
    name = "bulk_upload"
    verbose_name = "Carga masiva"

    def ready(self) -> None:
        from bulk_upload import checks  # noqa: F401  # registers the system checks
