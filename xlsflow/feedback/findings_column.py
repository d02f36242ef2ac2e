"""Adds a column with the findings of each row to the right of a table, so that users can filter by it; removes it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from xml.sax.saxutils import unescape

from xlsflow.feedback.findings_sheet import FindingsStyles, as_formula_strings, inline_string
from xlsflow.feedback.sheet_xml import (
    CellChange,
    SheetXml,
    cell_edits,
    parse_area,
    parse_outline,
    parse_sheet,
    without_overlaps,
)
from xlsflow.feedback.workbook_parts import WorkbookXml
from xlsflow.feedback.xlsx_package import Package
from xlsflow.feedback.xml_edit import Edit, Element, apply_edits, attributes_edit, parse_part
from xlsflow.fileformat.cells import a1, column_letters
from xlsflow.fileformat.excel_limits import MAX_COLUMNS
from xlsflow.fileformat.feedback_marks import FINDINGS_COLUMN, SEVERITY_SIGNS, is_findings_column
from xlsflow.i18n import Lang

_WIDTH = 46
_FILTER_NAME = "_xlnm._FilterDatabase"
_TEXT_TYPES = frozenset({"s", "inlineStr", "str"})
_VALUE = re.compile(rb"<(?:\w+:)?v>([^<]*)</")


@dataclass(frozen=True, slots=True)
class _AutoFilter:
    """The autofilter of a sheet: its range, from 0, and its element."""

    top: int
    left: int
    bottom: int
    right: int
    tag: Element


def _auto_filter(sheet: SheetXml) -> _AutoFilter | None:
    """Return the autofilter of a sheet; None if it has none."""
    tag = sheet.child("autoFilter")
    found = parse_area(tag.attrs.get("ref", "").replace("$", "")) if tag else None
    return _AutoFilter(*found, tag) if tag and found else None


def add_findings_column(
    package: Package, sheets: WorkbookXml, number: int, texts: Mapping[int, str], styles: FindingsStyles, lang: Lang
) -> None:
    """Add the findings column to a sheet with an autofilter, and extend the filter if the column is adjacent to it.

    Args:
        package: The workbook.
        sheets: Sheets of the workbook.
        number: Index of the sheet.
        texts: Row, from 0 -> its findings.
        styles: Style indexes of the header and the texts.
        lang: Language of the header.
    """
    part = sheets.entries()[number].part
    data = package.xml(part)
    filter_ = _auto_filter(parse_outline(data))
    if filter_ is None:
        return
    below = {row: text for row, text in texts.items() if row > filter_.top}
    rows = {filter_.top, *below}
    # Cells to the right are needed to find an empty column, those of the rows concerned to change them.
    sheet = parse_sheet(data, lambda row, col, _: row in rows or (row > filter_.top and col > filter_.right))
    col = _first_empty_column(sheet, filter_)
    if not below or col >= MAX_COLUMNS:
        return
    changes = {(row, col): CellChange(styles.row, inline_string(text).encode()) for row, text in below.items()}
    changes[filter_.top, col] = CellChange(styles.header, inline_string(FINDINGS_COLUMN.say(lang)).encode())
    # `inline_string` writes no prefix; here the sheet may have one (`x:c`), which its new elements must have as well.
    for change in changes.values():
        change.inner = (change.inner or b"").replace(b"</", f"</{sheet.prefix}".encode())
        change.inner = re.sub(rb"<(?=\w)", f"<{sheet.prefix}".encode(), change.inner)
    edits = [*cell_edits(sheet, changes), *_column_width_edits(sheet, col), *_dimension_edits(sheet, col)]
    if col == filter_.right + 1:
        edits.append(_filter_range_edit(sheet, filter_, col))
    # A workbook without shared strings shall not get a table of them for our texts alone.
    if not sheets.has_shared_strings():
        edits = [(start, end, as_formula_strings(new)) for start, end, new in edits]
    package.write(part, apply_edits(data, without_overlaps(edits)))
    if col == filter_.right + 1:
        _update_filter_name(sheets, number, filter_, col)


def _first_empty_column(sheet: SheetXml, filter_: _AutoFilter) -> int:
    """Return the first column to the right of the filter that is empty from the header row down."""
    taken = {
        col
        for row in sheet.rows.values()
        if row.number >= filter_.top
        for col, cell in row.cells.items()
        if not cell.self_closing
    }
    merged = sheet.child("mergeCells")
    for tag in merged.children if merged else ():
        span = parse_area(tag.attrs.get("ref", ""))
        if span and span[2] >= filter_.top:
            # Limited, because a merged range may span all 16,384 columns.
            taken |= set(range(span[1], min(span[3], filter_.right + 400) + 1))
    col = filter_.right + 1
    while col in taken:
        col += 1
    return col


def _filter_range_edit(sheet: SheetXml, filter_: _AutoFilter, right: int) -> Edit:
    return attributes_edit(sheet.data, filter_.tag, ref=f"{a1(filter_.top, filter_.left)}:{a1(filter_.bottom, right)}")


def _update_filter_name(sheets: WorkbookXml, number: int, filter_: _AutoFilter, right: int) -> None:
    """Adjust the hidden defined name that Excel keeps for the range of each autofilter."""
    row = filter_.bottom + 1
    sheets.update_reference(
        _FILTER_NAME, number, f"${column_letters(filter_.right)}${row}", f"${column_letters(right)}${row}"
    )


def _column_width_edits(sheet: SheetXml, col: int) -> list[Edit]:
    """Return the edits that set a column's width; a `col` element that spans several columns is split around it."""
    name = f"{sheet.prefix}col"
    new = f'<{name} min="{col + 1}" max="{col + 1}" width="{_WIDTH}" customWidth="1"/>'
    cols = sheet.child("cols")
    if cols is None:
        whole = f"<{sheet.prefix}cols>{new}</{sheet.prefix}cols>"
        return [sheet.insert("cols", whole.encode())]
    for tag in cols.children:
        first, last = int(tag.attrs.get("min", "1")), int(tag.attrs.get("max", "1"))
        if first > col + 1:
            return [(tag.start, tag.start, new.encode())]
        if first <= col + 1 <= last:
            before = attributes_edit(sheet.data, tag, max=col)[2] if first <= col else b""
            after = attributes_edit(sheet.data, tag, min=col + 2)[2] if last > col + 1 else b""
            close = b"" if tag.self_closing else sheet.data[tag.content_end : tag.end]
            parts = [part + close for part in (before, after) if part] if close else [before, after]
            return [(tag.start, tag.end, parts[0] + new.encode() + (parts[-1] if len(parts) > 1 else b""))]
    return [(cols.content_end, cols.content_end, new.encode())]


