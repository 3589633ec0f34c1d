"""The kinds of columns that a sheet is declared with. A column's rule, limits and synonyms are data: they drive header
matching, validation, templates, documentation and the API.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import ClassVar, Final, Literal

from bulk_upload.sheet.bilingual_text import Text
from bulk_upload.sheet.date_values import date_parser
from bulk_upload.sheet.values import (
    Parser,
    Value,
    code_parser,
    decimal_parser,
    id_parser,
    integer_parser,
    matching,
    parse_boolean,
    text_parser,
)

Kind = Literal["code", "text", "decimal", "integer", "boolean", "date"]

# PostgreSQL's integer.
LARGEST_INTEGER: Final = 2_147_483_647
# Days that a person may mean; a year beyond is a slip.
EARLIEST: Final = dt.date(1990, 1, 1)
LATEST: Final = dt.date(2100, 12, 31)

# Two columns that corrected-row workbooks add to the supplier's own. The import ignores their cells, but
# for the first one's, which say which row of the original file a row corrects. Its header also holds the
# original upload's task id: ``_fila_original 5b1e…``.
ORIGINAL_ROW: Final = "_fila_original"
ROW_PROBLEMS: Final = "_errores"


class Column:
    """One column of a sheet.

    `name` is the header, the field of the model and the key in JSON. `rule` says in both languages what belongs there,
    `example` is a valid cell. A cell may be blank unless the column is `required`; a new row then gets `default`, and
    an update leaves what the row has. `synonyms` are other headers, matched without regard to case, accents, spaces,
    ``_``, ``-``, question marks and units in brackets. `fallbacks` are headers that name the column only when no other
    column does. `max_length` bounds texts (in characters), which match the
    regular expression `pattern` as a whole, `minimum` and `maximum` numbers, `earliest` and `latest` dates.
    """

    kind: ClassVar[Kind]

    def __init__(
        self,
        name: str,
        parse: Parser,
        *,
        rule: Text,
        example: str | int | bool | float,
        required: bool = True,
        default: Value | None = "",
        synonyms: Sequence[str] = (),
        fallbacks: Sequence[str] = (),
        max_length: int | None = None,
        minimum: int | None = None,
        maximum: int | None = None,
        upper: bool = False,
        addressable: bool = False,
        pattern: str = "",
        earliest: dt.date | None = None,
        latest: dt.date | None = None,
    ) -> None:
        self.name = name
        self.parse = parse
        self.rule = rule
        self.example = example
        self.required = required
        self.default = default
        self.synonyms = tuple(synonyms)
        self.fallbacks = tuple(fallbacks)
        self.max_length = max_length
        self.minimum = minimum
        self.maximum = maximum
        self.upper = upper
        self.addressable = addressable
        self.pattern = pattern
        self.earliest = earliest
        self.latest = latest

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self.name}>"


class CodeColumn(Column):
    """A code, kept exactly as it is written. One that is `addressable` fits into the path of a URL."""

    kind = "code"

    def __init__(
        self,
        name: str,
        max_length: int,
        *,
        rule: Text,
        example: str,
        required: bool = True,
        upper: bool = False,
        addressable: bool = False,
        synonyms: Sequence[str] = (),
    ) -> None:
        parse = id_parser(max_length) if addressable else code_parser(max_length, upper=upper)
        super().__init__(
            name,
            parse,
            rule=rule,
            example=example,
            required=required,
            synonyms=synonyms,
            max_length=max_length,
            upper=upper,
            addressable=addressable,
        )


class TextColumn(Column):
    """Text in NFC, without blanks at its ends; in capitals if it is `upper`."""

    kind = "text"

    def __init__(
        self,
        name: str,
        max_length: int,
        *,
        rule: Text,
        example: str,
        required: bool = True,
        upper: bool = False,
        pattern: str = "",
        synonyms: Sequence[str] = (),
        fallbacks: Sequence[str] = (),
    ) -> None:
        parse = text_parser(max_length, upper=upper)
        super().__init__(
            name,
            matching(parse, pattern, example) if pattern else parse,
            rule=rule,
            example=example,
            required=required,
            synonyms=synonyms,
            fallbacks=fallbacks,
            max_length=max_length,
            upper=upper,
            pattern=pattern,
        )


class DecimalColumn(Column):
    """An exact number of zero or more, with at most `digits` digits, `places` of them after the point."""

    kind = "decimal"

    def __init__(
        self, name: str, digits: int, places: int, *, rule: Text, example: float, synonyms: Sequence[str] = ()
    ) -> None:
        super().__init__(
            name,
            decimal_parser(digits, places),
            rule=rule,
            example=example,
            synonyms=synonyms,
            minimum=0,
            maximum=10 ** (digits - places) - 1,
        )
        self.digits = digits
        self.places = places


class IntegerColumn(Column):
    """A whole number; optional when it has a default."""

    kind = "integer"

    def __init__(
        self,
        name: str,
        *,
        rule: Text,
        example: int,
        minimum: int = 0,
        maximum: int = LARGEST_INTEGER,
        default: int | None = None,
        synonyms: Sequence[str] = (),
    ) -> None:
        super().__init__(
            name,
            integer_parser(minimum, maximum),
            rule=rule,
            example=example,
            required=default is None,
            default=default or 0,
            synonyms=synonyms,
            minimum=minimum,
            maximum=maximum,
        )


class BooleanColumn(Column):
    """Yes or no; always optional."""

    kind = "boolean"

    def __init__(
        self, name: str, *, default: bool, rule: Text, example: str = "sí", synonyms: Sequence[str] = ()
    ) -> None:
        super().__init__(
            name, parse_boolean, rule=rule, example=example, required=False, default=default, synonyms=synonyms
        )


class DateColumn(Column):
    """A day from `earliest` to `latest`. Without one an optional column is null."""

    kind = "date"

    def __init__(
        self,
        name: str,
        *,
        rule: Text,
        example: str,
        required: bool = True,
        earliest: dt.date = EARLIEST,
        latest: dt.date = LATEST,
        synonyms: Sequence[str] = (),
    ) -> None:
        super().__init__(
            name,
            date_parser(earliest, latest),
            rule=rule,
            example=example,
            required=required,
            default=None,
            synonyms=synonyms,
            earliest=earliest,
            latest=latest,
        )
