"""The suppliers' page "Preparar el archivo", made from the declaration and `problem_texts` so that it cannot drift."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

from django.utils.translation import gettext_lazy as _
from django_stubs_ext import StrPromise

from bulk_upload.imports import SheetImport, registry
from bulk_upload.problem_texts import (
    CELL_TEXTS,
    DECLARED_TEXTS,
    DECLARED_WARNING_TEXTS,
    FILE_TEXTS,
    ROW_TEXTS,
    WARNING_TEXTS,
)
from bulk_upload.sheet.columns import Column
from bulk_upload.sheet.declaration import Sheet
from bulk_upload.wording import in_language, template_of

# What a column of each kind holds.
CONTENTS: Final[dict[str, StrPromise]] = {
    "code": _("texto exacto"),
    "text": _("texto"),
    "decimal": _("número"),
    "integer": _("número entero"),
    "boolean": _("sí o no"),
    "date": _("fecha"),
}

INTRODUCTION: Final = """\
# Preparar el archivo

Necesita un archivo de Excel (`.xlsx`, `.xls`, `.xlsb`), OpenDocument (`.ods`) o CSV (`.csv`) de hasta 200 MB, o un
`.zip` con uno solo de ellos. Lo más fácil:
descargue la plantilla vacía, llénela y súbala. También sirve el archivo que exporta su sistema, si tiene las
columnas de abajo; el orden es libre y las columnas que no se conocen se ignoran con una advertencia.

1. Se lee la hoja visible que tiene todas las columnas obligatorias, y puede tener un título encima. Las hojas ocultas y
   las que no tienen esas columnas no se leen; si varias las tienen, el archivo se rechaza y dice cuáles son.
2. Cada fila se importa por separado. Las filas vacías se saltan.
3. Las filas buenas se importan aunque otras tengan errores; cada error dice la fila, la columna, el valor y qué hacer.
4. Corrija solo las filas rechazadas y súbalas otra vez: lo que ya entró no se duplica.
"""

RULES: Final = """\
## Reglas que evitan la mayoría de los errores

- **Códigos exactos.** `007` sigue siendo `007` si la celda tiene formato de texto (o un formato de número como
  `00000`). Un número de más de 15 dígitos ya perdió los últimos en la hoja de cálculo y se rechaza: dé formato de
  texto a la columna *antes* de escribir o pegar los códigos.
- **Precios.** Se entienden `1250`, `1250.50`, `1250,50`, `1.250,50`, `1,250.50` y `$ 1.250,50`. Un número como
  `1.250` puede ser mil doscientos cincuenta o uno con veinticinco: se rechaza y usted decide. El dinero no se adivina.
- **Sí o no.** `sí`, `si`, `no`, `true`, `false`, `1`, `0`, `yes`, `verdadero`, `falso`, en mayúsculas o minúsculas.
- **Números con formato en columnas de texto**: se guarda lo que muestra la hoja (`2.5 ml`, `5%`, `1/2`); si el formato
  oculta o redondea el valor, la celda se rechaza. Un precio que se muestra como porcentaje se rechaza.
- **Fórmulas**: se lee el resultado guardado con el archivo; una fórmula sin resultado se rechaza.
- **Celdas combinadas**: un valor combinado hacia abajo vale para todas sus filas, salvo en las columnas que
  identifican la fila, donde se rechaza; una celda cubierta por la de su izquierda también.
- **Celdas con error** (`#N/A`, `#¡REF!`, `Err:502`, `########`…) y **fechas donde va texto** se rechazan: la hoja de
  cálculo cambió el valor.
- **Lo que ya existe.** Sin la opción «reemplazar duplicados» esas filas se rechazan. Con ella actualizan lo que hay, y
  una celda opcional vacía conserva el valor que ya tiene.
- **CSV.** Guárdelo como «CSV UTF-8». También se leen UTF-16 y, con una advertencia que muestra un ejemplo,
  Windows-1252, Mac Roman y DOS (página 850); lo que no es seguro se rechaza. Los separadores son `,` `;` tabulador y
  `|`. Un texto que contiene el separador va entre comillas dobles, y una comilla dentro de él se escribe con dos.
- **Ceros a la izquierda.** Lo que otros sistemas escriben para conservarlos, `="00701"` o `'0092`, se lee como
  `00701` y `0092`.
