"""One worksheet as XML: where its rows, cells and other elements stand, and how cells are changed and put in."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from pyexpat import ParserCreate

from xlsflow.feedback.xml_edit import (
    Edit,
    Tag,
    appended,
    closing,
    head_end,
    parsed,
    prefix,
    reheaded,
    with_attrs,
)
from xlsflow.fileformat.cells import a1

ORDER = (
    "sheetPr",
    "dimension",
    "sheetViews",
    "sheetFormatPr",
    "cols",
    "sheetData",
    "sheetCalcPr",
    "sheetProtection",
    "protectedRanges",
    "scenarios",
    "autoFilter",
    "sortState",
    "dataConsolidate",
    "customSheetViews",
    "mergeCells",
    "phoneticPr",
    "conditionalFormatting",
    "dataValidations",
    "hyperlinks",
    "printOptions",
    "pageMargins",
    "pageSetup",
    "headerFooter",
    "rowBreaks",
    "colBreaks",
    "customProperties",
    "cellWatches",
    "ignoredErrors",
    "smartTags",
    "drawing",
    "legacyDrawing",
    "legacyDrawingHF",
    "drawingHF",
    "picture",
    "oleObjects",
    "controls",
    "webPublishItems",
    "tableParts",
    "extLst",
)
"""What a worksheet is made of; Excel takes it in this order only."""
_BEGINS = re.compile(rb"<(?:[\w.-]+:)?sheetData\b")
_WRAPPED = "AlternateContent"
_REF = re.compile(r"\$?([A-Za-z]{1,3})\$?(\d{1,7})")
_DEEP_ROW, _DEEP_CELL = 3, 4
LAST_COL, LAST_ROW = 16_383, 1_048_575

Wish = Callable[[int, int, Mapping[str, str]], bool]
"""Whether the cell of a row and column, with these attributes, is asked for."""


@dataclass(slots=True)
class Row:
    """One row: its 0-based number, its tag, and the cells in it that were asked for, by column."""

    number: int
    tag: Tag
    cells: dict[int, Tag] = field(default_factory=dict)


@dataclass(slots=True)
class Sheet:
    """A worksheet part, scanned.

    Attributes:
        data: Its bytes.
        root: The element `worksheet`, with its direct children; only small ones among them have children of their own.
        rows: Its rows.
    """

    data: bytes
    root: Tag
    rows: dict[int, Row] = field(default_factory=dict)

    @property
    def prefix(self) -> str:
        """What stands before the names of its elements."""
        return prefix(self.data, self.root)

    def top(self, name: str) -> Tag | None:
        """Return a direct child of the worksheet."""
        return self.root.first(name)

    def insert(self, name: str, new: bytes) -> Edit:
        """Return the edit that puts a direct child where Excel wants it."""
        place = ORDER.index(name)
        for child in self.root.children:
            number = ORDER.index("controls") if child.name == _WRAPPED else _place(child.name)
            if number > place:
                return child.start, child.start, new
        return appended(self.data, self.root, new)

    def text(self, cell: Tag) -> bytes:
        """Return the XML of a cell."""
        return self.data[cell.start : cell.end]


def _place(name: str) -> int:
    return ORDER.index(name) if name in ORDER else -1


def scan(data: bytes, wish: Wish) -> Sheet:
    """Return a sheet with the cells that are asked for; all rows are known."""
    return _Scan(data, wish, (len(data), len(data))).sheet


def outline(data: bytes) -> Sheet:
    """Return what a sheet is made of, its rows left out: what costs time is not looked at."""
    begins, ends = _BEGINS.search(data), data.rfind(b"sheetData")
    at = head_end(data, begins.start()) if begins else len(data)
    to = data.rfind(b"<", 0, ends)
    return _Scan(data, lambda *_: False, (at, to) if at <= to else (len(data), len(data))).sheet


class _Scan:
    """Where the parser stands in a sheet."""

    def __init__(self, data: bytes, wish: Wish, gap: tuple[int, int]) -> None:
        self.sheet = Sheet(data, Tag("", {}, 0))
        self._data, self._wish = data, wish
        self._skipped = 0
        self._open: list[Tag | None] = []
        self._row: Row | None = None
        self._number = self._col = -1
        parser = self._parser = ParserCreate("utf-8")
        parser.StartElementHandler, parser.EndElementHandler = self._start, self._end
        parsed(parser, data[: gap[0]], last=gap[0] == gap[1])
        if gap[0] < gap[1]:
            self._skipped = gap[1] - gap[0]
            parsed(parser, data[gap[1] :])
        parser.StartElementHandler = parser.EndElementHandler = None

    def _start(self, qualified: str, attrs: dict[str, str]) -> None:
        name = qualified.rpartition(":")[2]
        depth = len(self._open) + 1
        above = self._open[-1] if self._open else None
        inside = depth > 1 and len(self._open) > 1 and self._open[1] is not None and self._open[1].name == "sheetData"
        tag: Tag | None = None
        if not inside:
            tag = self._tag(name, attrs)
            if above is None:
                self.sheet.root = tag
            else:
                above.children.append(tag)
        elif depth == _DEEP_ROW and name == "row":
            tag = self._tag(name, attrs)
            self._number = int(attrs["r"]) - 1 if attrs.get("r", "").isdigit() else self._number + 1
            self._col = -1
            self._row = self.sheet.rows.setdefault(self._number, Row(self._number, tag))
        elif depth == _DEEP_CELL and name == "c":
            place = split(attrs["r"]) if "r" in attrs else None
            self._col = place[1] if place else self._col + 1
            if self._row is not None and self._wish(self._number, self._col, attrs):
                tag = self._row.cells[self._col] = self._tag(name, attrs)
        self._open.append(tag)

    def _tag(self, name: str, attrs: dict[str, str]) -> Tag:
        at = self._parser.CurrentByteIndex + self._skipped
        return Tag(name, attrs, at, head_end(self._data, at))

    def _end(self, _: str) -> None:
        tag = self._open.pop()
        if tag is not None:
            tag.tail, tag.end = closing(self._data, tag.head, self._parser.CurrentByteIndex + self._skipped)


def split(ref: str) -> tuple[int, int] | None:
    """Return the 0-based row and column of an address; None where it is none.

    >>> split("B3")
    (2, 1)
    """
    found = _REF.fullmatch(ref.strip())
    if not found:
        return None
    col = 0
    for letter in found[1].upper():
        col = col * 26 + ord(letter) - 64
    row, col = int(found[2]) - 1, col - 1
    return (row, col) if 0 <= row <= LAST_ROW and col <= LAST_COL else None


def area(ref: str) -> tuple[int, int, int, int] | None:
    """Return first row, first column, last row and last column of a range or a single cell; None where it is none."""
    first, _, last = ref.partition(":")
    start, end = split(first), split(last or first)
    if not start or not end:
        return None
    return min(start[0], end[0]), min(start[1], end[1]), max(start[0], end[0]), max(start[1], end[1])


@dataclass(slots=True)
class Change:
    """What becomes of one cell.

    Attributes:
        style: Its new style.
        inner: Its new contents; None leaves those that it has.
    """

    style: int | None = None
    inner: bytes | None = None


def changed(sheet: Sheet, changes: Mapping[tuple[int, int], Change]) -> list[Edit]:
    """Return the edits that change cells; those that are not there are put in, in their order.

    All cells of the rows concerned must have been asked for when the sheet was scanned.
    """
    by_row: dict[int, dict[int, Change]] = {}
    for (row, col), change in changes.items():
        by_row.setdefault(row, {})[col] = change
    edits: list[Edit] = []
    missing = {number: cells for number, cells in by_row.items() if number not in sheet.rows}
    for number in by_row.keys() - missing.keys():
        edits += _in_row(sheet, sheet.rows[number], by_row[number])
    return edits + _new_rows(sheet, missing)


def _in_row(sheet: Sheet, row: Row, changes: Mapping[int, Change]) -> list[Edit]:
    edits: list[Edit] = []
    new: dict[int, bytes] = {}
    for col, change in changes.items():
        cell = row.cells.get(col)
        if cell is None:
            new[col] = _made(sheet, row.number, col, change)
        else:
            edits.append(_changed(sheet, cell, a1(row.number, col), change))
    if not new:
        return edits
    named: set[int] = set()
    if row.tag.closed:
        inside = b"".join(new[col] for col in sorted(new))
        return [appended(sheet.data, row.tag, inside)]
    replaced = {edit[0] for edit in edits}
    for col in sorted(new):
        behind = next((c for c in sorted(row.cells) if c > col), None)
        at = row.tag.tail if behind is None else row.cells[behind].start
        edits.append((at, at, new[col]))
        # A cell that does not say where it stands follows the one before it: that is another one now.
        if behind is not None and "r" not in row.cells[behind].attrs and behind not in named:
            named.add(behind)
            cell = row.cells[behind]
            if cell.start not in replaced:
                edits.append(reheaded(sheet.data, cell, r=a1(row.number, behind)))
    edits += _respanned(sheet, row, max(new))
    return edits


def _respanned(sheet: Sheet, row: Row, last: int) -> list[Edit]:
    """Return the edit that has a row say that it is as wide as it has become."""
    spans = row.tag.attrs.get("spans", "")
    first, _, end = spans.partition(":")
    if not (first.isdigit() and end.isdigit()) or int(first) <= last + 1 <= int(end):
        return []
    return [_numbered(sheet, row)]


def _numbered(sheet: Sheet, row: Row) -> Edit:
    """Return the edit that has a row say which one it is, and no longer how wide."""
    return reheaded(sheet.data, row.tag, r=row.number + 1, spans=None)


def _changed(sheet: Sheet, cell: Tag, ref: str, change: Change) -> Edit:
    head = with_attrs(sheet.data[cell.start : cell.head], r=ref)
    if change.style is not None:
        head = with_attrs(head, s=change.style)
    if change.inner is None:
        return cell.start, cell.head, head
    head = with_attrs(head, t="inlineStr", cm=None, vm=None)
    name = f"{sheet.prefix}c".encode()
    head = head if not head.endswith(b"/>") else head[:-2] + b">"
    return cell.start, cell.end, head + change.inner + b"</" + name + b">"


def _made(sheet: Sheet, row: int, col: int, change: Change) -> bytes:
    name = f"{sheet.prefix}c"
    style = f' s="{change.style}"' if change.style is not None else ""
    if not change.inner:
        return f'<{name} r="{a1(row, col)}"{style}/>'.encode()
    return f'<{name} r="{a1(row, col)}"{style} t="inlineStr">'.encode() + change.inner + f"</{name}>".encode()


def _new_rows(sheet: Sheet, missing: Mapping[int, Mapping[int, Change]]) -> list[Edit]:
    """Return the edits that put rows in, in their order."""
    data = sheet.top("sheetData")
    if data is None or not missing:
        return []
    edits: list[Edit] = []
    together = b""
    for number in sorted(missing):
        cells = b"".join(_made(sheet, number, col, missing[number][col]) for col in sorted(missing[number]))
        row = f'<{sheet.prefix}row r="{number + 1}">'.encode() + cells + f"</{sheet.prefix}row>".encode()
        behind = min((n for n in sheet.rows if n > number), default=None)
        if behind is None:
            together += row
            continue
        next_row = sheet.rows[behind]
        edits.append((next_row.tag.start, next_row.tag.start, row))
        if "r" not in next_row.tag.attrs:
            edits.append(_numbered(sheet, next_row))
    if together:
        edits.append(appended(sheet.data, data, together))
    return edits


def joined(edits: Iterable[Edit]) -> list[Edit]:
    """Return edits of the same tag once each: the later one counts where both change its head."""
    last: dict[tuple[int, int], Edit] = {}
    plain: list[Edit] = []
    for edit in edits:
        if edit[0] == edit[1]:
            plain.append(edit)
        else:
            last[edit[0], edit[1]] = edit
    return plain + list(last.values())
