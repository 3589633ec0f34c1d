"""docs/configuracion.md and .env.example, made from the declarations of the variables (`make configuration`)."""

from __future__ import annotations

import sys
import textwrap
from collections.abc import Iterator
from typing import Any, Final

from dev import variables
from dev.environment import PROJECT
from medisupply.environment import declarations
from medisupply.environment.variable import Section, Variable

PAGE: Final = PROJECT / "docs" / "configuracion.md"
EXAMPLE: Final = PROJECT / ".env.example"
COMMENT_WIDTH: Final = 118

INTRODUCTION: Final = """\
# Configuración

<!-- Hecha por `make configuration` a partir de las declaraciones (medisupply/environment y dev/variables.py). -->

Todo viene de variables de ambiente o de un archivo `.env` junto a `manage.py`; lo que está en el ambiente vale más.
Las mismas variables son para la web, los trabajadores y `manage.py`. Para empezar, copie
[.env.example](../.env.example). `make run` no necesita ninguna.

- **Un valor imposible** se rechaza al arrancar: el proceso dice la variable, su valor (si no es secreto) y qué se
  admite, y termina.
- **Producción** es `DEBUG=false`. Entonces se rechaza también, al arrancar, que falte una variable obligatoria, una
  `SECRET_KEY` de ejemplo o corta, `ALLOWED_HOSTS=*`, y `SECURE_SSL_REDIRECT=true` sin `TRUSTED_PROXIES`. Una base con
  cuentas de demostración la rechazan `manage.py bootstrap` y `manage.py check --deploy` (`medisupply.E003`).
- **Un nombre mal escrito** (`BULK_UPLOAD_CHUNKROWS`) no lo lee nadie: `manage.py check`, los trabajadores y la web lo
  dicen al arrancar, con el nombre más parecido (`medisupply.W002`).
- **Vacía** no es lo mismo que ausente: `API_THROTTLE_ALL=` quita el límite. Donde un valor vacío no tiene sentido, se
  rechaza.
"""
COLUMNS: Final = ("variable", "significado", "por omisión", "unidad", "se admite")
DEVELOPERS: Final = """\
## Para desarrolladores

Lo que sigue no tiene efecto en producción.
"""
HEAD: Final = """\
# Las variables de producción, con valores de ejemplo. Cópielo a `.env` junto a manage.py, o fije las variables en el
# ambiente, que vale más. Qué se admite en cada una: docs/configuracion.md. `make run` no necesita ninguna.
# Hecho por `make configuration`.
"""


def page() -> str:
    """The operators' page: a table for each section."""
    product = [_section(section, "##", (*COLUMNS, "en producción")) for section in declarations.SECTIONS]
    developers = [_section(section, "###", COLUMNS) for section in variables.SECTIONS]
    return "\n".join([INTRODUCTION, *product, DEVELOPERS, *developers])


def example() -> str:
    """The example file: each variable of production with its meaning right above."""
    sections = [section for section in declarations.SECTIONS if section.in_example]
    return HEAD + "".join(line for section in sections for line in _example_section(section))


def main() -> int:
    for path, text in ((PAGE, page()), (EXAMPLE, example())):
        path.write_text(text, "utf-8")
        print(f"{path.relative_to(PROJECT)} written")
    return 0


def _section(section: type[Section], level: str, columns: tuple[str, ...]) -> str:
    head = [f"{level} {section.title}", "", *([section.note, ""] if section.note else [])]
    rows = [columns, ("---",) * len(columns), *(_row(variable) for variable in section.variables())]
    return "\n".join([*head, *(f"| {' | '.join(cells[: len(columns)])} |" for cells in rows), ""])


def _row(variable: Variable[Any]) -> tuple[str, ...]:
    demands = [*(["**obligatoria**"] if variable.required else []), variable.in_production]
    return (
        f"`{variable.name}`",
        variable.meaning,
        variable.default_in_words or (f"`{variable.default}`" if variable.default else "vacía"),
        variable.unit,
        variable.kind.allowed_es,
        "; ".join(filter(None, demands)),
    )


def _example_section(section: type[Section]) -> Iterator[str]:
    yield f"\n# --- {section.title} ---\n\n"
    for variable in section.variables():
        unit = f" Unidad: {variable.unit}." if variable.unit else ""
        demand = f" En producción: {variable.in_production}." if variable.in_production else ""
        yield from (f"# {line}\n" for line in textwrap.wrap(f"{variable.meaning}{unit}{demand}", COMMENT_WIDTH))
        value = variable.default if variable.example is None else variable.example
        yield f"{variable.name}={value}\n"


if __name__ == "__main__":
    sys.exit(main())
