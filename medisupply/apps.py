from django.apps import AppConfig


class MediSupplyConfig(AppConfig):
    name = "medisupply"
    verbose_name = "MediSupply"

    def ready(self) -> None:
        from medisupply import tokens

        tokens.connect()
