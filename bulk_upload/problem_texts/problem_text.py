"""How a problem is called and worded."""

from __future__ import annotations

from dataclasses import dataclass

from django_stubs_ext import StrPromise


@dataclass(frozen=True, slots=True)
class ProblemText:
    """A problem's text for people, both parts through `gettext_lazy`.

    `title` is a heading of a few words. `text` is a sentence, a template for `str.format`; it may use only the
    parameters that the producer of the problem gives.
    """

    title: StrPromise
    text: StrPromise
