"""The column behind a table that tells the findings of each row, to filter by."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from xml.sax.saxutils import unescape

from xlsflow.feedback.findings_sheet import (
    Looks,
    as_values,
    inline,
)
from xlsflow.feedback.package import Package
from xlsflow.feedback.sheet_xml import (
    LAST_COL,
    Change,
    Sheet,
    area,
    changed,
    joined,
    outline,
    scan,
)
from xlsflow.feedback.workbook_parts import Sheets
from xlsflow.feedback.xml_edit import (
    Edit,
    Tag,
    edited,
    parse,
    reheaded,
)
from xlsflow.fileformat.cells import (
    a1,
    letters,
)
from xlsflow.fileformat.feedback_marks import (
    COLUMN,
    SIGNS,
    is_column,
)
from xlsflow.i18n import Lang

WIDTH = 46
_FILTER_NAME = "_xlnm._FilterDatabase"
_STRINGS = frozenset({"s", "inlineStr", "str"})
_VALUE = re.compile(rb"<(?:\w+:)?v>([^<]*)</")


@dataclass(frozen=True, slots=True)
class Filter:
    """The filter of a table sheet: its range, 0-based, and its tag."""

    top: int
    left: int
    bottom: int
    right: int
    tag: Tag


def filter_of(sheet: Sheet) -> Filter | None:
    """Return the filter of a sheet; None where it has none."""
    tag = sheet.top("autoFilter")
    found = area(tag.attrs.get("ref", "").replace("$", "")) if tag else None
    return Filter(*found, tag) if tag and found else None


def add_column(
    package: Package, sheets: Sheets, number: int, texts: Mapping[int, str], look: Looks, lang: Lang
) -> None:
    """Add the column to a sheet with a filter; the filter takes it in where it follows at once.

    Args:
        package: The workbook.
        sheets: Its sheets.
        number: Which of them.
        texts: What is said of each row, from 0.
        look: Our styles.
        lang: The reader's language.
    """
    part = sheets.listed()[number].part
    data = package.xml(part)
    seen = filter_of(outline(data))
    if seen is None:
        return
    said = {row: text for row, text in texts.items() if row > seen.top}
    concerned = {seen.top, *said}
    sheet = scan(data, lambda row, col, _: row in concerned or (row > seen.top and col > seen.right))
    col = _free(sheet, seen)
    if not said or col > LAST_COL:
        return
    changes = {(row, col): Change(look.row, inline(text).encode()) for row, text in said.items()}
    changes[seen.top, col] = Change(look.header, inline(COLUMN.say(lang)).encode())
    for change in changes.values():
        change.inner = (change.inner or b"").replace(b"</", f"</{sheet.prefix}".encode())
        change.inner = re.sub(rb"<(?=\w)", f"<{sheet.prefix}".encode(), change.inner)
    edits = [*changed(sheet, changes), *_widened(sheet, col), *_grown(sheet, col)]
    if col == seen.right + 1:
        edits.append(_refiltered(sheet, seen, col))
    if not sheets.has_texts():
        edits = [(start, end, as_values(new)) for start, end, new in edits]
    package.write(part, edited(data, joined(edits)))
    if col == seen.right + 1:
        _rename(sheets, number, seen, col)


def _free(sheet: Sheet, seen: Filter) -> int:
    """Return the first column behind the filter in which nothing stands, from the header down."""
    taken = {
        col
        for row in sheet.rows.values()
        if row.number >= seen.top
        for col, cell in row.cells.items()
        if not cell.closed
    }
    merged = sheet.top("mergeCells")
    for tag in merged.children if merged else ():
        span = area(tag.attrs.get("ref", ""))
        if span and span[2] >= seen.top:
            taken |= set(range(span[1], min(span[3], seen.right + 400) + 1))
    col = seen.right + 1
    while col in taken:
        col += 1
    return col


def _refiltered(sheet: Sheet, seen: Filter, right: int) -> Edit:
    return reheaded(sheet.data, seen.tag, ref=f"{a1(seen.top, seen.left)}:{a1(seen.bottom, right)}")


def _rename(sheets: Sheets, number: int, seen: Filter, right: int) -> None:
    """Have the hidden name of a filter's range follow it."""
    row = seen.bottom + 1
    sheets.refer(_FILTER_NAME, number, f"${letters(seen.right)}${row}", f"${letters(right)}${row}")


def _widened(sheet: Sheet, col: int) -> list[Edit]:
    """Return the edits that give a column its width; a run of columns that it lies in is split."""
    name = f"{sheet.prefix}col"
    new = f'<{name} min="{col + 1}" max="{col + 1}" width="{WIDTH}" customWidth="1"/>'
    cols = sheet.top("cols")
    if cols is None:
        whole = f"<{sheet.prefix}cols>{new}</{sheet.prefix}cols>"
        return [sheet.insert("cols", whole.encode())]
    for tag in cols.children:
        first, last = int(tag.attrs.get("min", "1")), int(tag.attrs.get("max", "1"))
        if first > col + 1:
            return [(tag.start, tag.start, new.encode())]
        if first <= col + 1 <= last:
            before = reheaded(sheet.data, tag, max=col)[2] if first <= col else b""
            after = reheaded(sheet.data, tag, min=col + 2)[2] if last > col + 1 else b""
            close = b"" if tag.closed else sheet.data[tag.tail : tag.end]
            parts = [part + close for part in (before, after) if part] if close else [before, after]
            return [(tag.start, tag.end, parts[0] + new.encode() + (parts[-1] if len(parts) > 1 else b""))]
    return [(cols.tail, cols.tail, new.encode())]


