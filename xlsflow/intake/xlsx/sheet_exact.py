"""Reads one worksheet with an XML parser: slower than `sheet_fast`, but any well-formed XML is understood."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from xlsflow.fileformat.excel_limits import MAX_ROWS
from xlsflow.intake.grid import CellRange
from xlsflow.intake.isolation.limits import damaged
from xlsflow.intake.xlsx.cell_store import CellStore, parse_range
from xlsflow.intake.xlsx.cell_values import CellParser
from xlsflow.intake.xlsx.safe_xml import parse_xml
from xlsflow.intake.xlsx.shared_strings import LiveRuns

_ROW_DIGITS = 7
_CELL: Sequence[str] = ["sheetData", "row", "c"]
# Open elements at a cell: those of `_CELL` and the worksheet.
_DEPTH = 4
# Element -> the only parent that it may have among the cells: elsewhere its content would shift other cells.
_PARENT: Mapping[str, str] = {"row": "sheetData", "c": "row"}


def read_sheet_exact(
    part: str, data: bytes, parser: CellParser, store: CellStore
) -> tuple[tuple[CellRange, ...], frozenset[int]]:
    """Put the cells of a sheet into a store; return its merged ranges and hidden rows.

    Raises:
        Refusal: The XML is broken, or a cell refers to something that does not exist.
    """
    sheet = _SheetHandler(part, parser, store)
    parse_xml(part, data, sheet.start, sheet.end, sheet.text)
    return tuple(sheet.merges), frozenset(sheet.hidden)


class _SheetHandler:
    """Receives the events of the XML parser; holds the position in the sheet and the parts of the current cell."""

    def __init__(self, part: str, parser: CellParser, store: CellStore) -> None:
        self._part = part
        self._parser = parser
        self._store = store
        self._inside: list[str] = []
        self._row = 0
        self._col = -1
        self._attrs: dict[str, str] = {}
        self._runs = LiveRuns()
        self._in_text = False
        self._stored = False
        self._formula = False
        self.merges: list[CellRange] = []
        self.hidden: set[int] = set()

    def start(self, tag: str, attrs: dict[str, str]) -> None:
        """Handle the start of an element."""
        inside = self._inside
        parent = inside[-1] if inside else ""
        misplaced = tag in _PARENT and parent != _PARENT[tag] and "sheetData" in inside
        if self._in_text or misplaced:  # an element in the middle of a text would cut off the rest of that text
            raise damaged(self._part, f"{tag} in {parent}")
        inside.append(tag)
        self._runs.start(tag, attrs)
        if tag == "c" and self._is_cell():
            self._start_cell(attrs)
        elif tag == "v" and parent == "c":
            self._stored = self._in_text = True
        elif tag == "f" and parent == "c":
            self._formula = True
        elif tag == "t" and "rPh" not in inside and "is" in inside:  # a phonetic guide is no part of the text
            self._stored = self._in_text = True
        elif tag == "row" and parent == "sheetData":
            self._start_row(attrs)
        elif tag == "mergeCell" and parent == "mergeCells" and (corners := parse_range(attrs.get("ref", ""))):
            self.merges.append(corners)

    def end(self, tag: str) -> None:
        """Handle the end of an element; the end of a cell stores it."""
        is_cell = tag == "c" and self._is_cell()
        self._inside.pop()
        self._in_text = False
        if is_cell:
            text = self._runs.text() if self._stored else None
            attrs = self._attrs
            value = self._parser.parse(attrs.get("t", ""), attrs.get("s", ""), text, formula=self._formula)
            if value is not None:
                self._store.set_cell(self._row, self._col, value)

    def text(self, run: str) -> None:
        """Handle text; only that of a stored value or of inline text counts."""
        if self._in_text:
            self._runs.append(run)

    def _is_cell(self) -> bool:
        return len(self._inside) == _DEPTH and self._inside[1:] == _CELL

    def _start_row(self, attrs: dict[str, str]) -> None:
        """Move to a row; one without a number follows the row before."""
        number = attrs.get("r", "")
        if not number:
            self._row += 1
        else:  # an impossible row is refused when its first cell is stored: an empty one does no harm
            self._row = int(number) if number.isdecimal() and len(number) <= _ROW_DIGITS else MAX_ROWS + 1
        self._col = -1
        if attrs.get("hidden") in {"1", "true"}:
            self.hidden.add(self._row - 1)

    def _start_cell(self, attrs: dict[str, str]) -> None:
        """Move to a cell; one without an address lies right of the cell before."""
        self._attrs = attrs
        self._runs.clear()
        self._stored = self._formula = False
        address = attrs.get("r", "")
        if not address:
            self._col += 1
            return
        corners = parse_range(address)
        if not corners or ":" in address:
            raise damaged(self._part, f"cell {address[:20]}")
        self._row, self._col = corners[0] + 1, corners[1]
