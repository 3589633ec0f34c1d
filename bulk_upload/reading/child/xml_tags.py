"""The start tags of a small XML part, without regard to namespaces.

The strict and the transitional form of ECMA-376 differ in their namespaces only, as far as we read
them. A document type declaration is refused: no workbook has one, and entities live in it.
"""

from __future__ import annotations

from xml.parsers import expat

from bulk_upload.sheet.problems import FileProblem

Tag = tuple[str, dict[str, str]]


def local_name(name: str) -> str:
    """`name` as expat gives it (namespace, blank, name), without its namespace."""
    return name.rpartition(" ")[2]


def new_parser() -> expat.XMLParserType:
    """A parser that names elements and attributes with namespaces and refuses a DTD."""
    parser = expat.ParserCreate(namespace_separator=" ")
    parser.buffer_text = True
    parser.StartDoctypeDeclHandler = refuse
    return parser


def start_tags(data: bytes) -> list[Tag]:
    """Every element of `data` in document order: its local name, and its attributes by local name."""
    tags: list[Tag] = []

    def start(name: str, attributes: dict[str, str]) -> None:
        tags.append((local_name(name), {local_name(key): value for key, value in attributes.items()}))

    parser = new_parser()
    parser.StartElementHandler = start
    try:
        parser.Parse(data, True)
    except expat.ExpatError as error:
        raise FileProblem("damaged_file") from error
    return tags


def refuse(*_: object) -> None:
    raise FileProblem("damaged_file")
