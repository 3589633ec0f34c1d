"""The variables that the libraries which run the processes read by themselves."""

from __future__ import annotations

from medisupply.environment.kinds import Arguments, Text, Whole
from medisupply.environment.variable import Section, Variable


class Processes(Section):
    title = "Los procesos"
    note = (
        "Las leen gunicorn y Django mismos: van en el ambiente del proceso; en el archivo `.env` no tienen efecto. Un "
        "valor imposible se rechaza en una frase cuando la web se arranca con `python -m deploy.web`; `gunicorn` mismo "
        "mostraría una traza."
    )
    in_example = False

    WEB_CONCURRENCY = Variable(
        Whole(1, 1000),
        "1",
        "Procesos web de gunicorn, de ocho hilos cada uno; uno o dos por núcleo.",
        unit="procesos",
        in_production="2 o más",
    )
    GUNICORN_CMD_ARGS = Variable(
        Arguments(),
        "",
        "Más opciones para gunicorn, que valen más que las de `deploy/gunicorn_config.py`.",
    )
    DJANGO_SETTINGS_MODULE = Variable(
        Text(r"\w+(\.\w+)*", "the dotted name of a Python module", "nombre de un módulo de Python"),
        "medisupply.settings",
        "El módulo de la configuración; no hace falta fijarla.",
    )
