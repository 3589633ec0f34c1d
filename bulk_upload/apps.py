from django.apps import AppConfig


class BulkUploadConfig(AppConfig):
    name = "bulk_upload"
    verbose_name = "Carga masiva"