def _dimension_edits(sheet: SheetXml, col: int) -> list[Edit]:
    """Return the edit that extends the sheet's `dimension` to a column, if it ends before it."""
    tag = sheet.child("dimension")
    found = parse_area(tag.attrs.get("ref", "")) if tag else None
    if tag is None or found is None or found[3] >= col:
        return []
    return [attributes_edit(sheet.data, tag, ref=f"{a1(found[0], found[1])}:{a1(found[2], col)}")]


def remove_findings_column(package: Package, sheets: WorkbookXml, number: int, texts: CellTexts) -> None:
    """Remove the findings column from a sheet; texts that people have typed into it stay."""
    part = sheets.entries()[number].part
    data = package.xml(part)
    if not texts.header_in(data):
        return
    sheet = parse_sheet(data, lambda _row, _col, attrs: attrs.get("t") in _TEXT_TYPES)
    heads = [
        (r, c)
        for r, row in sheet.rows.items()
        for c, cell in row.cells.items()
        if is_findings_column(texts.of(sheet, cell))
    ]
    for top, col in heads:
        _remove_at(package, sheets, number, (top, col), texts)


def _remove_at(package: Package, sheets: WorkbookXml, number: int, head: tuple[int, int], texts: CellTexts) -> None:
    part = sheets.entries()[number].part
    top, col = head
    data = package.xml(part)
    sheet = parse_sheet(data, lambda row, _col, _attrs: row >= top)
    edits: list[Edit] = []
    for row in sheet.rows.values():
        cell = row.cells.get(col)
        if cell is None:
            continue
        text = texts.of(sheet, cell)
        # What begins with none of our signs was typed by somebody.
        if row.number == top or not text or text.startswith(tuple(SEVERITY_SIGNS.values())):
            # An empty cell stays as a placeholder if a cell without `r` follows it, which would move otherwise.
            later = [c for c in row.cells.values() if c.start > cell.start]
            bare = bool(later) and "r" not in later[0].attrs
            name = f"{sheet.prefix}c"
            edits.append((cell.start, cell.end, f'<{name} r="{a1(row.number, col)}"/>'.encode() if bare else b""))
    cols = sheet.child("cols")
    # An element that spans more columns than ours was theirs before, and stays.
    ours = [t for t in cols.children if t.attrs.get("min") == t.attrs.get("max") == str(col + 1)] if cols else []
    if cols and ours:
        gone = [cols] if len(ours) == len(cols.children) else ours
        edits += [(tag.start, tag.end, b"") for tag in gone]
    filter_ = _auto_filter(sheet)
    # Only where the filter had grown to our column; without `> left` nothing of its range would remain.
    if filter_ and filter_.right == col > filter_.left and filter_.top == top:
        edits += [_filter_range_edit(sheet, filter_, col - 1), *_remove_filter_criteria(sheet, filter_, col)]
        package.write(part, apply_edits(data, without_overlaps(edits)))
        _update_filter_name(sheets, number, filter_, col - 1)
    else:
        package.write(part, apply_edits(data, without_overlaps(edits)))