def _grown(sheet: Sheet, col: int) -> list[Edit]:
    """Return the edit that has a sheet say that it reaches as far as a column."""
    tag = sheet.top("dimension")
    found = area(tag.attrs.get("ref", "")) if tag else None
    if tag is None or found is None or found[3] >= col:
        return []
    return [reheaded(sheet.data, tag, ref=f"{a1(found[0], found[1])}:{a1(found[2], col)}")]


# --- taking it out again ---
def remove_column(package: Package, sheets: Sheets, number: int, texts: Texts) -> None:
    """Take our column out of a sheet; what others have written into it stays."""
    part = sheets.listed()[number].part
    data = package.xml(part)
    if not texts.header_in(data):
        return
    sheet = scan(data, lambda _row, _col, attrs: attrs.get("t") in _STRINGS)
    heads = [
        (r, c) for r, row in sheet.rows.items() for c, cell in row.cells.items() if is_column(texts.of(sheet, cell))
    ]
    for top, col in heads:
        _take_out(package, sheets, number, (top, col), texts)


def _take_out(package: Package, sheets: Sheets, number: int, head: tuple[int, int], texts: Texts) -> None:
    part = sheets.listed()[number].part
    top, col = head
    data = package.xml(part)
    sheet = scan(data, lambda row, _col, _attrs: row >= top)
    edits: list[Edit] = []
    for row in sheet.rows.values():
        cell = row.cells.get(col)
        if cell is None:
            continue
        text = texts.of(sheet, cell)
        if row.number == top or not text or text.startswith(tuple(SIGNS.values())):
            later = [c for c in row.cells.values() if c.start > cell.start]
            bare = bool(later) and "r" not in later[0].attrs
            name = f"{sheet.prefix}c"
            edits.append((cell.start, cell.end, f'<{name} r="{a1(row.number, col)}"/>'.encode() if bare else b""))
    cols = sheet.top("cols")
    mine = [t for t in cols.children if t.attrs.get("min") == t.attrs.get("max") == str(col + 1)] if cols else []
    if cols and mine:
        gone = [cols] if len(mine) == len(cols.children) else mine
        edits += [(tag.start, tag.end, b"") for tag in gone]
    seen = filter_of(sheet)
    if seen and seen.right == col > seen.left and seen.top == top:
        edits += [_refiltered(sheet, seen, col - 1), *_unfiltered(sheet, seen, col)]
        package.write(part, edited(data, joined(edits)))
        _rename(sheets, number, seen, col - 1)
    else:
        package.write(part, edited(data, joined(edits)))


def _unfiltered(sheet: Sheet, seen: Filter, col: int) -> Iterator[Edit]:
    """Yield the edits that lift a filter by our column, and show the rows that it hid."""
    mine = [tag for tag in seen.tag.children if tag.attrs.get("colId") == str(col - seen.left)]
    yield from ((tag.start, tag.end, b"") for tag in mine)
    if mine and len(mine) == len(seen.tag.children):
        for row in sheet.rows.values():
            if seen.top < row.number <= seen.bottom and row.tag.attrs.get("hidden") in ("1", "true"):
                yield reheaded(sheet.data, row.tag, hidden=None)


class Texts:
    """The texts of cells, as far as they are asked for."""

    def __init__(self, package: Package, sheets: Sheets) -> None:
        """Begin with the shared texts unread."""
        part = sheets.part("sharedStrings")
        self._shared = package.xml(part) if part else b""
        self._list: list[str] | None = None

    def header_in(self, sheet: bytes) -> bool:
        """Return whether the header of our column can stand in a sheet."""
        return any(text.encode() in self._shared or text.encode() in sheet for text in COLUMN.both())

    def of(self, sheet: Sheet, cell: Tag) -> str:
        """Return the text of a cell; nothing where it is no text."""
        xml = sheet.text(cell)
        kind = cell.attrs.get("t")
        if kind == "inlineStr":
            return _joined(xml, parse(xml))
        value = _VALUE.search(xml)
        if kind == "str" and value:
            return value[1].decode()
        if kind == "s" and value and value[1].strip().isdigit():
            texts = self._texts()
            number = int(value[1])
            return texts[number] if number < len(texts) else ""
        return ""

    def _texts(self) -> list[str]:
        if self._list is None:
            root = parse(self._shared) if self._shared else None
            self._list = [_joined(self._shared, tag) for tag in root.children] if root else []
        return self._list


def _joined(data: bytes, tag: Tag) -> str:
    """Return the text in an element, without how it is to be pronounced."""
    parts = []
    for child in tag.children:
        if child.name == "t":
            parts.append(unescape(data[child.head : child.tail].decode(), {"&quot;": '"', "&apos;": "'"}))
        elif child.name in ("is", "r"):
            parts.append(_joined(data, child))
    return "".join(parts)
