"""The variables of developers' commands: the embedded stack, tests, measurements, and docker compose.

Declared as those of the product (`medisupply/environment`), for the same page. Here an empty variable is one that
is not set: make exports its own as they are.
"""

from __future__ import annotations

import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, TypeVar

from medisupply.environment.kinds import Arguments, Flag, Number, Text, Whole
from medisupply.environment.variable import Section, Variable

Value = TypeVar("Value")

PORT: Final = Whole(1, 65535)
PATH: Final = Text(r"[^\0]+", "a path", "ruta")
WORDS: Final = Text(r"[^\0]*", "a text", "texto")
POSTGRESQL: Final = Text(r"postgres(ql)?://\S+", "an address that begins with postgres://", "`postgres://…`")
REDIS: Final = Text(r"rediss?://\S+", "an address that begins with redis://", "`redis://…`")


@dataclass(frozen=True)
class WholeNumbers:
    """At least one, each above 0."""

    allowed = "whole numbers from 1 on with commas between them"
    allowed_es = "enteros de 1 o más, separados por comas"

    def parse(self, text: str) -> list[int]:
        return [Whole(1).parse(number) for number in text.split(",")]


class Tools(Section):
    title = "Órdenes de `make`"
    note = "Van en la línea de la orden, como `make run PORT=18100 RUN_DIR=run2`."
    in_example = False

    PORT = Variable(
        Whole(1, 65533), "8000", "Puerto de la web; los dos siguientes son de Valkey y de S3 con SQS.", unit="puerto"
    )
    RUN_DIR = Variable(PATH, "run", "Carpeta de todo lo que la pila embebida escribe.")
    MINUTES = Variable(
        Number(), "5", "Duración de `make chaos` y `make fuzz`.", unit="minutos", default_in_words="5; `make fuzz`: 10"
    )
    SEED = Variable(Whole(), "0", "Número del que salen las fallas y los archivos al azar.", default_in_words="al azar")
    FAULTS = Variable(WORDS, "", "Fallas de `make chaos`, separadas por comas.", default_in_words="todas")
    ARGS = Variable(Arguments(), "", "Más argumentos para pytest.")
    INTERPRETER = Variable(PATH, "python3.11", "El Python de `make test-python`.")
    UPGRADE = Variable(Flag(), "false", "Con `1`, `make requirements` toma versiones nuevas.")


class Tests(Section):
    title = "Pruebas"
    in_example = False

    TEST_DATABASE_URL = Variable(
        POSTGRESQL,
        "postgres://postgres@127.0.0.1:5432/postgres",
        "PostgreSQL para las pruebas y las mediciones; cada una hace en él su propia base.",
        secret=True,
    )
    TEST_REDIS_URL = Variable(REDIS, "redis://127.0.0.1:6379/9", "Redis o Valkey para las pruebas.", secret=True)
    NEWER_PYTHONS = Variable(
        Text(r"(3\.\d+(,3\.\d+)*|none)?", "versions such as 3.12,3.13, or none, or empty", "`3.12,3.13` o `none`"),
        "",
        "Los Python de `make test-newer-pythons`; `.ci/run` prueba solo los que se nombren.",
        default_in_words="todos los que haya, más nuevos que el de `.venv`",
    )
    REQUIRE_POSTGRES = Variable(Flag(), "false", "Con `1`, es una falla que PostgreSQL no responda.")
    REQUIRE_BROWSER = Variable(Flag(), "false", "Con `1`, es una falla que no haya Chromium.")
    REQUIRE_PROMETHEUS = Variable(Flag(), "false", "Con `1`, es una falla que no haya Prometheus.")
    REQUIRE_HISTORY = Variable(Flag(), "false", "Con `1`, es una falla que el historial no tenga la última versión.")
    CHROMIUM = Variable(
        PATH,
        "chromium",
        "El navegador de las pruebas y de `make screenshots`.",
        default_in_words="el que esté en el PATH",
    )
    SOFFICE = Variable(PATH, "soffice", "LibreOffice, para `make screenshots`.")
    XVFB = Variable(PATH, "Xvfb", "Pantalla sin monitor, para `make screenshots`.")
    XWDTOPNM = Variable(PATH, "xwdtopnm", "De netpbm, para `make screenshots`.")
    PNMTOPNG = Variable(PATH, "pnmtopng", "De netpbm, para `make screenshots`.")
    RANDOM_FILES_TIMES = Variable(Whole(1), "1", "Cuántas veces más archivos al azar se prueban.", unit="veces")
    RANDOM_FILES_SEED = Variable(WORDS, "1", "De qué salen esos archivos.")


