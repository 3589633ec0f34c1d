"""The small parts of a workbook's package, as XML: all that is not a row."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Final
from xml.sax.saxutils import escape, quoteattr

if TYPE_CHECKING:
    from bulk_upload.workbooks.xlsx import Note, Style

FONT: Final = "Calibri"
AUTHOR: Final = "MediSupply"

# What XML cannot hold or keep, and what would be taken for an escape: both are written as ``_x0007_``.
_ESCAPED: Final = re.compile("[\x00-\x08\x0b-\x1f\ud800-\udfff\ufffe\uffff]|_(?=x[0-9A-Fa-f]{4}_)")
_SPECIAL: Final = re.compile(f"[&<>]|{_ESCAPED.pattern}")

_HEAD: Final = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_MAIN: Final = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_OFFICE: Final = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE: Final = "http://schemas.openxmlformats.org/package/2006"
_TYPES: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml"


def escaped(text: str) -> str:
    """`text` as the XML of a workbook holds it."""
    if _SPECIAL.search(text) is None:  # most texts
        return text
    return escape(_ESCAPED.sub(lambda found: f"_x{ord(found[0]):04X}_", text))


def _relations(*targets: tuple[str, str]) -> str:
    """Relations ``rId1``, ``rId2``… to (kind, target)."""
    lines = "".join(
        f'<Relationship Id="rId{number}" Type="{_OFFICE}/{kind}" Target="{target}"/>'
        for number, (kind, target) in enumerate(targets, 1)
    )
    return f'{_HEAD}<Relationships xmlns="{_PACKAGE}/relationships">{lines}</Relationships>'


PACKAGE_RELATIONS: Final = _relations(("officeDocument", "xl/workbook.xml"))


def workbook(names: Sequence[str]) -> str:
    """The list of sheets; `names` are quoted attributes."""
    sheets = "".join(f'<sheet name={name} sheetId="{n}" r:id="rId{n}"/>' for n, name in enumerate(names, 1))
    return f'{_HEAD}<workbook xmlns="{_MAIN}" xmlns:r="{_OFFICE}"><sheets>{sheets}</sheets></workbook>'


def workbook_relations(sheets: int) -> str:
    found = [("worksheet", f"worksheets/sheet{number}.xml") for number in range(1, sheets + 1)]
    return _relations(*found, ("styles", "styles.xml"))


def content_types(sheets: int, with_notes: Sequence[int]) -> str:
    parts = [
        ("/xl/workbook.xml", "sheet.main"),
        ("/xl/styles.xml", "styles"),
        *((f"/xl/worksheets/sheet{number}.xml", "worksheet") for number in range(1, sheets + 1)),
        *((f"/xl/comments{number}.xml", "comments") for number in with_notes),
    ]
    overrides = "".join(f'<Override PartName="{path}" ContentType="{_TYPES}.{kind}+xml"/>' for path, kind in parts)
    return (
        f'{_HEAD}<Types xmlns="{_PACKAGE}/content-types">'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        '<Default Extension="vml" ContentType="application/vnd.openxmlformats-officedocument.vmlDrawing"/>'
        f'<Default Extension="xml" ContentType="application/xml"/>{overrides}</Types>'
    )


def sheet_head(widths: Sequence[float], *, landscape: bool) -> str:
    """All before the rows: the first row stays in sight, columns have their widths."""
    columns = "".join(
        f'<col min="{number}" max="{number}" width="{width}" customWidth="1"/>'
        for number, width in enumerate(widths, 1)
    )
    return (
        f'{_HEAD}<worksheet xmlns="{_MAIN}" xmlns:r="{_OFFICE}">'
        + ('<sheetPr><pageSetUpPr fitToPage="1"/></sheetPr>' if landscape else "")
        + '<sheetViews><sheetView workbookViewId="0"><pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" '
        'state="frozen"/></sheetView></sheetViews>' + (f"<cols>{columns}</cols>" if columns else "") + "<sheetData>"
    )


def sheet_tail(*, landscape: bool, notes: bool) -> str:
    # Printed, or made a PDF of, a row stays on one sheet of paper.
    page = '<pageSetup orientation="landscape" fitToHeight="0"/>' if landscape else ""
    return "</sheetData>" + page + ('<legacyDrawing r:id="rId1"/>' if notes else "") + "</worksheet>"


def sheet_relations(number: int) -> str:
    return _relations(("vmlDrawing", f"../drawings/notes{number}.vml"), ("comments", f"../comments{number}.xml"))


def notes(found: Sequence[Note]) -> Iterator[str]:
    """The texts of a sheet's notes, in pieces."""
    yield f'{_HEAD}<comments xmlns="{_MAIN}"><authors><author>{AUTHOR}</author></authors><commentList>'
    for note in found:
        text = f'<text><t xml:space="preserve">{escaped(note.text)}</t></text>'
        yield f'<comment ref="{note.place}" authorId="0">{text}</comment>'
    yield "</commentList></comments>"


