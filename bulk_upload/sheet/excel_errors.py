"""The errors that spreadsheet programs write into cells: Excel, LibreOffice and Google, in Spanish and English.

A CSV holds them as text, and so does a cell into which one was pasted. Knows no Django.
"""

from __future__ import annotations

import re
from typing import Final

_WORDS: Final = (
    # English
    *("REF", "VALUE", "DIV/0", "NAME", "NUM", "NULL", "SPILL", "CALC", "FIELD", "BUSY", "BLOCKED", "CONNECT"),
    *("ERROR", "UNKNOWN", "EXTERNAL", "PYTHON", "TIMEOUT", "N/A"),
    # Spanish
    *("VALOR", "NOMBRE", "NULO", "DESBORDAMIENTO", "CÁLCULO", "CALCULO", "CALCULAR", "CAMPO", "OCUPADO", "BLOQUEADO"),
    *("CONECTAR", "CONEXIÓN", "CONEXION", "DESCONOCIDO", "EXTERNO", "N/D"),
)
_WITHOUT_MARK: Final = ("N/A", "N/D", "GETTING_DATA", "OBTENIENDO_DATOS", "CARGANDO_DATOS")
# ``#REF!``, ``#¡REF!``, ``#¿NOMBRE?``; ``########``, a number in a column too narrow for it.
_ERROR: Final = re.compile(rf"#[¡¿]?(?:{'|'.join(map(re.escape, _WORDS))})[!?]|#(?:{'|'.join(_WITHOUT_MARK)})|#{{3,}}")
# LibreOffice's ``Err:502``.
_NUMBERED: Final = re.compile(r"(?:[Ee]rr|ERR):[0-9]{3}")


def is_error_text(text: str) -> bool:
    """Whether `text` (trimmed) is the error of a cell, in any case."""
    if text[:1] == "#":
        return bool(_ERROR.fullmatch(text.upper()))
    return text[1:4] in ("rr:", "RR:") and bool(_NUMBERED.fullmatch(text))


def may_hold_errors(text: str) -> bool:
    """Whether a part of `text` may be an error: a quick look at a whole column, joined."""
    return "#" in text or "rr:" in text or "RR:" in text
