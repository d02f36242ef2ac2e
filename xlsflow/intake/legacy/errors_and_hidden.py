"""What calamine passes over in xls, xlsb and ods: errors, which it calls blank, hidden rows, how far cells lie apart.

It holds a sheet as one rectangle: two cells in opposite corners would be more than any memory, and end it.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from xlsflow.intake.isolation.limits import (
    Refusal,
    damaged,
)
from xlsflow.intake.xlsx.cell_store import (
    LAST_COLUMN,
    LAST_ROW,
)
from xlsflow.intake.xlsx.safe_xml import parse

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
class Marks:
    """The name of one sheet, its error cells with what they show, its hidden rows, and its corners; all 0-based."""

    name: str = ""
    errors: dict[tuple[int, int], str] = field(default_factory=dict)
    hidden: set[int] = field(default_factory=set)
    top: int = LAST_ROW
    left: int = LAST_COLUMN
    bottom: int = -1
    right: int = -1

    @property
    def area(self) -> int:
        """How many cells the smallest rectangle has that holds all that are filled."""
        return max(self.bottom - self.top + 1, 0) * max(self.right - self.left + 1, 0)

    def cell(self, row: int, first: int, last: int) -> None:
        """Note cells of one row that hold something, from one column to another."""
        self.top, self.bottom = min(self.top, row), max(self.bottom, row)
        self.left, self.right = min(self.left, first), max(self.right, last)

    def error(self, row: int, col: int, code: int) -> None:
        """Note a cell that shows an error."""
        self.errors[row, col] = _ERRORS.get(code, "#VALUE!")


# --- xls: a stream of records, each behind its number and its length ---
_SHEET, _PASSWORD, _END, _FORMULA, _ROW, _BOOLEAN_OR_ERROR = 0x85, 0x2F, 0x0A, 0x06, 0x208, 0x205
_SEVERAL = 0xBD
_CELLS = frozenset({_FORMULA, _BOOLEAN_OR_ERROR, _SEVERAL, 0xFD, 0xD6, 0x203, 0x204, 0x27E, 0x206, 0x406})
"""The records of cells that hold something; one of them holds several side by side."""


def xls_marks(stream: bytes) -> list[Marks]:
    """Return the marks of every sheet of an .xls, in the order in which the workbook lists them.

    Raises:
        Refusal: If it is encrypted.
    """
    starts: list[tuple[str, int]] = []
    for kind, body in _xls_records(stream, 0):
        if kind == _PASSWORD:
            raise Refusal("file_password")
        if kind == _SHEET and len(body) > 4:  # noqa: PLR2004
            starts.append((_xls_name(body), struct.unpack_from("<I", body)[0]))
    return [_xls_sheet(stream, name, start) for name, start in starts]


def _xls_name(body: bytes) -> str:
    """Return the name of a sheet: its length, whether it is wide, its characters; before Excel 97 none is wide."""
    length, wide = body[6:7], body[7:8]
    if wide == b"\1":
        return body[8 : 8 + 2 * length[0]].decode("utf-16-le", "replace")
    return body[8 if wide == b"\0" else 7 :].decode("gb18030", "replace")


def _xls_records(stream: bytes, at: int) -> Iterator[tuple[int, bytes]]:
    """Yield the records of one substream, up to its end."""
    while at + 4 <= len(stream):
        kind, size = struct.unpack_from("<HH", stream, at)
        if kind == _END:
            return
        yield kind, stream[at + 4 : at + 4 + size]
        at += 4 + size


def _xls_sheet(stream: bytes, name: str, start: int) -> Marks:
    marks = Marks(name)
    for kind, body in _xls_records(stream, start):
        if kind in _CELLS and len(body) >= 6:  # noqa: PLR2004 - row, column, format
            row, col = struct.unpack_from("<HH", body)
            marks.cell(row, col, struct.unpack_from("<H", body, len(body) - 2)[0] if kind == _SEVERAL else col)
        if kind == _BOOLEAN_OR_ERROR and len(body) >= 8 and body[7]:  # noqa: PLR2004 - 1 says that it is an error
            row, col, code = struct.unpack_from("<HH2xB", body)
            marks.error(row, col, code)
        elif kind == _FORMULA and len(body) >= 14 and body[12:14] == b"\xff\xff" and body[6] == 2:  # noqa: PLR2004
            row, col, code = struct.unpack_from("<HH4xB", body)
            marks.error(row, col, code)
        elif kind == _ROW and len(body) >= 16 and body[12] & 0x20:  # noqa: PLR2004
            marks.hidden.add(struct.unpack_from("<H", body)[0])
    return marks


# --- xlsb: the same idea, with numbers and lengths of seven bits a byte ---
_B_ROW, _B_ERROR, _B_FORMULA_ERROR, _B_SHEET = 0, 3, 11, 156
_B_CELLS = range(2, 12)


def xlsb_sheets(workbook: bytes) -> list[tuple[str, str]]:
    """Return relation and name of every sheet of an .xlsb, in the order in which the workbook lists them."""
    sheets = []
    for kind, body in _xlsb_records(workbook):
        if kind == _B_SHEET and len(body) >= 12:  # noqa: PLR2004
            relation, end = _wide(body, 8)
            sheets.append((relation, _wide(body, end)[0]))
    return sheets


def _wide(body: bytes, at: int) -> tuple[str, int]:
    """Return a text that stands behind its length, and where it ends."""
    length = int.from_bytes(body[at : at + 4], "little")
    end = min(at + 4 + 2 * length, len(body))
    return body[at + 4 : end].decode("utf-16-le", "replace"), end


def xlsb_marks(name: str, sheet: bytes) -> Marks:
    """Return the marks of one sheet of an .xlsb."""
    marks, row = Marks(name), 0
    for kind, body in _xlsb_records(sheet):
        if kind == _B_ROW and len(body) >= 12:  # noqa: PLR2004
            row = struct.unpack_from("<I", body)[0]
            if body[11] & 0x10:
                marks.hidden.add(row)
        elif kind in _B_CELLS and len(body) >= 4:  # noqa: PLR2004
            col = struct.unpack_from("<I", body)[0]
            marks.cell(row, col, col)
        if kind in {_B_ERROR, _B_FORMULA_ERROR} and len(body) >= 9:  # noqa: PLR2004
            marks.error(row, struct.unpack_from("<I", body)[0], body[8])
    return marks


def _xlsb_records(part: bytes) -> Iterator[tuple[int, bytes]]:
    at = 0
    while at < len(part):
        kind, at = _number(part, at, 2)
        size, at = _number(part, at, 4)
        yield kind, part[at : at + size]
        at += size


def _number(part: bytes, at: int, most: int) -> tuple[int, int]:
    """Return a number of up to so many bytes, seven bits each, and where it ends."""
    value = 0
    for shift in range(most):
        if at >= len(part):
            raise damaged("sheet", "cut off")
        byte = part[at]
        at += 1
        value |= (byte & 0x7F) << 7 * shift
        if byte < 0x80:  # noqa: PLR2004
            break
    return value, at


# --- ods: one XML part; a run of equal rows or cells is written once, with how often ---
def ods_marks(part: str, data: bytes) -> list[Marks]:
    """Return the marks of every sheet of an .ods, in order."""
    sheets = _OdsSheets()
    parse(part, data, sheets.start, sheets.end, sheets.text)
    return sheets.marks


_MOST_ERRORS = 500_000
"""A few bytes can stand for so many cells that show an error; an honest sheet has a few hundred."""


class _OdsSheets:
    """Where the parser stands in the sheets."""

    def __init__(self) -> None:
        self.marks: list[Marks] = []
        self._row = self._col = self._height = 0
        self._error: list[str] | None = None
        self._width = 0

    def start(self, tag: str, attrs: dict[str, str]) -> None:
        """Meet the beginning of an element."""
        if tag == "table":
            self.marks.append(Marks(attrs.get("table:name", "")))
            self._row = self._height = 0
        elif tag == "table-row":
            self._row += self._height
            self._height, self._col, self._width = _times(attrs, "table:number-rows-repeated", LAST_ROW), 0, 0
            if attrs.get("table:visibility") in {"collapse", "filter"} and self.marks:
                self.marks[-1].hidden.update(range(self._row, min(self._row + self._height, LAST_ROW)))
        elif tag in {"table-cell", "covered-table-cell"}:
            self._col += self._width
            self._width = _times(attrs, "table:number-columns-repeated", LAST_COLUMN)
            self._error = [] if attrs.get("calcext:value-type") == "error" else None
            if self.marks and "office:value-type" in attrs:
                self.marks[-1].cell(self._row, self._col, self._col + self._width - 1)
                self.marks[-1].cell(self._row + self._height - 1, self._col, self._col)

    def end(self, tag: str) -> None:
        """Meet the end of an element."""
        if tag == "table-cell" and self._error is not None and self.marks and self._height * self._width <= LAST_COLUMN:
            shown = "".join(self._error) or "#VALUE!"
            if len(self.marks[-1].errors) + self._height * self._width > _MOST_ERRORS:
                raise Refusal("file_too_many_cells", sheet=self.marks[-1].name, limit=f"{_MOST_ERRORS:,}")
            for row in range(self._row, self._row + self._height):
                for col in range(self._col, self._col + self._width):
                    self.marks[-1].errors[row, col] = shown
            self._error = None

    def text(self, run: str) -> None:
        """Meet text; that of an error cell is what it shows."""
        if self._error is not None:
            self._error.append(run.strip())


def _times(attrs: dict[str, str], name: str, most: int) -> int:
    text = attrs.get(name, "1")
    return min(int(text), most) if text.isdecimal() and len(text) < 10 else most  # noqa: PLR2004