def note_shapes(found: Sequence[Note]) -> Iterator[str]:
    """The boxes of a sheet's notes, in pieces, in the old language that Excel still wants them in."""
    boxes = (
        f'<v:shape id="_x0000_s{1024 + number}" type="#_x0000_t202" style="position:absolute;margin-left:59.25pt;'
        f'margin-top:1.5pt;width:{note.width}px;height:{note.height}px;z-index:1;visibility:hidden" '
        'fillcolor="#ffffe1" o:insetmode="auto"><v:fill color2="#ffffe1"/><v:shadow color="black" obscured="t"/>'
        '<v:path o:connecttype="none"/><v:textbox style="mso-direction-alt:auto"><div style="text-align:left"/>'
        '</v:textbox><x:ClientData ObjectType="Note"><x:MoveWithCells/><x:SizeWithCells/><x:AutoFill>False</x:AutoFill>'
        f"<x:Row>{note.row - 1}</x:Row><x:Column>{note.column - 1}</x:Column></x:ClientData></v:shape>"
        for number, note in enumerate(found, 1)
    )
    blocks = ",".join(str(1 + number) for number in range(1 + len(found) // 1024))  # of 1024 names each
    yield (
        '<xml xmlns:v="urn:schemas-microsoft-com:vml" xmlns:o="urn:schemas-microsoft-com:office:office" '
        'xmlns:x="urn:schemas-microsoft-com:office:excel"><o:shapelayout v:ext="edit">'
        f'<o:idmap v:ext="edit" data="{blocks}"/>'
        '</o:shapelayout><v:shapetype id="_x0000_t202" coordsize="21600,21600" o:spt="202" '
        'path="m,l,21600r21600,l21600,xe"><v:stroke joinstyle="miter"/><v:path gradientshapeok="t" '
        'o:connecttype="rect"/></v:shapetype>'
    )
    yield from boxes
    yield "</xml>"


def styles(used: Sequence[Style]) -> str:
    """The styles by their numbers, each with a font and a filling of its own."""
    formats = {style.number_format for style in used} - {"General", "@"}
    numbers = {"General": 0, "@": 49, **{code: 164 + n for n, code in enumerate(sorted(formats))}}
    codes = "".join(f'<numFmt numFmtId="{numbers[c]}" formatCode={quoteattr(c)}/>' for c in sorted(formats))
    fonts = "".join(map(_font, used))
    fills = "".join(map(_fill, used))
    cells = "".join(_cell(number, style, numbers[style.number_format]) for number, style in enumerate(used))
    return (
        f'{_HEAD}<styleSheet xmlns="{_MAIN}">'
        + (f'<numFmts count="{len(formats)}">{codes}</numFmts>' if formats else "")
        + f'<fonts count="{len(used)}">{fonts}</fonts>'
        # The first two are Excel's own, whatever stands there.
        f'<fills count="{len(used) + 2}"><fill><patternFill patternType="none"/></fill>'
        f'<fill><patternFill patternType="gray125"/></fill>{fills}</fills>'
        '<borders count="1"><border><left/><right/><top/><bottom/><diagonal/></border></borders>'
        '<cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs>'
        f'<cellXfs count="{len(used)}">{cells}</cellXfs>'
        '<cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles></styleSheet>'
    )


def _font(style: Style) -> str:
    bold = "<b/>" if style.bold else ""
    color = f'<color rgb="00{style.color}"/>' if style.color else ""
    return f'<font>{bold}<sz val="11"/>{color}<name val="{FONT}"/><family val="2"/></font>'


def _fill(style: Style) -> str:
    if not style.fill:
        return '<fill><patternFill patternType="none"/></fill>'
    return (
        f'<fill><patternFill patternType="solid"><fgColor rgb="00{style.fill}"/><bgColor indexed="64"/></patternFill>'
        "</fill>"
    )


def _cell(number: int, style: Style, number_format: int) -> str:
    fill = number + 2 if style.fill else 0
    quoted = ' quotePrefix="1"' if style.quoted else ""
    applied = 'applyNumberFormat="1" applyFont="1" applyFill="1"'
    head = f'<xf numFmtId="{number_format}" fontId="{number}" fillId="{fill}" borderId="0" xfId="0" {applied}{quoted}'
    return f'{head} applyAlignment="1"><alignment vertical="top" wrapText="1"/></xf>' if style.wrap else f"{head}/>"