- **Caracteres invisibles** (espacios de ancho cero, marcas de dirección, guiones opcionales) se quitan de los
  extremos y de los textos; dentro de un código se rechazan. Una letra que otro programa perdió (`�`) se rechaza.
- **Archivos `.xls`.** Se leen los de Excel 5 a 2003. Muchos sistemas llaman `.xls` a otra cosa: un `.xlsx` o un texto
  separado por tabuladores, comas o punto y coma se lee como lo que es; una página web (HTML o XML) se rechaza.
- **Archivos `.zip`.** Debe contener un solo archivo, sin carpetas, sin contraseña y sin otro `.zip` adentro.
- **Otros formatos** (`.xlsm`, `.numbers`, `.tsv`): ábralos en su hoja de cálculo y guárdelos como `.xlsx`.
"""


def suppliers_page(sheet: Sheet) -> str:
    """The whole page about `sheet`, as Markdown in Spanish."""
    declared = registry.imports.get(sheet.name)
    problems, warnings = _own_problems(declared) if declared else ([], [])
    return "\n".join(
        [
            INTRODUCTION,
            "## Columnas\n",
            *_columns_table(sheet),
            "",
            "Los encabezados se reconocen sin importar mayúsculas, acentos, espacios, guiones, signos de interrogación",
            "ni la unidad entre paréntesis: `(unidades)`, `(días)`, `(S/N)`, `(COP)`. Uno que casi es el de una",
            "columna se rechaza con la pregunta «¿Quiso decir…?».",
            "Otros nombres que sirven:\n",
            *map(_other_names, sheet.columns),
            "",
            RULES + (declared.guide_rules if declared else ""),
            "## Qué significa cada error de fila\n",
            *_problems_table([*CELL_TEXTS, *ROW_TEXTS, *problems]),
            "",
            "## Advertencias (la fila sí se importa)\n",
            *_problems_table([*WARNING_TEXTS, *warnings]),
            "",
            "## Cuando no se puede leer el archivo completo\n",
            *_problems_table(FILE_TEXTS),
            "",
        ]
    )


def _other_names(column: Column) -> str:
    line = f"- `{column.name}`: {', '.join(f'`{name}`' for name in column.synonyms)}"
    if column.fallbacks:
        line += f"; si ninguna otra columna lo nombra, también {', '.join(f'`{name}`' for name in column.fallbacks)}"
    return line


def _columns_table(sheet: Sheet) -> Iterator[str]:
    yield "| columna | obligatoria | contenido | límite | si está vacía | ejemplo |"
    yield "|---|---|---|---|---|---|"
    for column in sheet.columns:
        cells = [
            f"`{column.name}`",
            "sí" if column.required else "no",
            f"{column.rule.es} ({in_language(CONTENTS[column.kind], 'es')})",
            _limit(column),
            "error" if column.required else _default(column),
            f"`{column.example}`",
        ]
        yield f"| {' | '.join(cells)} |"


def _limit(column: Column) -> str:
    if column.max_length is not None:
        return f"{column.max_length} caracteres"
    if column.minimum is not None and column.maximum is not None:
        return f"{column.minimum} a {column.maximum}"
    if column.earliest is not None and column.latest is not None:
        return f"{column.earliest} a {column.latest}"
    return ""


def _default(column: Column) -> str:
    if isinstance(column.default, bool):
        return "sí" if column.default else "no"
    return "queda vacía" if column.default in ("", None) else f"`{column.default}`"


def _own_problems(declared: type[SheetImport]) -> tuple[list[str], list[str]]:
    """The codes of problems and of warnings that only rows of some sheets have, this one among them."""
    codes = declared.declared_codes()
    problems, warnings = (
        [code for code in texts if code in codes] for texts in (DECLARED_TEXTS, DECLARED_WARNING_TEXTS)
    )
    return [*problems, *declared.problem_texts], [*warnings, *declared.warning_texts]


def _problems_table(codes: Iterable[str]) -> Iterator[str]:
    yield "| código | mensaje |"
    yield "|---|---|"
    for code in codes:
        message = template_of(code, "es").replace("|", "\\|").replace("{", "‹").replace("}", "›")
        yield f"| `{code}` | {message} |"
