"""A problem, worded: from the code and the parameters that are stored to what a person reads, in their language."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache, lru_cache
from typing import Final, TypedDict

from django.conf import settings
from django.utils import translation
from django_stubs_ext import StrPromise

from bulk_upload.imports import registry
from bulk_upload.models import RowError
from bulk_upload.problem_texts import ENGINE_TEXTS, ProblemText
from bulk_upload.sheet.bilingual_text import Params
from bulk_upload.sheet.cells import column_letter

# Parameters that are lists of quoted names: they are stored with the quotation marks of Spanish.
QUOTED_LISTS: Final = ("hojas", "parecidas")


class WordedProblem(TypedDict):
    """A problem as people and programs read it; the keys are those of the JSON.

    `fila` is `None` for a problem of no row, `celda` (such as ``G25``) for one of no single cell.
    """

    fila: int | None
    celda: str | None
    columna: str
    gravedad: str
    codigo: str
    mensaje: str
    valor: str


def worded(
    fila: int,
    columna: str,
    codigo: str,
    params: Params,
    valor: str,
    *,
    language: str,
    positions: Mapping[str, int] | None = None,
    severity: str = "",
) -> WordedProblem:
    """One problem in `language`. `positions` says where the sheet's columns stand in the file."""
    return {
        "fila": fila or None,
        "celda": cell_address(positions or {}, columna, fila),
        "columna": columna,
        "gravedad": severity,
        "codigo": codigo,
        "mensaje": text_of(codigo, params, language),
        "valor": valor,
    }


def worded_error(error: RowError, positions: Mapping[str, int], language: str) -> WordedProblem:
    """A stored problem in `language`."""
    return worded(
        error.fila,
        error.columna,
        error.codigo,
        error.params,
        error.valor,
        language=language,
        positions=positions,
        severity=error.severity,
    )


def cell_address(positions: Mapping[str, int], column: str, row: int) -> str | None:
    """Where a problem stands in the sheet, such as ``G25``; `None` when it is of no single cell."""
    position = positions.get(column)
    return f"{column_letter(position)}{row}" if position is not None and row else None


def text_of(code: str, params: Params, language: str) -> str:
    """The sentence for `code` in `language`; the code itself when no release or app that runs here knows it."""
    language = supported(language)
    try:
        template = template_of(code, language)
    except LookupError:
        return code
    quotes = _quotes(language)
    quoted = {name: str(params[name]).translate(quotes) for name in QUOTED_LISTS if name in params} if quotes else {}
    return template.format_map(_Shown({**params, **quoted}))


def title_of(code: str, language: str) -> str:
    """The heading for problems with `code` in `language`; the code itself when it is not known."""
    try:
        return _title_of(code, supported(language))
    except LookupError:
        return code


@lru_cache(maxsize=64)
def supported(language: str) -> str:
    """The language of the catalogues that serves `language`: ``en`` for ``en-gb``, Spanish for one that is missing."""
    try:
        return translation.get_supported_language_variant(language)
    except LookupError:
        return settings.LANGUAGE_CODE


def in_language(text: str | StrPromise, language: str) -> str:
    """A text through `gettext_lazy` in `language`, whichever is active."""
    with translation.override(supported(language)):
        return str(text)


# An export words a million problems: each template is translated once. Unknown codes raise, so they are not kept.
@cache
def template_of(code: str, language: str) -> str:
    """The template for `code` in a supported language. Raises `LookupError`."""
    return in_language(_problem_text(code).text, language)


@cache
def _title_of(code: str, language: str) -> str:
    return in_language(_problem_text(code).title, language)


def _problem_text(code: str) -> ProblemText:
    if code in ENGINE_TEXTS:
        return ENGINE_TEXTS[code]
    for declared in registry.imports.values():
        for texts in (declared.problem_texts, declared.warning_texts):
            if code in texts:
                return texts[code]
    raise LookupError(code)


@cache
def _quotes(language: str) -> dict[int, int]:
    """What takes the place of the Spanish quotation marks; empty when they stay."""
    with translation.override(language):
        marks = translation.gettext("«»")
    return str.maketrans("«»", marks) if marks != "«»" else {}


class _Shown(dict[str, object]):
    """Parameters for a template; one that an older release did not store shows as an ellipsis."""

    def __missing__(self, key: str) -> str:
        return "…"