class Benchmarks(Section):
    title = "Mediciones"
    in_example = False

    BENCH_QUICK = Variable(Flag(), "false", "Con `1`, menos tamaños y repeticiones; los resultados van a `RUN_DIR`.")
    BENCH_RUNS = Variable(Whole(1), "5", "Repeticiones.", unit="veces", default_in_words="5; con `BENCH_QUICK`: 1")
    BENCH_SIZES = Variable(WholeNumbers(), "1000,20000,100000,1000000", "Tamaños de los archivos.", unit="filas")
    BENCH_PEERS_PYTHON = Variable(
        PATH, ".venv-bench/bin/python", "El Python que tiene los programas con los que se compara."
    )


class Compose(Section):
    title = "`docker compose`"
    note = "Puertos de esta máquina; las lee `docker-compose.yml`."
    in_example = False

    WEB_PORT = Variable(PORT, "8000", "La web.", unit="puerto")
    DB_PORT = Variable(PORT, "15432", "PostgreSQL.", unit="puerto")
    CACHE_PORT = Variable(PORT, "16379", "Valkey.", unit="puerto")
    AWS_PORT = Variable(PORT, "15000", "S3 y SQS.", unit="puerto")
    PROMETHEUS_PORT = Variable(PORT, "19090", "Prometheus, con `--profile monitoring`.", unit="puerto")
    GRAFANA_PORT = Variable(PORT, "13000", "Grafana, con `--profile monitoring`.", unit="puerto")


class Internal(Section):
    title = "Entre nuestros programas"
    note = "Unos programas las fijan para otros; no hace falta fijarlas a mano."
    in_example = False

    STACK_TERMINAL = Variable(PATH, "/dev/stdout", "A dónde escriben los programas de `make run`.")
    STACK_FOLLOWS = Variable(Whole(1), "1", "El proceso con el que `make run` termina.", default_in_words="ninguno")
    CLOCK_SHIFT_SECONDS = Variable(
        WORDS, "0", "Cuánto adelanta el reloj de un proceso de `make chaos`.", unit="segundos"
    )


SECTIONS: Final[tuple[type[Section], ...]] = (Tools, Tests, Benchmarks, Compose, Internal)


def declared() -> list[Variable[Any]]:
    return [variable for section in SECTIONS for variable in section.variables()]


def refuse_nonsense(*sections: type[Section]) -> None:
    """Before anything long begins. Raises `SettingsRefused` for the first variable that makes no sense."""
    for section in sections:
        for variable in section.variables():
            read(variable)


def minutes_and_seed() -> tuple[float, int]:
    """Of a soak. Without a seed it is one that the caller should print. Raises `SettingsRefused`."""
    refuse_nonsense(Tools, Tests)
    seed = read(Tools.SEED) if is_given(Tools.SEED) else secrets.randbelow(10**6)
    return float(read(Tools.MINUTES)), seed


def is_given(variable: Variable[Any], environ: Mapping[str, str] | None = None) -> bool:
    return bool((os.environ if environ is None else environ).get(variable.name))


def read(variable: Variable[Value], environ: Mapping[str, str] | None = None) -> Value:
    """The value, or the default's when the variable is empty. Raises `SettingsRefused`."""
    return variable.read(environ if is_given(variable, environ) else {})
