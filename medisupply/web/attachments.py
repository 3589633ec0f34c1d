"""Files that an answer gives to be saved, to a browser in the admin and to a program that uses the API."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import IO
from urllib.parse import quote

from django.http import FileResponse, StreamingHttpResponse


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file to send: blocks that are made while they are sent, or an opened file that the answer closes.

    `length` in bytes, where it is known; of an opened file it is found out.
    """

    name: str
    content_type: str
    content: Iterable[bytes] | IO[bytes]
    length: int | None = None

    def response(self) -> StreamingHttpResponse:
        """The answer with the file; no browser shows it, guesses what it is, or lets others have it from a cache."""
        kind = FileResponse if hasattr(self.content, "read") else StreamingHttpResponse
        response = kind(self.content, content_type=self.content_type)
        plain = "".join(c if c.isascii() and (c.isalnum() or c in " ._-") else "_" for c in self.name)
        whole = quote(self.name, safe="")
        response["Content-Disposition"] = f"attachment; filename=\"{plain}\"; filename*=UTF-8''{whole}"
        response["X-Content-Type-Options"] = "nosniff"
        response["Cache-Control"] = "private, no-store"
        if self.length is not None:
            response["Content-Length"] = str(self.length)
        return response
