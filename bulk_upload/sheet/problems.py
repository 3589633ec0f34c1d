"""Every error and warning of an upload: its code, and its text in Spanish and English.

Problems are stored as a code with parameters and become text only when somebody reads them, so both
languages always work. The texts are `str.format` templates; a template may use only the parameters
that the code's producer gives. This module knows no Django: the guarded reader uses it too.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from bulk_upload.sheet.file_problems import FILE_PROBLEMS
from bulk_upload.sheet.row_problems import ROW_PROBLEMS, WARNINGS
from bulk_upload.sheet.texts import Params, Text

VALUE_SHOWN: Final = 60
HEADERS_SHOWN: Final = 50


class FileProblem(Exception):
    """The whole file cannot be imported. It will not help to try again: the file must change.

    `code` is a key of `FILE_PROBLEMS`; `params` are the values of its template.
    """

    def __init__(self, code: str, **params: str | int) -> None:
        super().__init__(code, params)
        self.code = code
        self.params = params


class CellProblem(Exception):
    """A value cannot be taken as it stands. `code` is a key of `ROW_PROBLEMS`."""

    def __init__(self, code: str, **params: str | int) -> None:
        super().__init__(code, params)
        self.code = code
        self.params = params


TEXTS: Final[dict[str, Text]] = {**ROW_PROBLEMS, **WARNINGS, **FILE_PROBLEMS}


def text_of(code: str, params: Params, language: str) -> str:
    """The sentence for `code` in `language` (``"en…"`` is English, everything else Spanish)."""
    text = TEXTS.get(code)
    return text.in_language(language, params) if text else code


def headers_found(texts: Iterable[str]) -> dict[str, str | int]:
    """The headers of a file as parameters of its problem: the first `HEADERS_SHOWN`, a line each, and how many."""
    written = [text for text in texts if text]
    return {"encabezados": "\n".join(map(shown, written[:HEADERS_SHOWN])), "cuantos": len(written)}


def shown(value: object) -> str:
    """`value` as it is shown in a message: one line, printable, at most `VALUE_SHOWN` characters."""
    text = str(value)
    # Cut first: a cell may hold 32,767 characters.
    text, end = (text, "") if len(text) <= VALUE_SHOWN else (text[: VALUE_SHOWN - 1], "…")
    return (text if text.isprintable() else "".join(c if c.isprintable() else "�" for c in text)) + end
