from django.apps import AppConfig


class MediSupplyConfig(AppConfig):
    name = "medisupply"
    verbose_name = "MediSupply"

    def ready(self) -> None:
        from django.contrib import admin

        from medisupply import checks, login, tokens  # noqa: F401  # the checks register themselves

        tokens.connect()
        admin.site.login_form = login.LoginForm
