"""The boxes in which a spreadsheet program shows the notes (comments) of cells: shapes of a VML drawing.

The text of a note is in a part of its own; without a box, Excel does not show it.
"""

from __future__ import annotations

COMMENTS_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.comments+xml"
"""Content type of the part with the texts."""

DRAWING_TYPE = "application/vnd.openxmlformats-officedocument.vmlDrawing"
"""Content type of the part with the boxes."""

NOTE_WIDTH = 40.0
"""Characters on a line of a box, which is 210 pt wide."""

SHAPES_PER_DRAWING = 1024
"""Ids of shapes come in blocks; a drawing lists the numbers of those that it uses."""

_DRAWING_XML = (
    '<xml xmlns:v="urn:schemas-microsoft-com:vml" xmlns:o="urn:schemas-microsoft-com:office:office"'
    ' xmlns:x="urn:schemas-microsoft-com:office:excel"><o:shapelayout v:ext="edit">'
    '<o:idmap v:ext="edit" data="{blocks}"/></o:shapelayout>'
    '<v:shapetype id="_x0000_t202" coordsize="21600,21600" o:spt="202" path="m,l,21600r21600,l21600,xe">'
    '<v:stroke joinstyle="miter"/><v:path gradientshapeok="t" o:connecttype="rect"/></v:shapetype>{shapes}</xml>'
)
_SHAPE_XML = (
    '<v:shape id="_x0000_s{number}" type="#_x0000_t202" style="position:absolute;margin-left:60pt;margin-top:2pt;'
    'width:210pt;height:{height}pt;z-index:{order};visibility:hidden" fillcolor="#ffffe1" o:insetmode="auto">'
    '<v:fill color2="#ffffe1"/><v:shadow on="t" color="black" obscured="t"/><v:path o:connecttype="none"/>'
    '<v:textbox style="mso-direction-alt:auto"><div style="text-align:left"></div></v:textbox>'
    '<x:ClientData ObjectType="Note"><x:MoveWithCells/><x:SizeWithCells/>'
    "<x:Anchor>{left}, 15, {top}, 4, {right}, 15, {bottom}, 4</x:Anchor><x:AutoFill>False</x:AutoFill>"
    "<x:Row>{row}</x:Row><x:Column>{col}</x:Column></x:ClientData></v:shape>"
)


def note_drawing(blocks: str, shapes: str = "") -> str:
    """Return the part of a drawing.

    Args:
        blocks: Numbers of the blocks of ids that its shapes use, separated by commas.
        shapes: Its boxes.
    """
    return _DRAWING_XML.format(blocks=blocks, shapes=shapes)


def note_shape(cell: tuple[int, int], number: int, order: int, lines: int) -> str:
    """Return the box of a note, to the right of its cell.

    Args:
        cell: Row and column, from 0.
        number: Number of the shape, which occurs once in a workbook.
        order: Its place among the boxes of the sheet, from 1.
        lines: Number of lines of the text.
    """
    (row, col), top = cell, max(cell[0] - 1, 0)
    facts = {"number": number, "order": order, "row": row, "col": col, "height": 14 * lines + 8}
    return _SHAPE_XML.format(**facts, left=col + 1, right=col + 4, top=top, bottom=top + lines)
