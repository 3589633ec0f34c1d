"""The variables of the site: the application, how it is reached, and its API."""

from __future__ import annotations

from typing import Final

from medisupply.environment.addresses import Hosts, Origins
from medisupply.environment.kinds import Choice, Flag, Rate, Text, TimeZone, Whole
from medisupply.environment.variable import Section, Variable

LOG_FORMATS: Final = Text(r"(json|console)?", "json or console, or empty", "`json` o `console`")
LEVELS: Final = ("DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL")


class Application(Section):
    title = "La aplicación"

    DEBUG = Variable(
        Flag(),
        "false",
        "Páginas con trazas, cuentas de demostración y archivos estáticos sin `collectstatic`.",
        in_production="`false`; con `true` se rechaza un nombre público en `ALLOWED_HOSTS`",
    )
    SECRET_KEY = Variable(
        Text(r"[^\s]+", "a key without blanks", "clave sin espacios"),
        "insecure-development-key",
        "Firma las sesiones. Quien la conoce entra como cualquiera.",
        required=True,
        in_production="50 caracteres al azar o más; nunca la de ejemplo ni la de desarrollo",
        secret=True,
        example="change-me",
        default_in_words="una clave para desarrollo",
    )
    ALLOWED_HOSTS = Variable(
        Hosts(),
        "localhost,127.0.0.1,[::1]",
        "Nombres por los que se llega al sitio; a otros responde 400. `/health` responde a todos.",
        in_production="nunca `*`",
        example="medisupply.example",
    )
    CSRF_TRUSTED_ORIGINS = Variable(
        Origins(wildcard=True),
        "",
        "Otros orígenes cuyos formularios se aceptan.",
        example="https://medisupply.example",
    )
    TIME_ZONE = Variable(
        TimeZone(), "America/Bogota", "Zona horaria de lo que las personas leen; la base de datos guarda UTC."
    )
    LOG_LEVEL = Variable(Choice(LEVELS), "INFO", "Lo menos grave que se escribe en la bitácora.")
    LOG_FORMAT = Variable(
        LOG_FORMATS,
        "",
        "Cómo se escribe cada línea de la bitácora: `json` para programas, `console` para personas.",
        default_in_words="`console` con `DEBUG=true`, si no `json`",
    )


class Transport(Section):
    title = "Seguridad del transporte"
    note = "Las que empiezan por `SECURE_` se usan solo con `DEBUG=false`."

    SECURE_SSL_REDIRECT = Variable(
        Flag(),
        "true",
        "Manda de http a https. `false` solo en una red en la que no hay nadie más.",
        in_production="con `true`, `TRUSTED_PROXIES` de 1 o más",
    )
    SECURE_HSTS_SECONDS = Variable(
        Whole(),
        "31536000",
        "Tiempo durante el cual los navegadores insisten en https. Empiece con poco: no se puede retirar.",
        unit="segundos",
    )
    TRUSTED_PROXIES = Variable(
        Whole(),
        "0",
        "Proxies delante del sitio que agregan a `X-Forwarded-For`; con 0 no se cree ni esa cabecera ni "
        "`X-Forwarded-Proto`.",
        unit="proxies",
        in_production="1 o más, salvo con `SECURE_SSL_REDIRECT=false`",
        example="1",
    )


class Api(Section):
    title = "La API"

    API_THROTTLE_ALL = Variable(
        Rate(),
        "600/min",
        "Peticiones de un usuario a todo lo que no tiene límite propio.",
        unit="peticiones/tiempo",
    )
    API_THROTTLE_EXPORTS = Variable(
        Rate(),
        "30/min",
        "Archivos que un usuario se lleva (exportaciones, originales, filas por corregir), en la API y en el admin.",
        unit="peticiones/tiempo",
    )
    API_THROTTLE_UPLOADS = Variable(Rate(), "60/min", "Cargas de un usuario.", unit="peticiones/tiempo")
    API_THROTTLE_STATUS = Variable(
        Rate(), "1200/min", "Consultas del estado de cargas, de un usuario.", unit="peticiones/tiempo"
    )
    API_THROTTLE_LOGIN = Variable(
        Rate(),
        "20/min",
        "Intentos de entrar desde una dirección, en la API y en el admin.",
        unit="peticiones/tiempo",
    )
    API_THROTTLE_REFUSED = Variable(
        Rate(),
        "60/min",
        "Peticiones sin un token válido desde una dirección; las que tienen uno válido se atienden siempre.",
        unit="peticiones/tiempo",
    )
    REQUEST_BODY_SECONDS = Variable(
        Whole(1),
        "20",
        "Tiempo que el cuerpo de una petición puede tardar en llegar, más un segundo por cada 20 KB que llegaron.",
        unit="segundos",
    )
    CORS_ALLOWED_ORIGINS = Variable(Origins(), "", "Orígenes de páginas ajenas que pueden llamar a la API.")
