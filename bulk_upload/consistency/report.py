"""What was found, a line each, with what was done about it; and the exit status that follows."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from enum import IntEnum
from typing import Final

from bulk_upload.consistency.differences import Difference, Kind

# Lines of one kind that are printed unless all are asked for.
LINES: Final = 50


class ExitStatus(IntEnum):
    AGREES = 0
    DIFFERS = 1
    NOT_SEEN = 2


class Report:
    """Prints as it goes: of a million differences it holds nothing but their number."""

    def __init__(self, write: Callable[[str], object], *, repair: bool, lines: int | None = LINES) -> None:
        self._write = write
        self._repair = repair
        self._lines = lines
        self._found: Counter[Kind] = Counter()
        self._left: Counter[Kind] = Counter()
        self._is_blind = False

    @property
    def status(self) -> ExitStatus:
        if self._is_blind:
            return ExitStatus.NOT_SEEN
        return ExitStatus.DIFFERS if self._left else ExitStatus.AGREES

    def add(self, difference: Difference) -> None:
        """Print a difference, after it was mended if it is to be. Raises what mending raises."""
        kind = difference.kind
        is_mended = bool(self._repair and difference.mend and difference.mend())
        self._found[kind] += 1
        self._left[kind] += not is_mended
        if not self._left[kind]:
            del self._left[kind]
        if self._lines is None or self._found[kind] <= self._lines:
            self._write(f"{difference.text}. {self._outcome(difference, is_mended)}.")

    def note(self, name: str, text: str) -> None:
        self._write(f"[{name}] {text}")

    def away(self, name: str, service: str, error: Exception) -> None:
        """A look that could not be ended."""
        self._is_blind = True
        reason = (str(error).splitlines() or [type(error).__name__])[0]
        text = f"No se pudo mirar hasta el final: {service} no responde ({reason}). Repita la orden después."
        self._write(f"[{name}] {text}")

    def end(self) -> None:
        for kind, count in self._found.items():
            mended = f", reparado: {count - self._left[kind]}" if self._repair else ""
            hidden = "" if self._lines is None or count <= self._lines else f", en la lista: {self._lines}"
            self._write(f"{kind.title[0].upper()}{kind.title[1:]}: {count}{mended}{hidden}")
        if self._is_blind:
            self._write("No todo se pudo mirar.")
        elif not self._found:
            self._write("Base de datos, almacén, colas y caché están de acuerdo.")
        elif not self._left:
            self._write("Todo lo que difería se reparó.")
        else:
            self._write(f"Diferencias que quedan: {self._left.total()}")

    def _outcome(self, difference: Difference, is_mended: bool) -> str:
        kind = difference.kind
        if is_mended:
            return f"Reparado: {kind.repaired}"
        if difference.mend is None:
            return kind.advice
        if self._repair:
            return "No se reparó: un trabajador la tiene ahora, o la cola no la toma; repita la orden"
        return f"Con --repair {kind.repair}"
