"""The variables of what Prometheus is told."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from medisupply.environment.addresses import IpAddress
from medisupply.environment.kinds import Text, Whole
from medisupply.environment.variable import Section, Variable

TOKEN: Final = Text(
    r"([!-~]{16,})?",
    "16 or more letters, digits and signs of ASCII without blanks, or empty",
    "16 letras, cifras y signos de ASCII o más, sin espacios",
)


class Metrics(Section):
    title = "Métricas"

    METRICS_TOKEN = Variable(
        TOKEN, "", "Lo que Prometheus envía como su token, a web y trabajadores. Vacía: no hay métricas.", secret=True
    )
    METRICS_PORT = Variable(
        Whole(0, 64_000),
        "0",
        "Puerto en el que el primer trabajador de un host responde a Prometheus, y los demás en los siguientes; `0`: "
        "ninguno. Pide `METRICS_TOKEN`.",
    )
    METRICS_WORKER_NUMBER = Variable(
        Whole(0, 999),
        "0",
        "Cuál de los trabajadores de su host es un proceso, desde 0; lo fija `deploy/supervisor/worker.conf`.",
    )
    METRICS_HOST = Variable(
        IpAddress(),
        "127.0.0.1",
        "Dirección en la que los trabajadores responden a Prometheus; `0.0.0.0` donde pregunta desde otro host.",
    )


def port_without_token() -> Iterator[str]:
    port = Metrics.METRICS_PORT.read()
    if port and not Metrics.METRICS_TOKEN.read():
        yield (
            f"The environment variable METRICS_PORT={port} cannot be used: it must be set together with METRICS_TOKEN."
        )