def _remove_filter_criteria(sheet: SheetXml, filter_: _AutoFilter, col: int) -> Iterator[Edit]:
    """Yield the edits that remove a filter set on the findings column, and show the rows it has hidden."""
    ours = [tag for tag in filter_.tag.children if tag.attrs.get("colId") == str(col - filter_.left)]
    yield from ((tag.start, tag.end, b"") for tag in ours)
    if ours and len(ours) == len(filter_.tag.children):
        # Rows that a filter hides are marked as hidden in the file: without the filter nothing would show them again.
        for row in sheet.rows.values():
            if filter_.top < row.number <= filter_.bottom and row.tag.attrs.get("hidden") in ("1", "true"):
                yield attributes_edit(sheet.data, row.tag, hidden=None)


class CellTexts:
    """Looks up texts of cells; the shared strings are parsed on first use."""

    def __init__(self, package: Package, sheets: WorkbookXml) -> None:
        """Find the shared strings without parsing them."""
        part = sheets.part("sharedStrings")
        self._shared = package.xml(part) if part else b""
        self._list: list[str] | None = None

    def header_in(self, sheet: bytes) -> bool:
        """Return whether a sheet may contain the header of the findings column; cheap, may return a false positive."""
        return any(text.encode() in self._shared or text.encode() in sheet for text in FINDINGS_COLUMN.both())

    def of(self, sheet: SheetXml, cell: Element) -> str:
        """Return the text of a cell; empty if the cell holds no text."""
        xml = sheet.text(cell)
        kind = cell.attrs.get("t")
        if kind == "inlineStr":
            return _text_of_runs(xml, parse_part(xml))
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
            root = parse_part(self._shared) if self._shared else None
            self._list = [_text_of_runs(self._shared, tag) for tag in root.children] if root else []
        return self._list


def _text_of_runs(data: bytes, tag: Element) -> str:
    """Return the text of an element's runs, without phonetic guides (`rPh`)."""
    parts = []
    for child in tag.children:
        if child.name == "t":
            parts.append(
                unescape(data[child.content_start : child.content_end].decode(), {"&quot;": '"', "&apos;": "'"})
            )
        elif child.name in ("is", "r"):
            parts.append(_text_of_runs(data, child))
    return "".join(parts)
