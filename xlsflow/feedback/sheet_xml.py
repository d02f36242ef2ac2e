"""Parses a worksheet part into byte offsets of its rows and cells, and makes the edits that change or add cells."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from pyexpat import ParserCreate

from xlsflow.feedback.xml_edit import (
    Edit,
    Element,
    attributes_edit,
    child_edit,
    element_end,
    name_prefix,
    run_parser,
    set_attributes,
    start_tag_end,
)
from xlsflow.fileformat.cells import a1
from xlsflow.fileformat.excel_limits import MAX_COLUMNS, MAX_ROWS

# Children of `worksheet` (ECMA-376, CT_Worksheet); Excel reports a corrupt file if they are in another order.
_CHILD_ORDER = (
    "sheetPr", "dimension", "sheetViews", "sheetFormatPr", "cols", "sheetData", "sheetCalcPr", "sheetProtection",
    "protectedRanges", "scenarios", "autoFilter", "sortState", "dataConsolidate", "customSheetViews", "mergeCells",
    "phoneticPr", "conditionalFormatting", "dataValidations", "hyperlinks", "printOptions", "pageMargins", "pageSetup",
    "headerFooter", "rowBreaks", "colBreaks", "customProperties", "cellWatches", "ignoredErrors", "smartTags",
    "drawing", "legacyDrawing", "legacyDrawingHF", "drawingHF", "picture", "oleObjects", "controls", "webPublishItems",
    "tableParts", "extLst",
)  # fmt: skip
_SHEET_DATA = re.compile(rb"<(?:[\w.-]+:)?sheetData\b")
_ALTERNATE_CONTENT = "AlternateContent"
_REF = re.compile(r"\$?([A-Za-z]{1,3})\$?(\d{1,7})")
_ROW_DEPTH, _CELL_DEPTH = 3, 4

# Whether a caller needs a cell, given its row, column and attributes.
_CellFilter = Callable[[int, int, Mapping[str, str]], bool]


@dataclass(slots=True)
class RowXml:
    """One row: its number, from 0, its element, and the requested cells by column."""

    number: int
    tag: Element
    cells: dict[int, Element] = field(default_factory=dict)


@dataclass(slots=True)
class SheetXml:
    """A parsed worksheet part.

    Attributes:
        data: Bytes of the part.
        root: The element `worksheet`, complete except for `sheetData`, whose rows are in `rows`.
        rows: Rows by number, from 0.
    """

    data: bytes
    root: Element
    rows: dict[int, RowXml] = field(default_factory=dict)

    @property
    def prefix(self) -> str:
        """Namespace prefix of the sheet's elements, with its colon; mostly empty."""
        return name_prefix(self.data, self.root)

    def child(self, name: str) -> Element | None:
        """Return the first direct child of the worksheet with a name."""
        return self.root.child(name)

    def insert(self, name: str, new: bytes) -> Edit:
        """Return the edit that inserts a direct child at the position that Excel requires."""
        position = _CHILD_ORDER.index(name)
        for child in self.root.children:
            # Excel wraps form controls in mc:AlternateContent, which takes the place of `controls`.
            number = _CHILD_ORDER.index("controls") if child.name == _ALTERNATE_CONTENT else _child_rank(child.name)
            if number > position:
                return child.start, child.start, new
        return child_edit(self.data, self.root, new)

    def text(self, cell: Element) -> bytes:
        """Return the XML of a cell."""
        return self.data[cell.start : cell.end]


def _child_rank(name: str) -> int:
    # An unknown element ranks first, so that nothing is inserted before it.
    return _CHILD_ORDER.index(name) if name in _CHILD_ORDER else -1


def parse_sheet(data: bytes, is_wanted: _CellFilter) -> SheetXml:
    """Return a sheet with all its rows, and those cells that `is_wanted` selects."""
    return _SheetParser(data, is_wanted, (len(data), len(data))).sheet


def parse_outline(data: bytes) -> SheetXml:
    """Return a sheet without its rows: `sheetData`, nearly all of a large sheet, is skipped unparsed."""
    begins, ends = _SHEET_DATA.search(data), data.rfind(b"sheetData")
    at = start_tag_end(data, begins.start()) if begins else len(data)
    to = data.rfind(b"<", 0, ends)
    # `<sheetData/>` has no end tag: then the last "sheetData" is the start tag itself, and there is nothing to skip.
    return _SheetParser(data, lambda *_: False, (at, to) if at <= to else (len(data), len(data))).sheet


