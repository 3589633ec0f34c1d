"""What counts when two headers are compared.

Headers match without regard to case, accents, surrounding space, invisible characters, question marks, units in
brackets and the choice of ``_``, space or ``-``. Knows no Django; the guarded reader uses it too.
"""

from __future__ import annotations

import re
import unicodedata
from typing import Final

from bulk_upload.sheet.text_cleaning import BLANKS, INVISIBLE

# What people add to a header in brackets: its unit, its form, whether it must be filled in.
_UNITS: Final = frozenset(
    [
        *("unidad", "unidades", "und", "unds", "uds", "un", "u", "dias", "dia", "d", "units", "days"),
        *("s/n", "si/no", "sino", "s", "n", "y/n", "yes/no", "true/false", "verdadero/falso"),
        *("cop", "$", "$cop", "cop$", "pesos", "pesos colombianos", "opcional", "obligatorio", "requerido", "optional"),
        *("required", "texto", "text", "numero", "°c", "oc", "celsius"),
    ]
)
# Characters of a header that are looked at: no known one is nearly as long.
LONGEST: Final = 200
_IN_BRACKETS: Final = re.compile(r"[(\[]([^()\[\]]*)[)\]]")
_IGNORED: Final = re.compile(rf"[\s_\-.:*¿?¡!'\"={re.escape(BLANKS)}]+")


def normal_form(header: str) -> str:
    """`header` reduced to what counts when two headers are compared.

    >>> normal_form(" ¿Requiere Vencimiento? (S/N)"), normal_form("Precio (USD)")
    ('requierevencimiento', 'precio(usd)')
    """
    decomposed = unicodedata.normalize("NFKD", header.strip(BLANKS)[:LONGEST].casefold())
    plain = "".join(c for c in decomposed if not unicodedata.combining(c))
    return _IGNORED.sub("", INVISIBLE.sub("", _IN_BRACKETS.sub(_without_unit, plain)))


def _without_unit(brackets: re.Match[str]) -> str:
    return "" if brackets[1].strip(BLANKS + ".") in _UNITS else brackets[0]
