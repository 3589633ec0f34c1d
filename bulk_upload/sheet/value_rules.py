"""Warnings about the value of one column, for a sheet's `checks`: the row is imported all the same."""

from __future__ import annotations

import datetime
import re
from collections.abc import Sequence

from bulk_upload.sheet.bilingual_text import Params
from bulk_upload.sheet.cross_column_rules import Finding, Rule
from bulk_upload.sheet.problems import shown
from bulk_upload.sheet.values import Value


class UsualForm(Rule):
    """A warning where a text does not match the regular expression `pattern` as a whole, as `example` does."""

    is_warning = True
    codes = ("unusual_form",)

    def __init__(self, column: str, pattern: str, *, example: str) -> None:
        super().__init__(column)
        self._form = re.compile(pattern)
        self._example = example

    def find(self, values: Sequence[Value | None]) -> Finding | None:
        (text,) = values
        if text in ("", None) or self._form.fullmatch(str(text)):
            return None
        params: Params = {"columna": self.columns[0], "valor": shown(text), "ejemplo": self._example}
        return Finding(self.columns[0], "unusual_form", params, shown(text))


class NotPast(Rule):
    """A warning where a day is before today, by the clock and the time zone of the process."""

    is_warning = True
    codes = ("past_date",)

    def find(self, values: Sequence[Value | None]) -> Finding | None:
        (day,) = values
        if not isinstance(day, datetime.date) or day >= datetime.date.today():  # noqa: DTZ011  # the site's time zone
            return None
        return Finding(self.columns[0], "past_date", {"columna": self.columns[0], "valor": str(day)}, str(day))
