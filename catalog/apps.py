from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from catalog import unaccented


class CatalogConfig(AppConfig):
    name = "catalog"
    verbose_name = _("Catálogo")

    def ready(self) -> None:
        unaccented.connect()