class _SheetParser:
    """Parses a sheet with expat, leaving out a range of bytes."""

    def __init__(self, data: bytes, is_wanted: _CellFilter, gap: tuple[int, int]) -> None:
        self.sheet = SheetXml(data, Element("", {}, 0))
        self._data, self._is_wanted = data, is_wanted
        self._skipped = 0
        self._open: list[Element | None] = []
        self._row: RowXml | None = None
        self._number = self._col = -1
        parser = self._parser = ParserCreate("utf-8")
        parser.StartElementHandler, parser.EndElementHandler = self._start, self._end
        run_parser(parser, data[: gap[0]], last=gap[0] == gap[1])
        if gap[0] < gap[1]:
            self._skipped = gap[1] - gap[0]
            run_parser(parser, data[gap[1] :])
        # The handlers are bound methods: they would keep parser and sheet alive in a reference cycle.
        parser.StartElementHandler = parser.EndElementHandler = None

    def _start(self, qualified: str, attrs: dict[str, str]) -> None:
        name = qualified.rpartition(":")[2]
        depth = len(self._open) + 1
        above = self._open[-1] if self._open else None
        inside = len(self._open) > 1 and self._open[1] is not None and self._open[1].name == "sheetData"
        tag: Element | None = None
        if not inside:
            tag = self._tag(name, attrs)
            if above is None:
                self.sheet.root = tag
            else:
                above.children.append(tag)
        elif depth == _ROW_DEPTH and name == "row":
            tag = self._tag(name, attrs)
            # Row numbers and cell references are optional in OOXML; without one, a row or cell follows the last.
            self._number = int(attrs["r"]) - 1 if attrs.get("r", "").isdigit() else self._number + 1
            self._col = -1
            self._row = self.sheet.rows.setdefault(self._number, RowXml(self._number, tag))
        elif depth == _CELL_DEPTH and name == "c":
            position = parse_reference(attrs["r"]) if "r" in attrs else None
            self._col = position[1] if position else self._col + 1
            if self._row is not None and self._is_wanted(self._number, self._col, attrs):
                tag = self._row.cells[self._col] = self._tag(name, attrs)
        self._open.append(tag)

    def _tag(self, name: str, attrs: dict[str, str]) -> Element:
        at = self._parser.CurrentByteIndex + self._skipped
        return Element(name, attrs, at, start_tag_end(self._data, at))

    def _end(self, _: str) -> None:
        tag = self._open.pop()
        if tag is not None:
            tag.content_end, tag.end = element_end(
                self._data, tag.content_start, self._parser.CurrentByteIndex + self._skipped
            )


def parse_reference(ref: str) -> tuple[int, int] | None:
    """Return row and column, from 0, of a cell reference; None if it is invalid.

    >>> parse_reference("B3")
    (2, 1)
    """
    found = _REF.fullmatch(ref.strip())
    if not found:
        return None
    col = 0
    for letter in found[1].upper():
        col = col * 26 + ord(letter) - 64
    row, col = int(found[2]) - 1, col - 1
    return (row, col) if 0 <= row < MAX_ROWS and col < MAX_COLUMNS else None


def parse_area(ref: str) -> tuple[int, int, int, int] | None:
    """Return first row, first column, last row and last column of a range or a cell; None if it is invalid."""
    first, _, last = ref.partition(":")
    start, end = parse_reference(first), parse_reference(last or first)
    if not start or not end:
        return None
    return min(start[0], end[0]), min(start[1], end[1]), max(start[0], end[0]), max(start[1], end[1])


@dataclass(slots=True)
class CellChange:
    """A change of one cell.

    Attributes:
        style: New style index; None keeps the present one.
        inner: New contents; None keeps the present ones.
    """

    style: int | None = None
    inner: bytes | None = None


def cell_edits(sheet: SheetXml, changes: Mapping[tuple[int, int], CellChange]) -> list[Edit]:
    """Return the edits that change cells; absent cells and rows are inserted in order.

    The sheet must have been parsed with all cells of the rows concerned.
    """
    by_row: dict[int, dict[int, CellChange]] = {}
    for (row, col), change in changes.items():
        by_row.setdefault(row, {})[col] = change
    edits: list[Edit] = []
    missing = {number: cells for number, cells in by_row.items() if number not in sheet.rows}
    for number in by_row.keys() - missing.keys():
        edits += _row_edits(sheet, sheet.rows[number], by_row[number])
    return edits + _new_rows(sheet, missing)


