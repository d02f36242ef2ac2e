"""Scans .xls, .xlsb and .ods for what calamine does not report: error cells, hidden rows, the extent of each sheet.

calamine (0.9.1) returns an error cell as a blank, and allocates a sheet as one rectangle: two cells in opposite corners
would need more memory than there is. Formats: Microsoft, [MS-XLS] and [MS-XLSB]; OASIS, OpenDocument 1.3.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from xlsflow.fileformat.cells import Scalar
from xlsflow.fileformat.excel_limits import MAX_COLUMNS, MAX_ROWS
from xlsflow.intake.grid import CellRange
from xlsflow.intake.isolation.limits import Refusal, damaged
from xlsflow.intake.xlsx.safe_xml import parse_qualified

_ERRORS: Mapping[int, str] = {
    0: "#NULL!",
    7: "#DIV/0!",
    15: "#VALUE!",
    23: "#REF!",
    29: "#NAME?",
    36: "#NUM!",
    42: "#N/A",
}


@dataclass(slots=True)
class SheetScan:
    """What was found in one sheet; rows and columns are 0-based.

    Attributes:
        name: Name of the sheet.
        errors: Row and column of an error cell -> the error that it shows.
        hidden: Hidden rows.
        short: Row and column of a cell in the form that calamine skips -> number of its record, style, and content.
        values: The same cells with their values.
        merges: Merged ranges: first row, first column, last row, last column.
        top: First filled row.
        left: First filled column.
        bottom: Last filled row.
        right: Last filled column.
    """

    name: str = ""
    errors: dict[tuple[int, int], str] = field(default_factory=dict)
    hidden: set[int] = field(default_factory=set)
    short: dict[tuple[int, int], tuple[int, int, bytes]] = field(default_factory=dict)
    values: dict[tuple[int, int], Scalar] = field(default_factory=dict)
    merges: list[CellRange] = field(default_factory=list)
    top: int = MAX_ROWS
    left: int = MAX_COLUMNS
    bottom: int = -1
    right: int = -1

    @property
    def area(self) -> int:
        """Number of cells of the smallest rectangle around all filled cells."""
        return max(self.bottom - self.top + 1, 0) * max(self.right - self.left + 1, 0)

    def add_cells(self, row: int, first: int, last: int) -> None:
        """Extend the rectangle by filled cells of one row, from one column to another."""
        self.top, self.bottom = min(self.top, row), max(self.bottom, row)
        self.left, self.right = min(self.left, first), max(self.right, last)

    def add_error(self, row: int, col: int, code: int) -> None:
        """Add an error cell by the code of its error."""
        self.errors[row, col] = _ERRORS.get(code, "#VALUE!")


# --- .xls: a stream of records, each of which begins with its number and length ---
_SHEET, _FILE_PASS, _EOF, _FORMULA, _ROW, _BOOL_ERR = 0x85, 0x2F, 0x0A, 0x06, 0x208, 0x205
_MUL_RK = 0xBD
# Records of filled cells; MulRk holds several numbers side by side.
_CELLS = frozenset({_FORMULA, _BOOL_ERR, _MUL_RK, 0xFD, 0xD6, 0x203, 0x204, 0x27E, 0x206, 0x406})


def scan_xls(stream: bytes) -> list[SheetScan]:
    """Scan every sheet of an .xls, in the order in which the workbook lists them.

    Raises:
        Refusal: It is encrypted.
    """
    starts: list[tuple[str, int]] = []
    for kind, body in _xls_records(stream, 0):
        if kind == _FILE_PASS:
            raise Refusal("file_password")
        if kind == _SHEET and len(body) > 4:  # noqa: PLR2004
            starts.append((_xls_name(body), struct.unpack_from("<I", body)[0]))
    return [_xls_sheet(stream, name, start) for name, start in starts]


def _xls_name(body: bytes) -> str:
    """Return the name of a sheet from its record: length, whether it is UTF-16, characters."""
    # Before Excel 97 the flag is missing and the text has the code page of the system; ours are Chinese (GB 18030).
    length, wide = body[6:7], body[7:8]
    if wide == b"\1":
        return body[8 : 8 + 2 * length[0]].decode("utf-16-le", "replace")
    return body[8 if wide == b"\0" else 7 :].decode("gb18030", "replace")


def _xls_records(stream: bytes, at: int) -> Iterator[tuple[int, bytes]]:
    """Yield number and body of the records of one substream, up to its end."""
    while at + 4 <= len(stream):
        kind, size = struct.unpack_from("<HH", stream, at)
        # What follows belongs to another sheet, whose start the workbook names itself.
        if kind == _EOF:
            return
        yield kind, stream[at + 4 : at + 4 + size]
        at += 4 + size


def _xls_sheet(stream: bytes, name: str, start: int) -> SheetScan:
    scan = SheetScan(name)
    for kind, body in _xls_records(stream, start):
        if kind in _CELLS and len(body) >= 6:  # noqa: PLR2004 - row, column, format
            row, col = struct.unpack_from("<HH", body)
            scan.add_cells(row, col, struct.unpack_from("<H", body, len(body) - 2)[0] if kind == _MUL_RK else col)
        # The same record holds booleans; its last byte distinguishes them.
        if kind == _BOOL_ERR and len(body) >= 8 and body[7]:  # noqa: PLR2004 - 1 says that it is an error
            row, col, code = struct.unpack_from("<HH2xB", body)
            scan.add_error(row, col, code)
        # A result whose last two bytes are FF is no number; 2 in the first byte marks an error.
        elif kind == _FORMULA and len(body) >= 14 and body[12:14] == b"\xff\xff" and body[6] == 2:  # noqa: PLR2004
            row, col, code = struct.unpack_from("<HH4xB", body)
            scan.add_error(row, col, code)
        elif kind == _ROW and len(body) >= 16 and body[12] & 0x20:  # noqa: PLR2004
            scan.hidden.add(struct.unpack_from("<H", body)[0])
    return scan


# --- .xlsb: records as well, but numbers and lengths have seven bits a byte ---
_XLSB_ROW, _XLSB_ERROR, _XLSB_FORMULA_ERROR, _XLSB_SHEET = 0, 3, 11, 156
_XLSB_BLANK, _XLSB_CELLS = 1, range(1, 12)
_XLSB_SHORT_BLANK, _XLSB_SHORT_ERROR, _XLSB_SHORT, _XLSB_MERGE = 12, 14, range(12, 19), 176


def xlsb_sheets(workbook: bytes) -> list[tuple[str, str]]:
    """Return relationship id and name of every sheet of an .xlsb, in the order in which the workbook lists them."""
    sheets = []
    for kind, body in xlsb_records(workbook):
        if kind == _XLSB_SHEET and len(body) >= 12:  # noqa: PLR2004
            relation, end = wide_text(body, 8)
            sheets.append((relation, wide_text(body, end)[0]))
    return sheets


def wide_text(body: bytes, at: int) -> tuple[str, int]:
    """Return a UTF-16 text that follows its length, and the offset of its end."""
    length = int.from_bytes(body[at : at + 4], "little")
    end = min(at + 4 + 2 * length, len(body))
    return body[at + 4 : end].decode("utf-16-le", "replace"), end


def scan_xlsb(name: str, sheet: bytes) -> SheetScan:
    """Scan one sheet of an .xlsb."""
    scan, row, col = SheetScan(name), 0, -1
    for kind, body in xlsb_records(sheet):
        if kind == _XLSB_ROW and len(body) >= 12:  # noqa: PLR2004
            row, col = struct.unpack_from("<I", body)[0], -1
            if body[11] & 0x10:
                scan.hidden.add(row)
        elif kind in _XLSB_CELLS and len(body) >= 4:  # noqa: PLR2004
            col = struct.unpack_from("<I", body)[0]
            _add_cell(scan, row, col, (kind, body))
        # A short cell lies right of the cell before.
        elif kind in _XLSB_SHORT and len(body) >= 4:  # noqa: PLR2004
            col += 1
            _add_short_cell(scan, row, col, (kind, body))
        elif kind == _XLSB_MERGE and len(body) >= 16:  # noqa: PLR2004
            top, bottom, left, right = struct.unpack_from("<IIII", body)
            if top <= bottom < MAX_ROWS and left <= right < MAX_COLUMNS:
                scan.merges.append((top, left, bottom, right))
    return scan


def _add_cell(scan: SheetScan, row: int, col: int, record: tuple[int, bytes]) -> None:
    kind, body = record
    if kind != _XLSB_BLANK:
        scan.add_cells(row, col, col)
    if kind in {_XLSB_ERROR, _XLSB_FORMULA_ERROR} and len(body) >= 9:  # noqa: PLR2004
        scan.add_error(row, col, body[8])


def _add_short_cell(scan: SheetScan, row: int, col: int, record: tuple[int, bytes]) -> None:
    """Add a short cell; its record begins with the style, in 24 bits."""
    kind, body = record
    if kind == _XLSB_SHORT_BLANK:
        return
    scan.add_cells(row, col, col)
    scan.short[row, col] = kind, int.from_bytes(body[:3], "little"), body[4:]
    if kind == _XLSB_SHORT_ERROR and len(body) >= 5:  # noqa: PLR2004
        scan.add_error(row, col, body[4])


def xlsb_records(part: bytes) -> Iterator[tuple[int, bytes]]:
    """Yield number and body of the records of a part of an .xlsb."""
    at = 0
    while at < len(part):
        # The lengths of a number and of a size are bounded by the format, so a made-up one cannot run on.
        kind, at = _varint(part, at, 2)
        size, at = _varint(part, at, 4)
        yield kind, part[at : at + size]
        at += size


def _varint(part: bytes, at: int, max_bytes: int) -> tuple[int, int]:
    """Return a number of seven bits a byte, and the offset of its end."""
    value = 0
    for shift in range(max_bytes):
        if at >= len(part):
            raise damaged("sheet", "cut off")
        byte = part[at]
        at += 1
        value |= (byte & 0x7F) << 7 * shift
        if byte < 0x80:  # noqa: PLR2004
            break
    return value, at


# --- .ods: one XML part; equal neighbouring rows or cells are written once, with a repeat count ---
def scan_ods(part: str, data: bytes) -> list[SheetScan]:
    """Scan every sheet of an .ods, in order."""
    handler = _OdsHandler()
    parse_qualified(part, data, handler.start, handler.end, handler.text)
    return handler.scans


# Error cells of one sheet: a repeat count can ask for millions with a few bytes; real sheets have a few hundred.
_MAX_ERRORS = 500_000


class _OdsHandler:
    """Receives the events of the XML parser; holds the position in the current sheet."""

    def __init__(self) -> None:
        self.scans: list[SheetScan] = []
        self._row = self._col = self._height = 0
        self._error: list[str] | None = None
        self._width = 0

    def start(self, tag: str, attrs: dict[str, str]) -> None:
        """Handle the start of an element."""
        tag = tag.rpartition(":")[2]
        if tag == "table":
            self.scans.append(SheetScan(attrs.get("table:name", "")))
            self._row = self._height = 0
        elif tag == "table-row":
            self._row += self._height
            self._height, self._col, self._width = _repeat(attrs, "table:number-rows-repeated", MAX_ROWS), 0, 0
            # `filter` hides a row that a filter does not show, `collapse` one that was hidden by hand.
            if attrs.get("table:visibility") in {"collapse", "filter"} and self.scans:
                self.scans[-1].hidden.update(range(self._row, min(self._row + self._height, MAX_ROWS)))
        elif tag in {"table-cell", "covered-table-cell"}:
            self._col += self._width
            self._width = _repeat(attrs, "table:number-columns-repeated", MAX_COLUMNS)
            self._error = [] if attrs.get("calcext:value-type") == "error" else None
            if self.scans and "office:value-type" in attrs:
                self.scans[-1].add_cells(self._row, self._col, self._col + self._width - 1)
                self.scans[-1].add_cells(self._row + self._height - 1, self._col, self._col)
            self._add_merge(attrs)

    def _add_merge(self, attrs: dict[str, str]) -> None:
        """Add the range of a cell that spans several rows or columns; calamine (0.9.1) reports none of an .ods."""
        bottom = self._row + _repeat(attrs, "table:number-rows-spanned", MAX_ROWS) - 1
        right = self._col + _repeat(attrs, "table:number-columns-spanned", MAX_COLUMNS) - 1
        if self.scans and (bottom > self._row or right > self._col) and bottom < MAX_ROWS and right < MAX_COLUMNS:
            self.scans[-1].merges.append((self._row, self._col, bottom, right))

    def end(self, tag: str) -> None:
        """Handle the end of an element."""
        tag = tag.rpartition(":")[2]
        if tag == "table-cell" and self._error is not None and self.scans and self._height * self._width <= MAX_COLUMNS:
            shown = "".join(self._error) or "#VALUE!"
            # Checked before the cells are added: the repeat counts come from the file.
            if len(self.scans[-1].errors) + self._height * self._width > _MAX_ERRORS:
                raise Refusal("file_too_many_cells", sheet=self.scans[-1].name, limit=f"{_MAX_ERRORS:,}")
            for row in range(self._row, self._row + self._height):
                for col in range(self._col, self._col + self._width):
                    self.scans[-1].errors[row, col] = shown
            self._error = None

    def text(self, run: str) -> None:
        """Handle text; the text of an error cell is the error that it shows."""
        if self._error is not None:
            self._error.append(run.strip())


def _repeat(attrs: dict[str, str], name: str, limit: int) -> int:
    """Return a repeat count, at most a limit."""
    text = attrs.get(name, "1")
    return min(int(text), limit) if text.isdecimal() and len(text) < 10 else limit  # noqa: PLR2004
