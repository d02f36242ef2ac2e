"""The exact way through one worksheet: an XML parser, for every form that XML may take; slower than the quick way."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from xlsflow.intake.grid import Span
from xlsflow.intake.isolation.limits import damaged
from xlsflow.intake.xlsx.cell_store import (
    LAST_ROW,
    Rows,
    span,
)
from xlsflow.intake.xlsx.cell_values import Values
from xlsflow.intake.xlsx.safe_xml import parse

_DIGITS = 7  # of a row number
_CELL: Sequence[str] = ["sheetData", "row", "c"]
_HOME: Mapping[str, str] = {"row": "sheetData", "c": "row"}
"""What a row and a cell stand in; elsewhere among the cells they would take others' places."""


def read_exactly(part: str, data: bytes, values: Values, rows: Rows) -> tuple[tuple[Span, ...], frozenset[int]]:
    """Put the cells of a sheet into its rows; return its merged ranges and hidden rows.

    Raises:
        Refusal: If the XML is broken, or a cell refers to what is not there.
    """
    sheet = _Sheet(part, values, rows)
    parse(part, data, sheet.start, sheet.end, sheet.text)
    return tuple(sheet.merges), frozenset(sheet.hidden)


class _Sheet:
    """Where the parser stands, and what it has met of the cell that it is in."""

    def __init__(self, part: str, values: Values, rows: Rows) -> None:
        self._part = part
        self._values = values
        self._rows = rows
        self._inside: list[str] = []
        self._row = 0
        self._col = -1
        self._attrs: dict[str, str] = {}
        self._runs: list[str] = []
        self._open = False
        self._stored = False
        self._formula = False
        self.merges: list[Span] = []
        self.hidden: set[int] = set()

    def start(self, tag: str, attrs: dict[str, str]) -> None:
        """Meet the beginning of an element."""
        inside = self._inside
        parent = inside[-1] if inside else ""
        astray = tag in _HOME and parent != _HOME[tag] and "sheetData" in inside
        if self._open or astray:  # in the middle of a text: what stands behind it would be lost
            raise damaged(self._part, f"{tag} in {parent}")
        inside.append(tag)
        if tag == "c" and inside[-3:] == _CELL:
            self._begin_cell(attrs)
        elif tag == "v" and parent == "c":
            self._stored = self._open = True
        elif tag == "f" and parent == "c":
            self._formula = True
        elif tag == "t" and "rPh" not in inside and "is" in inside:
            self._stored = self._open = True
        elif tag == "row" and parent == "sheetData":
            self._begin_row(attrs)
        elif tag == "mergeCell" and (corners := span(attrs.get("ref", ""))):
            self.merges.append(corners)

    def end(self, tag: str) -> None:
        """Meet the end of an element."""
        cell = tag == "c" and self._inside[-3:] == _CELL
        self._inside.pop()
        self._open = False
        if cell:
            text = "".join(self._runs) if self._stored else None
            attrs = self._attrs
            value = self._values.of(attrs.get("t", ""), attrs.get("s", ""), text, formula=self._formula)
            if value is not None:
                self._rows.put(self._row, self._col, value)

    def text(self, run: str) -> None:
        """Meet text; only that of a value or of a run of inline text counts."""
        if self._open:
            self._runs.append(run)

    def _begin_row(self, attrs: dict[str, str]) -> None:
        """Begin a row; one without a number follows the one before."""
        number = attrs.get("r", "")
        if not number:
            self._row += 1
        else:  # a cell in a row that cannot be is refused when it comes
            self._row = int(number) if number.isdecimal() and len(number) <= _DIGITS else LAST_ROW + 1
        self._col = -1
        if attrs.get("hidden") in {"1", "true"}:
            self.hidden.add(self._row - 1)

    def _begin_cell(self, attrs: dict[str, str]) -> None:
        """Begin a cell; one without an address stands right of the one before."""
        self._attrs = attrs
        self._runs, self._stored, self._formula = [], False, False
        address = attrs.get("r", "")
        if not address:
            self._col += 1
            return
        corners = span(address)
        if not corners or ":" in address:
            raise damaged(self._part, f"cell {address[:20]}")
        self._row, self._col = corners[0] + 1, corners[1]
