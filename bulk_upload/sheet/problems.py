"""What is wrong with a file or a cell: a code with parameters. Knows no Django: the guarded reader uses it too.

Problems are stored so, and become text only when somebody reads them: see `bulk_upload.wording`.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

VALUE_SHOWN: Final = 60
HEADERS_SHOWN: Final = 50


class FileProblem(Exception):
    """The whole file cannot be imported. It will not help to try again: the file must change.

    `code` is a key of `problem_texts.FILE_TEXTS`; `params` are the values of its template.
    """

    def __init__(self, code: str, **params: str | int) -> None:
        super().__init__(code, params)
        self.code = code
        self.params = params


class MappingProblem(Exception):
    """A mapping does not fit the sheet that it is for. `code` is a key of `problem_texts.MAPPING_TEXTS`.

    `cause` says why a constant is refused.
    """

    cause: CellProblem | None = None

    def __init__(self, code: str, **params: str | int) -> None:
        super().__init__(code, params)
        self.code = code
        self.params = params


class CellProblem(Exception):
    """A value cannot be taken as it stands. `code` is one of `problem_codes.ROW_PROBLEMS`."""

    def __init__(self, code: str, **params: str | int) -> None:
        super().__init__(code, params)
        self.code = code
        self.params = params


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
