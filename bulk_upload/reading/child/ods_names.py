"""Names of OpenDocument's elements and attributes, as expat gives them: namespace, blank, name."""

from __future__ import annotations

from typing import Final

_OASIS: Final = "urn:oasis:names:tc:opendocument:xmlns:"
_OFFICE: Final = f"{_OASIS}office:1.0 "
_TABLE: Final = f"{_OASIS}table:1.0 "
_TEXT: Final = f"{_OASIS}text:1.0 "
_STYLE: Final = f"{_OASIS}style:1.0 "
DRAWING: Final = f"{_OASIS}drawing:1.0 "

STYLE: Final = f"{_STYLE}style"
STYLE_NAME: Final = f"{_STYLE}name"
TABLE_PROPERTIES: Final = f"{_STYLE}table-properties"
DISPLAY: Final = f"{_TABLE}display"

TABLE: Final = f"{_TABLE}table"
TABLE_NAME: Final = f"{_TABLE}name"
TABLE_STYLE: Final = f"{_TABLE}style-name"
ROW: Final = f"{_TABLE}table-row"
ROWS_REPEATED: Final = f"{_TABLE}number-rows-repeated"
CELL: Final = f"{_TABLE}table-cell"
COVERED_CELL: Final = f"{_TABLE}covered-table-cell"
COLUMNS_REPEATED: Final = f"{_TABLE}number-columns-repeated"
ROWS_SPANNED: Final = f"{_TABLE}number-rows-spanned"
COLUMNS_SPANNED: Final = f"{_TABLE}number-columns-spanned"
FORMULA: Final = f"{_TABLE}formula"
SHAPES: Final = f"{_TABLE}shapes"
LINKED: Final = f"{_TABLE}dde-links"
DELETED: Final = f"{_TABLE}tracked-changes"

VALUE_TYPE: Final = f"{_OFFICE}value-type"
VALUE: Final = f"{_OFFICE}value"
STRING_VALUE: Final = f"{_OFFICE}string-value"
BOOLEAN_VALUE: Final = f"{_OFFICE}boolean-value"
DATE_VALUE: Final = f"{_OFFICE}date-value"
TIME_VALUE: Final = f"{_OFFICE}time-value"
ANNOTATION: Final = f"{_OFFICE}annotation"
# LibreOffice says here that a cell is an error.
EXTENDED_TYPE: Final = "urn:org:documentfoundation:names:experimental:calc:xmlns:calcext:1.0 value-type"

PARAGRAPH: Final = f"{_TEXT}p"
SPACES: Final = f"{_TEXT}s"
SPACES_COUNT: Final = f"{_TEXT}c"
TAB: Final = f"{_TEXT}tab"
LINE_BREAK: Final = f"{_TEXT}line-break"
NOTE: Final = f"{_TEXT}note"
READING: Final = f"{_TEXT}ruby-text"

# Attributes that a blank cell may have.
LAYOUT: Final = frozenset([f"{_TABLE}style-name", f"{_TABLE}content-validation-name", COLUMNS_REPEATED])
