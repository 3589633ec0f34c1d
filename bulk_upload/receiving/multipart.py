"""Forms with files, as API and admin read them: file names are read right, or refused in words."""

from __future__ import annotations

import codecs
import re
from collections.abc import Mapping
from typing import Any, Final

from django.http import HttpRequest
from django.http.multipartparser import MultiPartParser
from django.utils.translation import gettext as _

from bulk_upload.receiving.file_names import clean_filename, fault_of
from bulk_upload.receiving.refusals import RefusedUpload

# Longer headers of a part are refused by Django.
LONGEST_HEADER: Final = 1024
HEADER_END: Final = b"\r\n\r\n"
# `filename*=UTF-8''caf%C3%A9.csv`
CHARSET: Final = re.compile(rb"(?<=\*=)[^';\r\n]*(?=')")


class FormParser(MultiPartParser):
    """Django's parser. It would drop a part whose name is not UTF-8, and cut a path down to its last part."""

    def __init__(self, META: Mapping[str, Any], input_data: Any, handlers: Any) -> None:  # noqa: N803  # Django's own name
        # Headers are UTF-8 from here on, whatever the form's own `charset` is; no field of ours needs more than ASCII.
        super().__init__(META, input_data, handlers, "utf-8")
        self._input_data: Any = _Utf8Headers(input_data, vars(self)["_boundary"])

    def sanitize_file_name(self, file_name: str) -> str | None:
        if not file_name.strip():
            return None
        if fault := fault_of(file_name):
            raise RefusedUpload("bad_filename", _refusal(fault))
        return clean_filename(file_name)


def read_by_our_rules(request: HttpRequest) -> None:
    """Let `request`, of which nothing was read yet, read its form by `FormParser`."""

    def parse(META: Mapping[str, Any], post_data: Any) -> Any:  # noqa: N803  # Django's own name
        return FormParser(META, post_data, request.upload_handlers).parse()

    request.parse_file_upload = parse  # type: ignore[method-assign]


def _refusal(fault: str) -> str:
    if fault == "lost_letters":
        return _("El nombre del archivo perdió letras en el camino (no llegó en UTF-8): cámbielo y envíelo otra vez.")
    return _(
        "El nombre del archivo no se admite (tiene rutas, marcas de dirección del texto, más de 255 caracteres o es un "
        "nombre reservado): cámbielo y envíelo otra vez."
    )


class _Utf8Headers:
    """A form's body in which the headers of parts are UTF-8: those of older programs are of Windows-1252."""

    def __init__(self, source: Any, boundary: bytes) -> None:
        self._source = source
        self._delimiter = b"--" + boundary + b"\r\n"
        self._held = b""

    def read(self, size: int = -1) -> bytes:
        while True:
            piece: bytes = self._source.read(size)
            data, self._held = self._held + piece, b""
            ready = self._converted(data, is_last=not piece)
            if ready or not piece:
                return ready

    def _converted(self, data: bytes, *, is_last: bool) -> bytes:
        """`data` but for its end, which is held while a header may go on in the next piece."""
        done: list[bytes] = []
        start = 0
        while (at := data.find(self._delimiter, start)) >= 0:
            end = data.find(HEADER_END, at, at + len(self._delimiter) + LONGEST_HEADER)
            if end < 0 and not is_last and len(data) - at < len(self._delimiter) + LONGEST_HEADER:
                self._held = data[at:]
                return b"".join([*done, data[start:at]])
            end = end if end >= 0 else at + len(self._delimiter)
            done += [data[start:at], _as_utf8(data[at:end])]
            start = end
        keep = len(data) if is_last else max(start, len(data) - len(self._delimiter) + 1)
        self._held = data[keep:]
        return b"".join([*done, data[start:keep]])


def _as_utf8(header: bytes) -> bytes:
    """The header in UTF-8. Django would drop one that names an unknown encoding: it is read as UTF-8, too."""
    header = CHARSET.sub(lambda found: found[0] if _is_encoding(found[0]) else b"UTF-8", header)
    for encoding in ("utf-8", "cp1252", "latin-1"):
        try:
            return header.decode(encoding).encode()
        except UnicodeDecodeError:
            continue
    raise AssertionError("Latin-1 has every byte")


def _is_encoding(name: bytes) -> bool:
    try:
        codecs.lookup(name.decode("ascii"))
    except (LookupError, ValueError):
        return False
    return True
