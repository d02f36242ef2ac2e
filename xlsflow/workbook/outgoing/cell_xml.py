"""Serialises what differs from region to region: values, formulas with their results, notes, sheets of plain texts.

A cell is handled as its tail, which is its XML after the address. Texts are written into the cell (`inlineStr`), so
that the table of shared strings is the same for every region.
"""

from __future__ import annotations

import re
from datetime import date
from functools import lru_cache
from typing import TYPE_CHECKING

from xlsflow.fileformat.cell_notes import (
    COMMENTS_TYPE,
    DRAWING_TYPE,
    NOTE_WIDTH,
    SHAPES_PER_DRAWING,
    note_drawing,
    note_shape,
)
from xlsflow.fileformat.cells import a1, column_letters
from xlsflow.fileformat.excel_limits import MAX_CELL_TEXT, excel_length
from xlsflow.layout.text_metrics import lines_needed
from xlsflow.workbook.consolidated.row_xml import serial_number, text_xml

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

TYPES_PART = "[Content_Types].xml"
NOTES_LINK = '<legacyDrawing r:id="rId1"/>'
"""The element of a sheet that has notes, before its extensions."""

_XML = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_OFFICE, _PACKAGE = (
    "http://schemas.openxmlformats.org/officeDocument/2006",
    "http://schemas.openxmlformats.org/package/2006",
)
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
# Blocks of ids that the other sheets of a workbook do not reach.
_BLOCK_STEP = 256
_MAX_NOTE_LINES = 24
_MARK = re.compile("\ue000(\\w+)\ue001")

_cached_text_xml = lru_cache(maxsize=4096)(text_xml)  # names and labels occur in many cells


def mark(name: str) -> str:
    """Return a placeholder to draw a workbook with, made of private-use characters, which texts do not contain."""
    return f"\ue000{name}\ue001"


def replace_marks(xml: str, values: Mapping[str, str]) -> str:
    """Return XML with its placeholders replaced.

    Args:
        xml: The XML.
        values: Name of a placeholder -> its value, as XML.
    """
    return _MARK.sub(lambda found: values[found[1]], xml)


def escape(text: str) -> str:
    """Return a text as the content of an XML element."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def value_tail(style: str, value: object) -> str:
    """Return the tail of a cell that holds a value.

    Args:
        style: Its style, as an XML attribute after a space.
        value: The value; a text that begins with `=` stays a text.

    Raises:
        ValueError: A text is longer than a cell can hold.
    """
    if value is None or value == "":
        return f"{style}/>"
    if isinstance(value, bool):  # before int, which it is too
        return f'{style} t="b"><v>{value:d}</v></c>'
    if isinstance(value, date):
        value = serial_number(value)
    if isinstance(value, int | float):
        return f"{style}><v>{value + 0:.16G}</v></c>"  # `+ 0` turns -0.0, which equals 0.0, into it
    text = str(value)
    # Excel counts UTF-16 units; to encode every text would take longer than to write it.
    if len(text) > MAX_CELL_TEXT // 2 and excel_length(text) > MAX_CELL_TEXT:
        raise ValueError(f"Excel accepts no such value: {text[:60]}")
    return f'{style} t="inlineStr"><is>{_cached_text_xml(text)}</is></c>'


def formula_tail(style: str, formula: str, result: object) -> str:
    """Return the tail of a cell that holds a formula.

    Args:
        style: Its style, as an XML attribute after a space.
        formula: The formula without its `=`, as XML.
        result: Its result, which programs show that do not calculate.
    """
    if isinstance(result, bool):
        return f'{style} t="b"><f>{formula}</f><v>{result:d}</v></c>'
    if isinstance(result, int | float):
        return f"{style}><f>{formula}</f><v>{result + 0}</v></c>"
    # For an empty result xlsxwriter writes no type either.
    text = "" if result is None else str(result)
    cell_type = ' t="str"' if text else ""
    return f"{style}{cell_type}><f>{formula}</f><v>{escape(text)}</v></c>"


def texts_sheet(before: str, after: str, rows: Sequence[Sequence[str]]) -> str:
    """Return the part of a sheet of plain texts; an empty text has no cell.

    Args:
        before: The XML before the rows.
        after: The XML after them.
        rows: The texts, row by row.
    """
    columns = [column_letters(col) for col in range(max(map(len, rows), default=1))]
    rows_xml = []
    for number, texts in enumerate(rows, start=1):
        cells = [
            f'<c r="{column}{number}" t="inlineStr"><is>{_cached_text_xml(text)}</is></c>'
            for column, text in zip(columns, texts, strict=False)
            if text
        ]
        rows_xml.append(f'<row r="{number}">{"".join(cells)}</row>')
    corner = a1(max(len(rows), 1) - 1, len(columns) - 1)
    head = re.sub(r'<dimension ref="[^"]*"/>', f'<dimension ref="A1:{corner}"/>', before, count=1)
    return f"{head}<sheetData>{''.join(rows_xml)}</sheetData>{after}"


def note_parts(sheet: int, notes: Mapping[tuple[int, int], str], author: str) -> dict[str, str]:
    """Return the parts of the notes of a sheet: texts, boxes, and the links of the sheet to both.

    Args:
        sheet: Number of the sheet, from 0.
        notes: Row and column, from 0 -> text; not empty.
        author: Who they are said to be from.
    """
    number, texts, shapes, blocks = sheet + 1, [], [], dict[int, None]()
    for order, (cell, text) in enumerate(sorted(notes.items())):
        # Excel gives a drawing its ids in blocks, of which the first id stays unused.
        more, index = divmod(order, SHAPES_PER_DRAWING - 1)
        block = number + more * _BLOCK_STEP
        blocks[block] = None
        lines = min(lines_needed(text, NOTE_WIDTH), _MAX_NOTE_LINES)
        shapes.append(note_shape(cell, block * SHAPES_PER_DRAWING + index + 1, order + 1, lines))
        texts.append(
            f'<comment ref="{a1(*cell)}" authorId="0"><text><r><rPr><sz val="9"/><color indexed="81"/>'
            f'<rFont val="Microsoft YaHei"/><family val="2"/></rPr>{_cached_text_xml(text)}</r></text></comment>'
        )
    link = f'<Relationship Id="{{}}" Type="{_OFFICE}/relationships/{{}}" Target="../{{}}"/>'
    drawing, comments = f"drawings/vmlDrawing{number}.vml", f"comments{number}.xml"
    links = link.format("rId1", "vmlDrawing", drawing) + link.format("rId2", "comments", comments)
    return {
        f"xl/{comments}": f'{_XML}<comments xmlns="{_MAIN}"><authors><author>{escape(author)}</author></authors>'
        f"<commentList>{''.join(texts)}</commentList></comments>",
        f"xl/{drawing}": note_drawing(",".join(map(str, blocks)), "".join(shapes)),
        f"xl/worksheets/_rels/sheet{number}.xml.rels": f'{_XML}<Relationships xmlns="{_PACKAGE}/relationships">{links}'
        "</Relationships>",
    }


def with_note_types(content_types: str, sheets: Iterable[int]) -> str:
    """Return the part of the content types with those of the notes of some sheets, by their numbers from 0."""
    default = f'<Default Extension="vml" ContentType="{DRAWING_TYPE}"/>'
    comments = "".join(
        f'<Override PartName="/xl/comments{number + 1}.xml" ContentType="{COMMENTS_TYPE}"/>' for number in sheets
    )
    before, override, after = content_types.replace("</Types>", f"{comments}</Types>").partition("<Override")
    return f"{before}{default}{override}{after}"
