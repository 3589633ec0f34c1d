"""The kinds of columns that a sheet is declared with. A column's rule, limits and synonyms are data: they drive header
matching, validation, templates, documentation and the API.
"""

from __future__ import annotations

import copy
import datetime as dt
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cached_property
from typing import ClassVar, Final, Literal, Self

from bulk_upload.sheet.bilingual_text import Text
from bulk_upload.sheet.date_values import date_parser, looks_like_a_date
from bulk_upload.sheet.gtins import LONGEST
from bulk_upload.sheet.value_shapes import Shape, gtin, matching
from bulk_upload.sheet.values import (
    Parser,
    Value,
    code_parser,
    decimal_parser,
    gtin_parser,
    id_parser,
    integer_parser,
    parse_boolean,
    pattern_parser,
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


class ColumnDefaults:
    """What a column has unless its kind has fields for it. `default` is what a new row gets for a blank cell."""

    required: bool = True
    default: Value | None = ""
    fallbacks: Sequence[str] = ()
    max_length: int | None = None
    minimum: int | None = None
    maximum: int | None = None
    upper: bool = False
    addressable: bool = False
    pattern: str = ""
    earliest: dt.date | None = None
    latest: dt.date | None = None
    # How one file writes the column's values, where a mapping says so.
    decimal_sign: str = ""
    date_order: str = ""


@dataclass(eq=False, kw_only=True)
class Column(ColumnDefaults):
    """One column of a sheet.

    `name` is the header, the field of the model and the key in JSON. `rule` says in both languages what belongs there,
    `example` is a valid cell. A cell may be blank unless the column is `required`; a new row then gets `default`, and
    an update leaves what the row has. `synonyms` are other headers, matched without regard to case, accents, spaces,
    ``_``, ``-``, question marks and units in brackets. `fallbacks` are headers that name the column only when no other
    header does; those of a required column may be an optional column's own, which then is not there.
    `max_length` bounds texts (in characters), which match the regular expression `pattern` as a whole, `minimum` and
    `maximum` numbers, `earliest` and `latest` dates. An unknown column of a file is suggested for this one when its
    values have the `shape`.
    """

    kind: ClassVar[Kind]

    name: str = field(kw_only=False)
    rule: Text
    example: str | int | bool | float
    synonyms: Sequence[str] = ()
    shape: Shape | None = None

    @cached_property
    def parse(self) -> Parser:
        raise NotImplementedError

    @property
    def usual_shape(self) -> Shape | None:
        """The `shape`, or the one that columns of this kind have."""
        return self.shape or (matching(self.pattern) if self.pattern else None)

    def written_with(self, *, decimal_sign: str = "", date_order: str = "") -> Self:
        """The column in a file that writes its decimals, or its dates, in this way."""
        column = copy.copy(self)
        vars(column).pop("parse", None)
        column.decimal_sign, column.date_order = decimal_sign, date_order
        return column

    @property
    def own_problems(self) -> Collection[str]:
        """The codes of problems that only some columns have, this one among them."""
        return ["wrong_form"] if self.pattern else []


@dataclass(eq=False, kw_only=True)
class CodeColumn(Column):
    """A code, kept exactly as it is written. One that is `addressable` fits into the path of a URL."""

    kind = "code"

    max_length: int = field(kw_only=False)
    required: bool = True
    upper: bool = False
    addressable: bool = False
    fallbacks: Sequence[str] = ()

    @cached_property
    def parse(self) -> Parser:
        return id_parser(self.max_length) if self.addressable else code_parser(self.max_length, upper=self.upper)


@dataclass(eq=False, kw_only=True)
class GtinColumn(CodeColumn):
    """A GTIN: a code of 8, 12, 13 or 14 digits, the last of which is right."""

    max_length: int = field(default=LONGEST, init=False)

    @cached_property
    def parse(self) -> Parser:
        return gtin_parser()

    @property
    def usual_shape(self) -> Shape | None:
        return self.shape or gtin

    @property
    def own_problems(self) -> Collection[str]:
        return ["not_a_gtin", "wrong_check_digit"]


@dataclass(eq=False, kw_only=True)
class TextColumn(Column):
    """Text in NFC, without blanks at its ends; in capitals if it is `upper`."""

    kind = "text"

    max_length: int = field(kw_only=False)
    required: bool = True
    upper: bool = False
    pattern: str = ""
    fallbacks: Sequence[str] = ()

    @cached_property
    def parse(self) -> Parser:
        if self.pattern:
            return pattern_parser(self.pattern, str(self.example), self.max_length, upper=self.upper)
        return text_parser(self.max_length, upper=self.upper)


@dataclass(eq=False, kw_only=True)
class DecimalColumn(Column):
    """An exact number with at most `digits` digits, `places` of them after the point; without a `minimum` zero or more.

    Without a value an optional column is null.
    """

    kind = "decimal"
    default = None

    digits: int = field(kw_only=False)
    places: int = field(kw_only=False)
    required: bool = True
    minimum: int = 0
    maximum: int | None = None

    def __post_init__(self) -> None:
        longest = Decimal(10**self.digits - 1).scaleb(-self.places)
        self.largest = longest if self.maximum is None else Decimal(self.maximum)
        self.maximum = int(self.largest)

    @cached_property
    def parse(self) -> Parser:
        return decimal_parser(self.places, self.minimum, self.largest, self.decimal_sign)


@dataclass(eq=False, kw_only=True)
class IntegerColumn(Column):
    """A whole number; optional when it has a default."""

    kind = "integer"

    minimum: int = 0
    maximum: int = LARGEST_INTEGER
    default: int | None = None

    def __post_init__(self) -> None:
        self.required = self.default is None
        self.default = self.default or 0

    @cached_property
    def parse(self) -> Parser:
        return integer_parser(self.minimum, self.maximum, self.decimal_sign)


@dataclass(eq=False, kw_only=True)
class BooleanColumn(Column):
    """Yes or no; always optional."""

    kind = "boolean"
    required = False

    default: bool
    example: str = "sí"

    @cached_property
    def parse(self) -> Parser:
        return parse_boolean


@dataclass(eq=False, kw_only=True)
class DateColumn(Column):
    """A day from `earliest` to `latest`. Without one an optional column is null."""

    kind = "date"
    default = None

    required: bool = True
    earliest: dt.date = EARLIEST
    latest: dt.date = LATEST

    @cached_property
    def parse(self) -> Parser:
        return date_parser(self.earliest, self.latest, self.date_order)

    @property
    def usual_shape(self) -> Shape | None:
        return self.shape or looks_like_a_date