def _row_edits(sheet: SheetXml, row: RowXml, changes: Mapping[int, CellChange]) -> list[Edit]:
    edits: list[Edit] = []
    new: dict[int, bytes] = {}
    for col, change in changes.items():
        cell = row.cells.get(col)
        if cell is None:
            new[col] = _new_cell(sheet, row.number, col, change)
        else:
            edits.append(_change_cell(sheet, cell, a1(row.number, col), change))
    if not new:
        return edits
    named: set[int] = set()
    # A row written as one tag has no cells, so no order is to be kept.
    if row.tag.self_closing:
        inside = b"".join(new[col] for col in sorted(new))
        return [child_edit(sheet.data, row.tag, inside)]
    replaced = {edit[0] for edit in edits}
    for col in sorted(new):
        following = next((c for c in sorted(row.cells) if c > col), None)
        at = row.tag.content_end if following is None else row.cells[following].start
        edits.append((at, at, new[col]))
        # A cell without `r` is located by the cell before it, which is a different one after the insertion.
        if following is not None and "r" not in row.cells[following].attrs and following not in named:
            named.add(following)
            cell = row.cells[following]
            # A cell that is itself changed gets its `r` with that change.
            if cell.start not in replaced:
                edits.append(attributes_edit(sheet.data, cell, r=a1(row.number, following)))
    edits += _spans_edits(sheet, row, max(new))
    return edits


def _spans_edits(sheet: SheetXml, row: RowXml, last: int) -> list[Edit]:
    """Return the edit that removes `spans` from a row that has grown beyond them."""
    spans = row.tag.attrs.get("spans", "")
    first, _, end = spans.partition(":")
    if not (first.isdigit() and end.isdigit()) or int(first) <= last + 1 <= int(end):
        return []
    return [_row_number_edit(sheet, row)]


def _row_number_edit(sheet: SheetXml, row: RowXml) -> Edit:
    """Return the edit that gives a row its number and removes its `spans`, an optional hint."""
    return attributes_edit(sheet.data, row.tag, r=row.number + 1, spans=None)


def _change_cell(sheet: SheetXml, cell: Element, ref: str, change: CellChange) -> Edit:
    head = set_attributes(sheet.data[cell.start : cell.content_start], r=ref)
    if change.style is not None:
        head = set_attributes(head, s=change.style)
    if change.inner is None:
        return cell.start, cell.content_start, head
    # `cm` and `vm` refer to metadata of array formulas and rich values, which the new text does not have.
    head = set_attributes(head, t="inlineStr", cm=None, vm=None)
    name = f"{sheet.prefix}c".encode()
    head = head if not head.endswith(b"/>") else head[:-2] + b">"
    return cell.start, cell.end, head + change.inner + b"</" + name + b">"


def _new_cell(sheet: SheetXml, row: int, col: int, change: CellChange) -> bytes:
    name = f"{sheet.prefix}c"
    style = f' s="{change.style}"' if change.style is not None else ""
    if not change.inner:
        return f'<{name} r="{a1(row, col)}"{style}/>'.encode()
    return f'<{name} r="{a1(row, col)}"{style} t="inlineStr">'.encode() + change.inner + f"</{name}>".encode()


def _new_rows(sheet: SheetXml, missing: Mapping[int, Mapping[int, CellChange]]) -> list[Edit]:
    """Return the edits that insert rows before the first existing row with a higher number, else at the end."""
    data = sheet.child("sheetData")
    if data is None or not missing:
        return []
    edits: list[Edit] = []
    appended = b""
    for number in sorted(missing):
        cells = b"".join(_new_cell(sheet, number, col, missing[number][col]) for col in sorted(missing[number]))
        row = f'<{sheet.prefix}row r="{number + 1}">'.encode() + cells + f"</{sheet.prefix}row>".encode()
        following = min((n for n in sheet.rows if n > number), default=None)
        if following is None:
            appended += row
            continue
        next_row = sheet.rows[following]
        edits.append((next_row.tag.start, next_row.tag.start, row))
        # Like a cell, a row without a number is located by the row before it.
        if "r" not in next_row.tag.attrs:
            edits.append(_row_number_edit(sheet, next_row))
    if appended:
        edits.append(child_edit(sheet.data, data, appended))
    return edits


def without_overlaps(edits: Iterable[Edit]) -> list[Edit]:
    """Return the edits without duplicates: of two that replace the same bytes, the later one counts."""
    replacements: dict[tuple[int, int], Edit] = {}
    insertions: list[Edit] = []
    for edit in edits:
        if edit[0] == edit[1]:
            insertions.append(edit)
        else:
            replacements[edit[0], edit[1]] = edit
    return insertions + list(replacements.values())
