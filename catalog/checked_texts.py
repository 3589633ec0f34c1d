"""Texts that a person or a client writes, by the rules of the sheet; what breaks them is said in words."""

from __future__ import annotations

from collections.abc import Callable

from django.core.exceptions import ValidationError
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from bulk_upload.sheet.columns import Column
from bulk_upload.sheet.problems import CellProblem
from bulk_upload.sheet.text_cleaning import BadCharacter
from bulk_upload.wording import text_of


def checked(clean: Callable[[str], str], text: str) -> str:
    """`clean(text)`. Raises `ValidationError` for a character that must not be there."""
    try:
        return clean(text)
    except BadCharacter as bad:
        where = {"character": bad.character, "place": bad.place}
        raise ValidationError(_message(bad.code) % where, code=bad.code) from None


def parsed(column: Column, text: str) -> str:
    """The text by its column's own rule. Raises `ValidationError`."""
    try:
        return str(column.parse(text))
    except CellProblem as problem:
        message = text_of(problem.code, {"columna": column.name, **problem.params}, get_language() or "")
        raise ValidationError(message, code=problem.code) from None


def _message(code: str) -> str:
    if code == "lost_characters":
        return _("Hay una letra que otro programa perdió («�», en el lugar %(place)s): escriba el valor otra vez.")
    return _("Contiene un carácter invisible (%(character)s, en el lugar %(place)s): escríbalo de nuevo a mano.")
